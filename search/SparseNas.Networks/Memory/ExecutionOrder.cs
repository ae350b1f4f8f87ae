using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>
/// The topological order with the least living memory at its worst step: dynamic programming over the sets of finished operators
/// (Liberis and Lane 2019, section 4), exact while the number of such sets stays small. Operators at the beginning that have no other order are set
/// apart: behind them the order is the best whatever they take, so it stays the best when they run row by row.
/// </summary>
internal static class ExecutionOrder
{
    /// <summary>Sets of finished operators after which the exact search gives up.</summary>
    private const int StateLimit = 200_000;

    /// <summary>Bits of a set.</summary>
    private const int OperatorLimit = 64;

    /// <summary>The order and how it was found.</summary>
    public static (ImmutableArray<int> Order, OrderMethod Method) Of(OperatorGraph graph, ActivationLayout layout)
    {
        int count = graph.Operators.Length;
        if (IsChain(graph)) return ([.. Enumerable.Range(0, count)], OrderMethod.OnlyOne);
        var problem = new Problem(graph, layout);
        return count <= OperatorLimit && problem.Exact() is { } order
            ? (order, OrderMethod.Exact)
            : (problem.Greedy(), OrderMethod.Heuristic);
    }

    /// <summary>The most memory alive at any step of <paramref name="order"/>, an output over its dying input counted once where it may be.</summary>
    internal static int PeakBytes(OperatorGraph graph, ActivationLayout layout, ReadOnlySpan<int> order)
    {
        var problem = new Problem(graph, layout);
        var done = new bool[graph.Operators.Length];
        int peak = 0;
        foreach (int op in order)
        {
            peak = Math.Max(peak, problem.StepBytes(index => done[index], op));
            done[op] = true;
        }

        return peak;
    }

    private static bool IsChain(OperatorGraph graph)
    {
        for (int index = 0; index < graph.Operators.Length; index++)
        {
            if (graph.Operators[index].Inputs is not [var only] || only != index - 1) return false;
        }

        return true;
    }

    private sealed class Problem
    {
        private readonly OperatorGraph graph;
        private readonly int count;
        private readonly int[] sizes;
        private readonly int[][] overlaps;   // [operator][place among its inputs]
        private readonly List<int>[] readers;

        public Problem(OperatorGraph graph, ActivationLayout layout)
        {
            this.graph = graph;
            count = graph.Operators.Length;
            sizes = [.. Enumerable.Range(-1, count + 1).Select(layout.TensorBytes)];
            overlaps = [.. graph.Operators.Select((op, index) => Enumerable.Range(0, op.Inputs.Length)
                .Select(which => OverlapDistance.Of(graph, index, layout, which)).ToArray())];
            readers = [.. Enumerable.Range(0, count + 1).Select(_ => new List<int>())];
            for (int op = 0; op < count; op++)
            {
                foreach (int source in graph.Operators[op].Inputs.Distinct()) readers[source + 1].Add(op);
            }
        }

        /// <summary>Bytes alive while <paramref name="op"/> runs after the operators that are done.</summary>
        public int StepBytes(Func<int, bool> done, int op)
        {
            int alive = 0, output = sizes[op + 1], shared = 0;
            for (int tensor = -1; tensor < count; tensor++)
            {
                bool written = tensor < 0 || done(tensor);
                if (!written || !readers[tensor + 1].Any(reader => !done(reader))) continue;
                alive += sizes[tensor + 1];
                bool dies = readers[tensor + 1].All(reader => reader == op || done(reader));
                int which = dies ? graph.Operators[op].Inputs.LastIndexOf(tensor) : -1;   // a tensor read twice dies at its later place
                if (which >= 0) shared = Math.Max(shared, Math.Min(sizes[tensor + 1], output - Math.Min(overlaps[op][which], output)));
            }

            return alive + output - shared;
        }

        /// <summary>Null when there are too many sets of finished operators.</summary>
        public ImmutableArray<int>? Exact()
        {
            ulong all = count == 64 ? ulong.MaxValue : (1UL << count) - 1;
            int forced = ForcedSteps();
            var cameFrom = new Dictionary<ulong, int>();                              // set -> operator that completed it
            for (int step = 0; step < forced; step++) cameFrom[(2UL << step) - 1] = step;
            var layer = new Dictionary<ulong, int> { [(1UL << forced) - 1] = 0 };     // set of finished operators -> smallest peak so far
            for (int step = forced; step < count; step++)
            {
                var next = new Dictionary<ulong, int>();
                foreach ((ulong set, int peak) in layer)
                {
                    for (int op = 0; op < count; op++)
                    {
                        if ((set & (1UL << op)) != 0 || !Ready(set, op)) continue;
                        ulong larger = set | (1UL << op);
                        int reached = Math.Max(peak, StepBytes(index => (set & (1UL << index)) != 0, op));
                        if (next.TryGetValue(larger, out int known) && known <= reached) continue;
                        next[larger] = reached;
                        cameFrom[larger] = op;
                    }
                }

                if (cameFrom.Count > StateLimit) return null;
                layer = next;
            }

            var order = new int[count];
            for (ulong set = all; set != 0; set &= ~(1UL << cameFrom[set])) order[System.Numerics.BitOperations.PopCount(set) - 1] = cameFrom[set];
            return [.. order];
        }

        /// <summary>Always the ready operator that leaves the least memory alive.</summary>
        public ImmutableArray<int> Greedy()
        {
            var done = new bool[count];
            var order = ImmutableArray.CreateBuilder<int>(count);
            while (order.Count < count)
            {
                int chosen = Enumerable.Range(0, count)
                    .Where(op => !done[op] && graph.Operators[op].Inputs.All(source => source < 0 || done[source]))
                    .MinBy(op => (StepBytes(index => done[index], op), op));
                done[chosen] = true;
                order.Add(chosen);
            }

            return order.MoveToImmutable();
        }

        /// <summary>Operators at the beginning of which each is the only one that can run; at most all but one.</summary>
        private int ForcedSteps()
        {
            int step = 0;
            while (step < count - 1 && readers[step] is [var only] && only == step) step++;
            return step;
        }

        private bool Ready(ulong set, int op)
        {
            foreach (int source in graph.Operators[op].Inputs)
            {
                if (source >= 0 && (set & (1UL << source)) == 0) return false;
            }

            return true;
        }
    }
}
