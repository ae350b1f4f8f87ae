using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>Every figure of a network's working memory side by side: the literature's models, the bounds, the plan.</summary>
/// <param name="Sparse">WM1 and WM2 of SpArSe, in elements.</param>
/// <param name="Bounds">What three ways of running would need.</param>
/// <param name="WholeImageBytes">The arena of the best plan that holds the whole image, every layer by itself.</param>
/// <param name="Plan">The plan; its peak is the network's working memory.</param>
public sealed record MemoryReport(SparseWorkingMemory Sparse, MemoryBounds Bounds, int WholeImageBytes, MemoryPlan Plan)
{
    /// <summary>All figures for a plan.</summary>
    /// <param name="graph">The operators.</param>
    /// <param name="nonZeroWeights">Weights and biases that are not zero, per operator.</param>
    /// <param name="plan">A plan of this graph.</param>
    public static MemoryReport Of(OperatorGraph graph, ImmutableArray<int> nonZeroWeights, MemoryPlan plan) => new(
        SparseWorkingMemory.Of(graph, nonZeroWeights), MemoryBounds.Of(graph, plan.Packed),
        MemoryPlanner.Plan(graph, new PlanOptions { AllowsRows = false, Packed = plan.Packed }).ArenaBytes, plan);
}
