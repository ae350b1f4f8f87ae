using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>
/// Chooses the next candidate. Without a state of its own: a proposal is a pure function of the history and the random numbers, so a study that was
/// interrupted continues exactly and the number of workers changes nothing.
/// </summary>
public interface IOptimizer
{
    /// <summary>
    /// Candidates of the space, the preferred one first, without end or at least one; the caller takes the first that can hold the limits.
    /// </summary>
    IEnumerable<Candidate> Propose(TrialHistory history, SeededRandom random);
}

/// <summary>Makes optimisers and applies what all of them share.</summary>
public static class Optimizers
{
    private const int ScreeningAttempts = 500;

    /// <summary>The optimiser that a study names.</summary>
    public static IOptimizer For(Study study, SearchSpace space)
    {
        study = study with { Objectives = space.WithReach(study.Objectives) };
        IOptimizer optimizer = study.Optimizer.Kind switch
        {
            SearchMethod.Random => new RandomSearch(space),
            SearchMethod.Evolution => new RegularizedEvolution(study, space),
            SearchMethod.Nsga2 => new NsgaSearch(study, space),
            SearchMethod.Bayesian => new BayesianSearch(study, space, new GaussianProcess()),
            _ => throw new InvalidOperationException($"Search method {study.Optimizer.Kind} is not handled here."),
        };
        if (!study.Start.IsEmpty) optimizer = new KnownFirst(optimizer, study.Start, space);
        optimizer = new AtFidelity(optimizer, study);
        if (!study.Stages.IsEmpty) return new StagedSearch(optimizer, study);
        return study.Optimizer.RungEpochs.IsEmpty ? optimizer : new SuccessiveHalving(optimizer, study);
    }

    /// <summary>
    /// The candidate of the next trial: proposals whose forecast breaks a hard limit are passed over, so none of them is trained. When none of
    /// many holds the limits, the last one comes back with the reason and becomes an infeasible trial.
    /// </summary>
    public static (Candidate Candidate, string? BrokenLimit) Propose(IOptimizer optimizer, Study study, SearchSpace space, TrialHistory history)
    {
        SeededRandom random = TrialSeeds.Random(study.Seed, history.NextNumber, SeedPurpose.Proposal);
        (Candidate Candidate, string? BrokenLimit) last = default;
        foreach (Candidate candidate in optimizer.Propose(history, random).Take(ScreeningAttempts))
        {
            Forecast forecast = space.ForecastOf(candidate);
            last = (candidate, forecast.BrokenLimit(study.Objectives) ?? Limits.Broken(forecast, study, space.Room));
            if (last.BrokenLimit is null) break;
        }

        return last;
    }
}
