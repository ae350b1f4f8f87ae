using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>Begins with the architectures that a study names, one trial each, with training, pruning and bits drawn as for any sample; then the optimiser goes on.</summary>
public sealed class KnownFirst(IOptimizer inner, ImmutableArray<Blueprint> known, SearchSpace space) : IOptimizer
{
    /// <inheritdoc/>
    public IEnumerable<Candidate> Propose(TrialHistory history, SeededRandom random)
    {
        if (history.NextNumber > known.Length) return inner.Propose(history, random);
        Candidate sample = space.Sample(random);
        return [sample with { Blueprint = space.DrawBits(known[history.NextNumber - 1], random), Origin = "named by the study" }];
    }
}
