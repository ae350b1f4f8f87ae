using System.Collections.Immutable;
using SparseNas.Boards;
using SparseNas.Codegen.Costs;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Choosing;

/// <summary>
/// The code that a network becomes on a board: where its activations lie, how every operator is written, what that costs. The one source of these
/// numbers: a search scores a network by them, deployment writes exactly this code.
/// </summary>
/// <param name="Plan">The memory plan with the locals of the code: its peak is the network's working memory.</param>
/// <param name="Steps">Code for every operator, in an order that the plan allows.</param>
/// <param name="Cost">Cycles and bytes of each step.</param>
/// <example><code>
/// CodeChoice code = CodeChoice.Make(network, EmissionGoal.Auto, board.CostTable, EmissionBudget.Unlimited);
/// code.Plan.PeakBytes;   // working memory, for the score and on the device
/// code.Cost.Cycles;
/// </code></example>
public sealed record CodeChoice(MemoryPlan Plan, ImmutableArray<OperatorCode> Steps, ModelCost Cost)
{
    /// <summary>Costs where no board is named: the core that all of them were measured on.</summary>
    public static CostTable DefaultCosts { get; } = BoardCatalog.Default.FindCostTable("cortex-m4f-lto");

    /// <summary>Cycles that a smaller working memory may cost, where cycles are wanted and no budget limits it.</summary>
    private const double WorthInCycles = 1.03;

    /// <summary>Plans memory and chooses code; of several memory plans the one whose code serves the goal best.</summary>
    /// <param name="network">Integer network.</param>
    /// <param name="goal">What is wanted of the code.</param>
    /// <param name="costs">Cost of instructions on the board's core.</param>
    /// <param name="budget">What the code may take of the board.</param>
    /// <exception cref="EmissionBudgetException">No choice of strategies fits the budget.</exception>
    public static CodeChoice Make(QuantizedNetwork network, EmissionGoal goal, CostTable costs, EmissionBudget budget) => Best(
        network, costs, budget, goal == EmissionGoal.Plain ? [MemoryPlanner.Plan(network.Graph)] : Plans(network),
        plan => StrategyChooser.Choose(network, plan, goal, costs, budget),
        (a, b) => goal == EmissionGoal.Small ? a.Steps.Sum(Measures.Bytes) + a.Plan.PeakBytes < b.Steps.Sum(Measures.Bytes) + b.Plan.PeakBytes
            : a.Cost.Cycles < b.Cost.Cycles * Worth(a.Plan.PeakBytes < b.Plan.PeakBytes, budget));

    /// <summary>
    /// The code that a network is scored by: the knee between cycles and working memory, the least product of the two. Deployment as
    /// <see cref="EmissionGoal.Auto"/> within the working memory that this choice takes gives this choice again: code that needs fewer cycles and no
    /// more memory would have had a smaller product.
    /// </summary>
    /// <param name="network">Integer network.</param>
    /// <param name="costs">Cost of instructions on the board's core.</param>
    /// <param name="budget">What the code may take of the board; a study's limit on working memory is its working memory.</param>
    /// <exception cref="EmissionBudgetException">No choice of strategies fits the budget.</exception>
    public static CodeChoice Knee(QuantizedNetwork network, CostTable costs, EmissionBudget budget) => Best(
        network, costs, budget, Plans(network), plan => StrategyChooser.ChooseKnee(network, plan, costs, budget),
        (a, b) => a.Cost.Cycles * a.Plan.PeakBytes < b.Cost.Cycles * b.Plan.PeakBytes);

    /// <summary>Within a budget for working memory cycles alone decide.</summary>
    private static double Worth(bool isSmaller, EmissionBudget budget) =>
        budget.WorkingMemoryBytes < long.MaxValue ? 1 : isSmaller ? WorthInCycles : 1 / WorthInCycles;

    private static CodeChoice Best(
        QuantizedNetwork network, CostTable costs, EmissionBudget budget, IEnumerable<MemoryPlan> plans,
        Func<MemoryPlan, ImmutableArray<OperatorCode>> choose, Func<CodeChoice, CodeChoice, bool> isBetter)
    {
        CodeChoice? best = null;
        EmissionBudgetException? refusal = null;
        foreach (MemoryPlan plan in plans)
        {
            bool isHopeless = best is not null && plan.Rows.IsEmpty && best.Plan.PeakBytes <= budget.WorkingMemoryBytes
                && best.Plan.PeakBytes < (plan.ArenaBytes + best.Plan.LocalBytes) * MostSaved;
            if (isHopeless) continue;
            try
            {
                CodeChoice choice = Of(network, plan, choose(plan), costs);
                if (best is null || IsBetter(choice, best)) best = choice;
            }
            catch (EmissionBudgetException nothingFits)
            {
                refusal ??= nothingFits;
            }
        }

        return best ?? throw refusal!;

        bool IsBetter(CodeChoice a, CodeChoice b)
        {
            bool aFits = a.Plan.PeakBytes <= budget.WorkingMemoryBytes, bFits = b.Plan.PeakBytes <= budget.WorkingMemoryBytes;
            return aFits != bFits ? aFits : aFits ? isBetter(a, b) : a.Plan.PeakBytes < b.Plan.PeakBytes;
        }
    }

    /// <summary>Given code with its costs.</summary>
    /// <param name="network">Integer network.</param>
    /// <param name="plan">Where activations lie.</param>
    /// <param name="steps">Code for every operator.</param>
    /// <param name="costs">Cost of instructions on the board's core.</param>
    public static CodeChoice Of(QuantizedNetwork network, MemoryPlan plan, ImmutableArray<OperatorCode> steps, CostTable costs)
    {
        MemoryPlan used = plan with { LocalBytes = steps.Max(step => step.LocalBytes) };   // one step runs at a time
        return new CodeChoice(used, steps, CostModel.Estimate(network, used, steps, costs));
    }

    /// <summary>
    /// The smallest arena that code for any network of this graph with activations of more than four bits may have: a lower bound of its working memory
    /// before it is trained.
    /// </summary>
    /// <param name="graph">The operators.</param>
    /// <param name="packed">Tensors of which two values will share a byte (<see cref="PackedTensors"/>); none for activations of 8 bits.</param>
    public static int LeastArenaBytes(OperatorGraph graph, ImmutableHashSet<int> packed) => (packed.IsEmpty ? [packed] : new[] { [], packed })
        .SelectMany(packing => Plans(graph, packing, plan => Fusion.Candidates(graph, plan))).Min(plan => plan.ArenaBytes);

    /// <summary>The same for a byte for each activation.</summary>
    /// <param name="graph">The operators.</param>
    public static int LeastArenaBytes(OperatorGraph graph) => LeastArenaBytes(graph, []);

    /// <summary>A byte for each activation; where all that some tensors hold fits half a byte, also with two values of these in a byte.</summary>
    private static IEnumerable<MemoryPlan> Plans(QuantizedNetwork network)
    {
        ImmutableHashSet<int> packed = PackedTensors.Of(network);
        foreach (ImmutableHashSet<int> packing in packed.IsEmpty ? [packed] : new[] { [], packed })
        {
            foreach (MemoryPlan plan in Plans(network.Graph, packing, apart => Fusion.Candidates(network, apart))) yield return plan;
        }
    }

    /// <summary>
    /// Share of the working memory that remains with rows below which holding the whole image is not tried: moving rows takes a few percent of the cycles.
    /// </summary>
    private const double MostSaved = 0.85;

    /// <summary>
    /// Every layer by itself; and convolutions joined with their pooling, whose output then takes no memory. Both by rows where that saves memory, then
    /// with the whole image held.
    /// </summary>
    private static IEnumerable<MemoryPlan> Plans(OperatorGraph graph, ImmutableHashSet<int> packed, Func<MemoryPlan, ImmutableHashSet<int>> candidates)
    {
        PlanOptions options = new() { Packed = packed };
        MemoryPlan rows = MemoryPlanner.Plan(graph, options), whole = rows.Rows.IsEmpty ? rows : MemoryPlanner.Plan(graph, options with { AllowsRows = false });
        ImmutableHashSet<int> all = candidates(whole), maxima = [.. all.Where(index => !graph.Operators.Any(op => op.Layer is GlobalAveragePool && op.Inputs.Contains(index)))];
        ImmutableHashSet<int>[] sets = [.. all.Select(one => ImmutableHashSet.Create(one)), maxima, all];   // few first: each join costs locals
        foreach (MemoryPlan apart in rows.Rows.IsEmpty ? [rows] : new[] { rows, whole })
        {
            yield return apart;
            int least = apart.ArenaBytes;
            foreach (ImmutableHashSet<int> onePass in sets.Where(set => !set.IsEmpty))
            {
                MemoryPlan joined = MemoryPlanner.Plan(graph, options with { OnePass = onePass, AllowsRows = !apart.Rows.IsEmpty });
                if (joined.ArenaBytes >= least) continue;
                least = joined.ArenaBytes;
                yield return joined;
            }
        }
    }
}
