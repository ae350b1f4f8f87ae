using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Networks.Tests.Memory;

public class MemoryPlannerTests
{
    [Fact]
    public void Ten_thousand_random_graphs_run_in_their_arena_without_a_lost_value()
    {
        for (ulong seed = 0; seed < 10_000; seed++)
        {
            OperatorGraph graph = RandomGraphs.Next(new SeededRandom(seed), 9);
            MemoryPlan plan = MemoryPlanner.Plan(graph);
            Assert.True(new TaggedArena(graph, plan).Run() is null, $"seed {seed}: {new TaggedArena(graph, plan).Run()}");
            Assert.True(IsTopological(graph, plan.Order), $"seed {seed}: order");
            MemoryPlan whole = MemoryPlanner.Plan(graph, new PlanOptions { AllowsRows = false });
            Assert.True(new TaggedArena(graph, whole).Run() is null, $"seed {seed}: {new TaggedArena(graph, whole).Run()}");
            Assert.True(whole.ArenaBytes >= WholePacking(graph, plan.Order).LowerBoundBytes(), $"seed {seed}: below the bound");
            Assert.True(plan.ArenaBytes <= whole.ArenaBytes, $"seed {seed}: rows cost memory");
        }
    }

    [Fact]
    public void The_order_is_the_best_of_all_orders_on_small_graphs()
    {
        for (ulong seed = 0; seed < 400; seed++)
        {
            OperatorGraph graph = RandomGraphs.Next(new SeededRandom(seed, 1), 5);
            if (graph.Operators.Length > 8) continue;
            PlanProblem problem = new(graph, PlanOptions.Default);
            int best = AllOrders(graph).Min(order => ExecutionOrder.PeakBytes(problem, order));
            Assert.Equal(best, ExecutionOrder.PeakBytes(problem, ExecutionOrder.Of(problem).Order.AsSpan()));
        }
    }

    [Fact]
    public void Offsets_are_the_best_of_all_packings_on_small_graphs()
    {
        for (ulong seed = 0; seed < 300; seed++)
        {
            OperatorGraph graph = RandomGraphs.Next(new SeededRandom(seed, 2), 5, 5);
            if (graph.Operators.Length > 7) continue;
            Packing packing = WholePacking(graph, ExecutionOrder.Of(new PlanProblem(graph, PlanOptions.Default)).Order);
            PackedArena arena = ArenaPacker.Pack(packing)!;
            Assert.True(arena.IsSmallest);
            Assert.Equal(BruteForceArena(packing), arena.Bytes);
            Assert.Null(ArenaPacker.Pack(packing, arena.Bytes - 1));
        }
    }

    [Fact]
    public void The_arena_is_the_smallest_of_all_orders_and_offsets_on_graphs_of_up_to_eight_operators()
    {
        int branched = 0;
        for (ulong seed = 0; seed < 1_500; seed++)
        {
            OperatorGraph graph = RandomGraphs.Next(new SeededRandom(seed, 4), 6);
            if (graph.Operators.Length > 8) continue;
            MemoryPlan plan = MemoryPlanner.Plan(graph, new PlanOptions { AllowsRows = false });
            branched += plan.OrderMethod == OrderMethod.OnlyOne ? 0 : 1;
            Assert.True(plan.HasBestOffsets);
            Assert.True(AllOrders(graph).Min(order => ArenaPacker.Pack(WholePacking(graph, [.. order]))!.Bytes) == plan.ArenaBytes, $"seed {seed}");
        }

        Assert.True(branched > 400, $"only {branched} graphs branched");
    }

    [Fact]
    public void A_search_for_offsets_that_takes_too_long_is_given_up_and_says_so()
    {
        // A comb: forty convolutions of one input, all alive when the first sum is made.
        ImmutableArray<Node> teeth = [.. Enumerable.Range(0, 40).Select(tooth => new Node($"tooth{tooth}", new Conv2D(1 + (tooth * 7 % 11), 1 + (tooth % 3), 1), [-1]))];
        ImmutableArray<Node> means = [.. teeth.Select((_, tooth) => new Node($"mean{tooth}", new GlobalAveragePool(), [tooth]))];
        ImmutableArray<Node> heads = [.. means.Select((_, tooth) => new Node($"head{tooth}", new Dense(2), [teeth.Length + tooth]))];
        ImmutableArray<Node> sums = [.. Enumerable.Range(0, teeth.Length - 1).Select(sum => new Node($"sum{sum}", new Add(), [sum == 0 ? 80 : 119 + sum, 81 + sum]))];
        OperatorGraph graph = OperatorGraph.From(new Architecture("comb", new Shape(5, 6, 1), 2, [.. teeth, .. means, .. heads, .. sums, new Node("last", new Dense(2), [158])]));
        PlanProblem problem = new(graph, PlanOptions.Default);
        Packing packing = WholePacking(graph, [.. Enumerable.Range(0, graph.Operators.Length)]);
        PackedArena arena = ArenaPacker.Pack(packing)!;
        Assert.False(arena.IsSmallest);
        MemoryPlan plan = MemoryPlanner.Plan(graph);
        Assert.Equal(OrderMethod.Heuristic, plan.OrderMethod);
        Assert.True(new TaggedArena(graph, plan).Run() is null);
    }

    [Fact]
    public void A_chain_is_packed_as_the_distances_of_every_two_buffers_say_for_every_beginning_by_rows()
    {
        int joined = 0, beginnings = 0;
        for (ulong seed = 0; seed < 3_000; seed++)
        {
            OperatorGraph graph = RandomGraphs.Next(new SeededRandom(seed, 5), 9, 12);
            int[] pooled = [.. Enumerable.Range(0, graph.Operators.Length - 1).Where(op => graph.Operators[op].Layer is Conv2D && graph.Operators[op + 1].Layer is MaxPool or GlobalAveragePool)];
            foreach (ImmutableHashSet<int> onePass in pooled.Length == 0 ? [[]] : new ImmutableHashSet<int>[] { [], [.. pooled] })
            {
                PlanProblem problem = new(graph, new PlanOptions { OnePass = onePass });
                if (!problem.IsChain) continue;
                joined += onePass.Count;
                ImmutableArray<int> order = [.. Enumerable.Range(0, graph.Operators.Length)];
                ReadOnlySpan<RowNeeds> run = RowRun.Of(problem).Span;
                Span<int> bounds = new int[run.Length + 1];
                RowPlacement.LowerBounds(run, bounds);
                for (int rows = 0; rows <= run.Length; rows++)
                {
                    int rowBytes = RowPlacement.BytesOf(run[..rows]);
                    Assert.Equal(rowBytes, RowPlacement.Of(run[..rows]).Bytes);
                    Assert.True(bounds[rows] <= rowBytes, $"seed {seed}: bound {bounds[rows]} of {rows} stages that need {rowBytes}");
                    BufferChain chain = BufferChain.Of(problem, run[..rows], rowBytes, new int[BufferChain.RoomOf(problem)]);
                    Packing packing = Packing.Of(problem, order, run[..rows], rowBytes);
                    Assert.True(BufferChain.TryOf(packing, out BufferChain expected), $"seed {seed}: more than neighbours meet");
                    Assert.Equal(packing.LowerBoundBytes(), chain.LowerBoundBytes());
                    Assert.Equal(expected.Count, chain.Count);
                    for (int at = 0; at < chain.Count; at++)
                    {
                        Assert.Equal((expected.Extent(at), expected.Above(at), expected.Below(at)), (chain.Extent(at), chain.Above(at), chain.Below(at)));
                    }

                    beginnings++;
                }
            }
        }

        Assert.True(joined > 100 && beginnings > 3_000, $"{joined} joined, {beginnings} beginnings");
    }

    private static Packing WholePacking(OperatorGraph graph, ImmutableArray<int> order) => Packing.Of(new PlanProblem(graph, PlanOptions.Default), order, [], 0);

    [Fact]
    public void One_byte_less_than_the_overlap_distance_loses_a_value()
    {
        int tight = 0;
        for (ulong seed = 0; seed < 2_000; seed++)
        {
            OperatorGraph graph = RandomGraphs.Next(new SeededRandom(seed, 3), 2);
            for (int op = 0; op < graph.Operators.Length; op++)
            {
                if (graph.Operators[op].Inputs is not [var source]) continue;
                int distance = OverlapDistance.Of(graph, op, new ActivationLayout(graph, []));
                Assert.True(RunsAlone(graph, op, source, distance), $"seed {seed} operator {op}: distance {distance} is not safe");
                if (distance == 0 || distance >= MemoryPlanner.TensorBytes(graph, op)) continue;
                Assert.False(RunsAlone(graph, op, source, distance - 1), $"seed {seed} operator {op}: distance {distance} is not the smallest");
                tight++;
            }
        }

        Assert.True(tight > 200, $"only {tight} distances were neither 0 nor the whole output");
    }

    [Fact]
    public void A_growing_convolution_needs_its_output_and_a_little_more()
    {
        // 8x8x1 -> 6x6x4: in 64 bytes, out 144 bytes; apart they would take 208.
        var net = Architecture.Chain("grow", new Shape(8, 8, 1), 2, new Conv2D(4, 3, 3), new GlobalAveragePool(), new Conv2D(2, 1, 1));
        MemoryPlan plan = MemoryPlanner.Plan(OperatorGraph.From(net), new PlanOptions { AllowsRows = false });
        Assert.InRange(plan.ArenaBytes, 144, 175);
        Assert.Equal(plan.ArenaBytes + 24, (plan with { LocalBytes = 24 }).PeakBytes);
    }

    [Fact]
    public void A_gather_runs_in_place()
    {
        var net = Architecture.Chain("gather", new Shape(4, 4, 2), 2, new Gather([0, 5, 6, 31]), new Dense(2));
        MemoryPlan plan = MemoryPlanner.Plan(OperatorGraph.From(net), new PlanOptions { AllowsRows = false });
        Assert.Equal(32, plan.ArenaBytes);
    }

    [Theory]
    [InlineData(1, 1, 3, 5)]
    [InlineData(3, 2, 1, 4)]
    [InlineData(2, 4, 5, 2)]
    public void A_concatenation_lies_over_either_input_as_far_as_it_may(int height, int width, int first, int second)
    {
        OperatorGraph graph = TwoSideBySide(height, width, first, second);
        for (int which = 0; which < 2; which++)
        {
            int distance = OverlapDistance.Of(graph, 2, new ActivationLayout(graph, []), which);
            Assert.True(RunsSideBySide(graph, which, distance));
            if (distance > 0) Assert.False(RunsSideBySide(graph, which, distance - 1));
        }
    }

    [Fact]
    public void A_concatenation_of_vectors_costs_no_memory()
    {
        MemoryPlan plan = MemoryPlanner.Plan(TwoSideBySide(1, 1, 6, 10), new PlanOptions { AllowsRows = false });
        Assert.Equal(plan.Of(2).OffsetBytes, plan.Of(0).OffsetBytes);
        Assert.Equal(plan.Of(2).OffsetBytes + 6, plan.Of(1).OffsetBytes);
    }

    private static OperatorGraph TwoSideBySide(int height, int width, int first, int second) => OperatorGraph.From(new Architecture(
        "sides", new Shape(height, width, 1), 2,
        [new("a", new Conv2D(first, 1, 1), [-1]), new("b", new Conv2D(second, 1, 1), [-1]), new("both", new Concat(), [0, 1]), new("head", new Dense(2), [2])]));

    /// <summary>Whether a plan runs in which the concatenation overlaps one input at a distance and everything else lies apart.</summary>
    private static bool RunsSideBySide(OperatorGraph graph, int which, int distance)
    {
        int output = graph.Operators[2].Output.Elements, over = graph.Operators[which].Output.Elements, end = Math.Max(output, distance + over);
        int[] offsets = [end, which == 0 ? distance : end + graph.Input.Elements, which == 1 ? distance : end + graph.Input.Elements, 0, 0];
        offsets[4] = end + graph.Input.Elements + graph.Operators[1 - which].Output.Elements;
        ImmutableArray<PlannedBuffer> buffers = [.. offsets.Select((offset, at) =>
            new PlannedBuffer(at - 1, offset, MemoryPlanner.TensorBytes(graph, at - 1), at - 1, Math.Max(at, 3)))];
        return new TaggedArena(graph, new MemoryPlan([0, 1, 2, 3], OrderMethod.Exact, buffers, buffers.Max(buffer => buffer.EndBytes), 0)).Run() is null;
    }

    [Fact]
    public void The_published_network_streams_within_620_bytes_and_within_360_with_two_values_in_a_byte()
    {
        // Gural and Murmann, ICML 2019: 434.5 bytes at 4 bits by hand, 760 without their replacement.
        OperatorGraph graph = OperatorGraph.From(Architecture.Chain(
            "published", new Shape(28, 28, 1), 10, new AvgPool(2, 2, 2), new Conv2D(5, 3, 3), new Relu(), new Conv2D(8, 3, 3), new Relu(),
            new Conv2D(11, 3, 3), new Relu(), new MaxPool(2, 2, 2), new Dense(10)));
        MemoryPlan bytes = MemoryPlanner.Plan(graph), nibbles = MemoryPlanner.Plan(graph, new PlanOptions { Packed = [1, 2, 3, 4] });
        foreach (MemoryPlan plan in new[] { bytes, nibbles })
        {
            Assert.True(new TaggedArena(graph, plan).Run() is null);
            Assert.Equal(6, plan.RowOperators);
            Assert.Equal(RowTarget.Accumulators, plan.Rows[^1].Target);
        }

        // Input rows 28 + 28, kept rows 28 + 120 + 160, a row that waits for its pooling 88, sums 40; on their way 80 + 88 at most.
        Assert.Equal(604, bytes.ArenaBytes);
        Assert.Equal(356, nibbles.ArenaBytes);
    }

    private static bool IsTopological(OperatorGraph graph, ImmutableArray<int> order)
    {
        HashSet<int> done = [Architecture.InputIndex];
        return order.Length == graph.Operators.Length && order.All(op => graph.Operators[op].Inputs.All(done.Contains) && done.Add(op));
    }

    /// <summary>Whether operator <paramref name="op"/> alone runs when its output starts <paramref name="distance"/> bytes below its input.</summary>
    private static bool RunsAlone(OperatorGraph graph, int op, int source, int distance)
    {
        Shape x = graph.OutputOf(source);
        Node[] nodes = op == graph.Operators.Length - 1
            ? [new Node("only", graph.Operators[op].Layer, [-1])]
            : [new Node("only", graph.Operators[op].Layer, [-1]), new Node("head", new Dense(2), [0])];
        OperatorGraph alone = OperatorGraph.From(new Architecture("alone", x, 2, [.. nodes]));
        int inputBytes = x.Elements, outputBytes = MemoryPlanner.TensorBytes(alone, 0);
        var buffers = ImmutableArray.Create(
            new PlannedBuffer(-1, distance, inputBytes, -1, 0), new PlannedBuffer(0, 0, outputBytes, 0, 1));
        int arena = Math.Max(distance + inputBytes, outputBytes);
        if (alone.Operators.Length == 2)
        {
            buffers = buffers.Add(new PlannedBuffer(1, arena, MemoryPlanner.TensorBytes(alone, 1), 1, 1));
            arena = buffers[^1].EndBytes;
        }

        var plan = new MemoryPlan([.. Enumerable.Range(0, alone.Operators.Length)], OrderMethod.OnlyOne, buffers, arena, 0);
        return new TaggedArena(alone, plan).Run() is null;
    }

    private static IEnumerable<int[]> AllOrders(OperatorGraph graph)
    {
        var order = new List<int>();
        return Extend();

        IEnumerable<int[]> Extend()
        {
            if (order.Count == graph.Operators.Length)
            {
                yield return [.. order];
                yield break;
            }

            for (int op = 0; op < graph.Operators.Length; op++)
            {
                if (order.Contains(op) || graph.Operators[op].Inputs.Any(source => source >= 0 && !order.Contains(source))) continue;
                order.Add(op);
                foreach (int[] complete in Extend()) yield return complete;
                order.RemoveAt(order.Count - 1);
            }
        }
    }

    /// <summary>Every way to decide, for each two buffers that meet, which lies below: the best longest path over all of them.</summary>
    private static int BruteForceArena(Packing packing)
    {
        int count = packing.Count;
        (int A, int B)[] pairs = [.. from a in Enumerable.Range(0, count) from b in Enumerable.Range(a + 1, count - a - 1)
            where packing.Distance(a, b) != Packing.Free select (a, b)];
        int best = int.MaxValue;
        for (long choice = 0; choice < 1L << pairs.Length; choice++)
        {
            var offsets = new int[count];
            bool changed = true;
            for (int round = 0; changed && round <= count; round++)
            {
                changed = false;
                for (int p = 0; p < pairs.Length; p++)
                {
                    (int below, int above) = (choice >> p & 1) == 0 ? pairs[p] : (pairs[p].B, pairs[p].A);
                    int least = offsets[below] + packing.Distance(below, above);
                    if (offsets[above] >= least) continue;
                    offsets[above] = least;
                    changed = true;
                }
            }

            if (!changed) best = Math.Min(best, PackedArena.Of(packing, offsets, isSmallest: false).Bytes);
        }

        return best;
    }
}
