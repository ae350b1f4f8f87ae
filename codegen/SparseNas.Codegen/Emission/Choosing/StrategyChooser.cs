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
/// Picks a strategy for every operator so that the goal's measure is least and byte code, initialisers, heap and working memory stay within the
/// device's limits and the budget. Working memory is a maximum over steps, so each allowance of locals is a problem of its own; within one,
/// <see cref="StepSearch"/> is exact.
/// </summary>
/// <example><code>
/// ImmutableArray&lt;OperatorCode&gt; steps = StrategyChooser.Choose(network, plan, EmissionGoal.Auto, board.CostTable, EmissionBudget.Unlimited);
/// GeneratedModel model = Emitter.Emit(network, plan, steps, header, board.CostTable);
/// </code></example>
public static class StrategyChooser
{
    /// <summary>Bytes of locals that auto may always use, and beyond them as a share of the arena, where no budget limits working memory.</summary>
    private const int ModestLocalBytes = 900;

    private const double ModestLocalShare = 0.5;

    private static readonly ImmutableArray<IEmissionStrategy> Strategies =
        [
            new PlainLoops(), new HoistedTables(), new Immediates(), new GroupedTaps(), new PackedIntLanes(), new PackedLanes(), new DirectDepthwise(),
            new UnrolledPooling(), new UnrolledGather(), new Elementwise(), new StreamedTables(), new RowSums(),
        ];

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
        long mostLocalBytes = goal == EmissionGoal.Auto && budget.WorkingMemoryBytes == long.MaxValue
            ? Math.Max(ModestLocalBytes, (long)(plan.ArenaBytes * ModestLocalShare)) : Math.Max(budget.WorkingMemoryBytes - plan.ArenaBytes, 0);
        return Choose(network, plan, Measures.Of(goal), costs, budget, mostLocalBytes, strategies);
    }

    /// <summary>The knee between cycles and working memory, within the budget.</summary>
    /// <inheritdoc cref="Choose(QuantizedNetwork, MemoryPlan, EmissionGoal, CostTable, EmissionBudget)"/>
    internal static ImmutableArray<OperatorCode> ChooseKnee(QuantizedNetwork network, MemoryPlan plan, CostTable costs, EmissionBudget budget) =>
        Choose(network, plan, Measure.CyclesTimesMemory, costs, budget, Math.Max(budget.WorkingMemoryBytes - plan.ArenaBytes, 0), Strategies);

    private static ImmutableArray<OperatorCode> Choose(
        QuantizedNetwork network, MemoryPlan plan, Measure measure, CostTable costs, EmissionBudget budget, long mostLocalBytes,
        ImmutableArray<IEmissionStrategy> strategies)
    {
        EmissionScope scope = new(network, plan);
        InstructionCosts instructions = InstructionCosts.Of(costs);
        EmissionBudget forSteps = budget.ImageBytes < long.MaxValue ? budget with { ImageBytes = budget.ImageBytes - CostModel.FlowIlBytes(network, plan) } : budget;
        Func<OperatorCode, double> cost = measure == Measure.Bytes ? Measures.Bytes : code => instructions.CyclesOf(code);
        double flow = measure == Measure.Bytes ? 0 : CostModel.FlowCycles(network, plan, instructions);
        (StepSearch.Choice Choice, double Value)? best = null;
        foreach (bool clampByTable in Clamps(measure, budget))
        {
            StepSearch search = new([.. Segments(scope, strategies, clampByTable, cost).Where(segment => budget.MayReadResources || segment.Code.Resource is null)], plan, forSteps);
            foreach (int localBytes in search.Allowances(mostLocalBytes).Reverse())
            {
                long peakBytes = plan.ArenaBytes + localBytes;
                if (best is { } known && measure.Of(search.LeastCost(localBytes) + flow, peakBytes) > known.Value) continue;
                if (search.Best(localBytes) is not { } found) continue;
                double value = measure.Of(found.Cost + flow, peakBytes);
                if (best is null || value <= best.Value.Value) best = (found, value);   // of equals the one with fewer locals
                else if (measure == Measure.Cycles) break;   // fewer locals never save cycles
            }
        }

        return best?.Choice.Steps ?? throw Refusal(network, plan, budget);
    }

    /// <summary>A look-up takes half the cycles of two comparisons, so comparisons are tried only where heap is short.</summary>
    private static bool[] Clamps(Measure measure, EmissionBudget budget) =>
        measure == Measure.Bytes ? [false] : budget.HeapBytes == long.MaxValue ? [true] : [true, false];

    private static EmissionBudgetException Refusal(QuantizedNetwork network, MemoryPlan plan, EmissionBudget budget)
    {
        ImmutableArray<OperatorCode> plain = Emitter.Plain(network, plan);
        return new EmissionBudgetException(
            $"No strategies fit: code and initialisers <= {budget.ImageBytes} bytes of image, heap <= {budget.HeapBytes} bytes; "
            + $"plain loops need {plain.Sum(code => (long)code.Count.IlBytes + code.InitialiserBytes)} and "
            + $"{DeviceHeap.ArrayBytes(plan.ArenaBytes) + plain.Sum(code => code.TableHeapBytes)} bytes.");
    }

    /// <summary>All offers for the operators from each place in the order on.</summary>
    private static IEnumerable<StepSearch.Segment> Segments(
        EmissionScope scope, ImmutableArray<IEmissionStrategy> strategies, bool clampByTable, Func<OperatorCode, double> cost)
    {
        ImmutableArray<int> order = scope.Plan.Order;
        for (int place = 0; place < order.Length; place++)
        {
            OperatorSite site = scope.Sites[order[place]];
            OperatorSite? pool = place + 1 < order.Length && Fusion.Of(site, scope.Sites[order[place + 1]]) ? scope.Sites[order[place + 1]] : null;
            bool isStored = scope.Plan.Of(site.Index).SizeBytes > 0;
            foreach (OperatorSite? fused in (pool, isStored) switch { (null, true) => new OperatorSite?[] { null }, (null, false) => [], (_, true) => [null, pool], _ => [pool] })
            {
                foreach (OperatorCode code in strategies.SelectMany(strategy => strategy.Offers(scope, site, fused, clampByTable)))
                {
                    if (AssemblyLimits.Check(code).IsEmpty) yield return new StepSearch.Segment(place, code, cost(code));
                }
            }
        }
    }
}
