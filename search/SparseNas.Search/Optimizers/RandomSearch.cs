using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>Independent samples of the space: the baseline for every optimiser.</summary>
public sealed class RandomSearch(SearchSpace space) : IOptimizer
{
    /// <inheritdoc/>
    public Candidate Propose(TrialHistory history, SeededRandom random) => space.Sample(random);
}
