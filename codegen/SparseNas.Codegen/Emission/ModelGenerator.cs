using System.Collections.Immutable;
using SparseNas.Boards;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission;

/// <summary>From an integer network to device source in one call: plan memory, choose strategies, emit.</summary>
/// <example><code>
/// GeneratedModel model = ModelGenerator.Generate(network, EmissionGoal.Auto, board.CostTable, EmissionBudget.Unlimited, header);
/// </code></example>
public static class ModelGenerator
{
    /// <summary>Generates a model.</summary>
    /// <param name="network">Integer network.</param>
    /// <param name="goal">What is wanted of the code.</param>
    /// <param name="costs">Cost of instructions on the board's core.</param>
    /// <param name="budget">What the code may take of the board.</param>
    /// <param name="header">What the head of the source says.</param>
    /// <exception cref="EmissionBudgetException">No choice of strategies fits the budget.</exception>
    public static GeneratedModel Generate(
        QuantizedNetwork network, EmissionGoal goal, CostTable costs, EmissionBudget budget, ModelHeader header)
    {
        MemoryPlan plan = MemoryPlanner.Plan(network.Graph);
        GeneratedModel? joined = goal is EmissionGoal.Auto or EmissionGoal.Fast ? Joined(network, plan, goal, costs, budget, header) : null;
        if (joined is not null && joined.Plan.ArenaBytes >= plan.ArenaBytes) joined = null;
        GeneratedModel? apart = null;
        try
        {
            apart = Emitter.Emit(network, plan, StrategyChooser.Choose(network, plan, goal, costs, budget), header, costs);
        }
        catch (EmissionBudgetException) when (joined is not null)
        {
        }

        return joined is not null && (apart is null || joined.Cost.Cycles <= apart.Cost.Cycles * WorthInCycles) ? joined : apart!;
    }

    /// <summary>Cycles that a smaller arena may cost.</summary>
    private const double WorthInCycles = 1.03;

    /// <summary>The model with every convolution that can be joined with its pooling, whose output then takes no memory; null when there is none.</summary>
    private static GeneratedModel? Joined(
        QuantizedNetwork network, MemoryPlan plan, EmissionGoal goal, CostTable costs, EmissionBudget budget, ModelHeader header)
    {
        ImmutableHashSet<int> onePass = Fusion.Candidates(network, plan);
        if (onePass.IsEmpty) return null;
        MemoryPlan smaller = MemoryPlanner.Plan(network.Graph, onePass);
        try
        {
            return Emitter.Emit(network, smaller, StrategyChooser.Choose(network, smaller, goal, costs, budget), header, costs);
        }
        catch (EmissionBudgetException)
        {
            return null;
        }
    }
}
