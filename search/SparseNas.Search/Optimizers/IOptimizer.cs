using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>
/// Chooses the next candidate. Without a state of its own: a proposal is a pure function of the history and the random numbers, so a study that was
/// interrupted continues exactly and the number of workers changes nothing.
/// </summary>
public interface IOptimizer
{
    /// <summary>A candidate of the space; limits are checked by the caller, who asks again with the same stream.</summary>
    Candidate Propose(TrialHistory history, SeededRandom random);
}

/// <summary>Makes optimisers and applies what all of them share.</summary>
public static class Optimizers
{
    private const int ScreeningAttempts = 500;

    /// <summary>The optimiser that a study names.</summary>
    public static IOptimizer For(Study study, SearchSpace space) => study.Optimizer.Kind switch
    {
        SearchMethod.Random => new RandomSearch(space),
        SearchMethod.Evolution => new RegularizedEvolution(study, space),
        _ => throw new InvalidOperationException($"Search method {study.Optimizer.Kind} is not handled here."),
    };

    /// <summary>
    /// The candidate of trial <paramref name="number"/>: proposals whose forecast breaks a hard limit are drawn again, so none of them is trained. When none of
    /// many holds the limits, the last one comes back with the reason and becomes an infeasible trial.
    /// </summary>
    public static (Candidate Candidate, string? BrokenLimit) Propose(IOptimizer optimizer, Study study, SearchSpace space, int number, TrialHistory history)
    {
        SeededRandom random = TrialSeeds.Random(study.Seed, number, SeedPurpose.Proposal);
        Candidate candidate;
        string? broken;
        int attempt = 0;
        do
        {
            candidate = optimizer.Propose(history, random);
            broken = Forecast.Of(candidate, space.Architectures.Input, space.Architectures.Classes).BrokenLimit(study.Objectives);
        }
        while (broken is not null && ++attempt < ScreeningAttempts);

        return (candidate, broken);
    }
}
