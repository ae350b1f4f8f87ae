using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>Independent samples of the space: the baseline for every optimiser.</summary>
public sealed class RandomSearch(SearchSpace space) : IOptimizer
{
    /// <inheritdoc/>
    public IEnumerable<Candidate> Propose(TrialHistory history, SeededRandom random)
    {
        while (true) yield return space.Sample(random);
    }
}
