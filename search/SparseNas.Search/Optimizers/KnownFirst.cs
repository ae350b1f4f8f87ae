using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>
/// Tries the architectures that a study names before anything else, one trial each, with training, pruning and bits drawn as for any sample; then the optimiser goes
/// on. Architectures that are named later, when a study is resumed, come next.
/// </summary>
public sealed class KnownFirst(IOptimizer inner, ImmutableArray<Blueprint> known, SearchSpace space) : IOptimizer
{
    private const string Origin = "named by the study";

    /// <inheritdoc/>
    public IEnumerable<Candidate> Propose(TrialHistory history, SeededRandom random)
    {
        int tried = history.Trials.Select(trial => trial.Candidate).Concat(history.Pending).Count(candidate => candidate.Origin == Origin);
        if (tried >= known.Length) return inner.Propose(history, random);
        Candidate sample = space.Sample(random);
        return [sample with { Blueprint = space.DrawBits(known[tried], random), Origin = Origin }];
    }
}
