using System.Collections.Immutable;
using SparseNas.Boards;
using SparseNas.Codegen.Costs;
using SparseNas.Codegen.Emission.Code;
using SparseNas.Codegen.Emission.Strategies;
using SparseNas.Codegen.Limits;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Choosing;

/// <summary>
/// Picks a strategy for every operator: the least cost (cycles, or bytes for <see cref="EmissionGoal.Small"/>) such that byte code, initialisers and
/// heap stay within the device's limits and the budget. Exact: partial choices are kept as long as no other is better in every respect.
/// </summary>
/// <example><code>
/// ImmutableArray&lt;OperatorCode&gt; steps = StrategyChooser.Choose(network, plan, EmissionGoal.Auto, board.CostTable, EmissionBudget.Unlimited);
/// GeneratedModel model = Emitter.Emit(network, plan, steps, header, board.CostTable);
/// </code></example>
public static class StrategyChooser
{
    /// <summary>Partial choices kept per operator; beyond, the cheapest are kept and the result may miss the optimum.</summary>
    private const int MostPartial = 2_000;

    /// <summary>Bytes of locals that auto may always use, and beyond them as a share of the arena.</summary>
    private const int ModestLocalBytes = 900;

    private const double ModestLocalShare = 0.5;

    private static readonly ImmutableArray<IEmissionStrategy> Strategies =
        [new PlainLoops(), new HoistedTables(), new Immediates(), new GroupedTaps(), new PackedIntLanes(), new PackedLanes(), new DirectDepthwise(), new UnrolledPooling(), new UnrolledGather(), new Elementwise()];

    /// <summary>Chooses code for every operator, in an order that the plan allows.</summary>
    /// <param name="network">Integer network.</param>
    /// <param name="plan">Offsets and order.</param>
    /// <param name="goal">What is wanted.</param>
    /// <param name="costs">Cost of instructions on the board's core.</param>
    /// <param name="budget">What the code may take.</param>
    /// <exception cref="EmissionBudgetException">Nothing fits; the message names the least that is needed.</exception>
    public static ImmutableArray<OperatorCode> Choose(
        QuantizedNetwork network, MemoryPlan plan, EmissionGoal goal, CostTable costs, EmissionBudget budget) =>
        goal == EmissionGoal.Plain ? Emitter.Plain(network, plan) : Choose(network, plan, goal, costs, budget, Strategies);

    /// <summary>Chooses among given strategies only.</summary>
    internal static ImmutableArray<OperatorCode> Choose(
        QuantizedNetwork network, MemoryPlan plan, EmissionGoal goal, CostTable costs, EmissionBudget budget, ImmutableArray<IEmissionStrategy> strategies)
    {
        EmissionScope scope = new(network, plan);
        InstructionCosts instructions = InstructionCosts.Of(costs);
        long localBytes = Math.Min(
            budget.LocalBytes, goal == EmissionGoal.Auto ? Math.Max(ModestLocalBytes, (int)(plan.ArenaBytes * ModestLocalShare)) : long.MaxValue);
        double Cost(OperatorCode code) => goal == EmissionGoal.Small
            ? code.Count.IlBytes + code.InitialiserBytes + code.TableHeapBytes + code.LocalBytes : instructions.CyclesOf(code.Count);
        Choice? best = null;
        foreach (bool clampByTable in goal == EmissionGoal.Small ? new[] { false } : [true, false])
        {
            ImmutableArray<Segment> segments = Segments(scope, strategies, clampByTable, localBytes, Cost);
            Choice? found = Search(segments, plan, budget);
            if (found is not null && (best is null || found.Cost < best.Cost)) best = found;
        }

        return best?.Steps ?? throw new EmissionBudgetException(
            $"No strategies fit: code and initialisers <= {budget.ImageBytes} bytes of image, heap <= {budget.HeapBytes} bytes; "
            + $"plain loops need {Emitter.Plain(network, plan).Sum(code => (long)code.Count.IlBytes + code.InitialiserBytes)} and "
            + $"{DeviceHeap.ArrayBytes(plan.ArenaBytes) + Emitter.Plain(network, plan).Sum(code => code.TableHeapBytes)} bytes.");
    }

    /// <summary>All offers for the operators from one place in the order on.</summary>
    private sealed record Segment(int Place, int Length, OperatorCode Code, double Cost);

    /// <summary>Code for the first operators of the order.</summary>
    private sealed record Choice(Choice? Before, OperatorCode? Last, double Cost, long IlBytes, long InitialiserBytes, long HeapBytes, long ClampBytes)
    {
        public ImmutableArray<OperatorCode> Steps => Before is null ? [] : Before.Steps.Add(Last!);

        public bool IsBeatenBy(Choice other) =>
            other.Cost <= Cost && other.IlBytes <= IlBytes && other.InitialiserBytes <= InitialiserBytes
            && other.HeapBytes <= HeapBytes && other.ClampBytes <= ClampBytes;
    }

    private static ImmutableArray<Segment> Segments(
        EmissionScope scope, ImmutableArray<IEmissionStrategy> strategies, bool clampByTable, long localBytes, Func<OperatorCode, double> cost)
    {
        var segments = ImmutableArray.CreateBuilder<Segment>();
        ImmutableArray<int> order = scope.Plan.Order;
        for (int place = 0; place < order.Length; place++)
        {
            OperatorSite site = scope.Sites[order[place]];
            OperatorSite? pool = place + 1 < order.Length && Fusion.Of(site, scope.Sites[order[place + 1]]) ? scope.Sites[order[place + 1]] : null;
            bool isStored = scope.Plan.Of(site.Index).SizeBytes > 0;
            foreach (OperatorSite? fused in (pool, isStored) switch { (null, true) => new OperatorSite?[] { null }, (null, false) => [], (_, true) => [null, pool], _ => [pool] })
            {
                IEnumerable<OperatorCode> offers = strategies.SelectMany(strategy => strategy.Offers(scope, site, fused, clampByTable))
                    .Where(code => AssemblyLimits.Check(code).IsEmpty && (code.LocalBytes <= localBytes || code.Strategy == "plain"));
                segments.AddRange(offers.Select(code => new Segment(place, code.Operators.Length, code, cost(code))));
            }
        }

        return segments.ToImmutable();
    }

    private static Choice? Search(ImmutableArray<Segment> segments, MemoryPlan plan, EmissionBudget budget)
    {
        ILookup<int, Segment> byPlace = segments.ToLookup(segment => segment.Place);
        int count = plan.Order.Length;
        long fixedHeap = DeviceHeap.ArrayBytes(plan.ArenaBytes);
        var frontier = new List<Choice>[count + 1];
        for (int place = 0; place <= count; place++) frontier[place] = [];
        frontier[0].Add(new Choice(null, null, 0, 0, 0, fixedHeap, 0));
        for (int place = 0; place < count; place++)
        {
            foreach (Choice choice in frontier[place] = Best(frontier[place]))
            {
                foreach (Segment segment in byPlace[place])
                {
                    OperatorCode code = segment.Code;
                    Choice next = new(
                        choice, code, choice.Cost + segment.Cost, choice.IlBytes + code.Count.IlBytes, choice.InitialiserBytes + code.InitialiserBytes,
                        choice.HeapBytes + code.TableHeapBytes, Math.Max(choice.ClampBytes, code.Clamp?.HeapBytes ?? 0));
                    bool fits = next.IlBytes + next.InitialiserBytes <= budget.ImageBytes
                        && next.HeapBytes + next.ClampBytes + code.Count.FrameBytes <= budget.HeapBytes;
                    if (fits) frontier[place + segment.Length].Add(next);
                }
            }
        }

        return frontier[count].MinBy(choice => choice.Cost);
    }

    /// <summary>Those that no other beats in every respect, cheapest first.</summary>
    private static List<Choice> Best(List<Choice> choices)
    {
        List<Choice> best = [];
        foreach (Choice choice in choices.OrderBy(choice => choice.Cost).ThenBy(choice => choice.IlBytes))
        {
            if (best.Count == MostPartial) break;
            if (!best.Exists(choice.IsBeatenBy)) best.Add(choice);
        }

        return best;
    }
}
