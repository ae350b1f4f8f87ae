using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>
/// SpArSe's multi-objective Bayesian optimisation (Fedorov et al. 2019): objectives that only training shows (error, cycles) have a surrogate each, the others enter
/// exactly by the forecast; an acquisition ranks random samples and morphisms of front members. Candidates whose results are still unknown count as if they had
/// brought what is expected of them, so parallel proposals differ.
/// </summary>
public sealed class BayesianSearch(Study study, SearchSpace space, ISurrogate surrogate) : IOptimizer
{
    /// <summary>From how many of the best the acquisition climbs.</summary>
    private const int Climbers = 5;

    private readonly ImmutableArray<Objective> objectives = study.Objectives;
    private readonly OptimizerOptions options = study.Optimizer;
    private readonly ConditionalWeakTable<Candidate, Option> known = [];

    /// <inheritdoc/>
    public IEnumerable<Candidate> Propose(TrialHistory history, SeededRandom random)
    {
        if (history.Trials.Length >= options.InitialTrials && history.Completed.Length >= 3)
        {
            foreach (Candidate candidate in Ranked(history, random)) yield return candidate;
        }

        while (true) yield return space.Sample(random);
    }

    /// <summary>Candidates by the acquisition, best first. The neighbours of the best are looked at too: the acquisition climbs a little from where chance put it.</summary>
    private IEnumerable<Candidate> Ranked(TrialHistory history, SeededRandom random)
    {
        HashSet<string> tried = [.. history.Trials.Select(trial => trial.Candidate).Concat(history.Pending).Select(KeyOf)];
        ImmutableArray<Option> pool = Untried(Drawn(history, random), tried, history);
        if (pool.IsEmpty) return [];
        ImmutableArray<IPosterior?> posteriors = [.. objectives.Select(objective => pool[0].Forecast.Of(objective.Kind) is null ? Learn(objective, history) : null)];
        (Option Option, double Cost)[] ranked = Rank(pool, posteriors, history, random);
        if (options.Acquisition == AcquisitionKind.HypervolumeImprovement)
        {
            IEnumerable<Candidate> neighbours = ranked.Take(Climbers).SelectMany(best => Enumerable.Range(0, options.Pool / (2 * Climbers)).Select(_ => Neighbour(best.Option.Candidate, random)));
            ImmutableArray<Option> near = Untried(neighbours, tried, history);
            if (!near.IsEmpty) ranked = [.. ranked.Concat(Rank(near, posteriors, history, random)).OrderBy(item => item.Cost)];
        }

        return ranked.Select(item => item.Option.Candidate);
    }

    /// <summary>Random samples of the space and morphisms of front members, at the fidelity of the next trial.</summary>
    private IEnumerable<Candidate> Drawn(TrialHistory history, SeededRandom random)
    {
        ImmutableArray<Trial> parents = FrontSelection.Preferred(history, objectives);
        double explore = study.StageOf(history.NextNumber)?.Stage is SearchStage stage ? stage.Explore : 0.5;
        int samples = (int)Math.Round(2 * options.Pool * explore);
        Fidelity fidelity = Fidelity.Of(study, history.NextNumber);
        return Enumerable.Range(0, 2 * options.Pool).Select(index => fidelity.Applied(
            index < samples ? space.Sample(random) : Offspring.Of(parents[random.Next(parents.Length)], study, space, random)));
    }

    /// <summary>A neighbour of a candidate that is not trained yet: it starts from the same trial's weights.</summary>
    private Candidate Neighbour(Candidate candidate, SeededRandom random)
    {
        Candidate neighbour = Morphisms.Mutate(candidate, space, random);
        return neighbour with { Origin = neighbour.Origin == candidate.Origin ? candidate.Origin : $"{candidate.Origin}, {neighbour.Origin}" };
    }

    /// <summary>Those that can hold the limits and were not tried yet.</summary>
    private ImmutableArray<Option> Untried(IEnumerable<Candidate> candidates, HashSet<string> tried, TrialHistory history) =>
        [.. candidates.Where(candidate => tried.Add(KeyOf(candidate))).Select(candidate => OptionOf(candidate, history)).Where(option => (option.Forecast.BrokenLimit(objectives) ?? Limits.Broken(option.Forecast, study, space.Room)) is null)];

    /// <summary>What every scored trial tells of one objective.</summary>
    private IPosterior Learn(Objective objective, TrialHistory history) => surrogate.Fit(
        [.. history.Scored.Select(trial => OptionOf(trial.Candidate, history).Input)],
        [.. history.Scored.Select(trial => ObjectiveBelief.ToLog(objective, objective.Of(trial.Score!)))]);

    private (Option Option, double Cost)[] Rank(ImmutableArray<Option> pool, ImmutableArray<IPosterior?> posteriors, TrialHistory history, SeededRandom random)
    {
        ObjectiveBeliefs beliefs = Believe(pool, posteriors, history);
        double[] costs = options.Acquisition switch
        {
            AcquisitionKind.Thompson => ThompsonScalarization.Costs(beliefs, objectives, history, random),
            AcquisitionKind.HypervolumeImprovement => ExpectedImprovement.Costs(
                beliefs,
                [.. ParetoFront.Of(history.Completed, objectives).Members.Select(trial => ParetoFront.PointOf(trial, objectives)), .. beliefs.Expected(history.Pending.Length)],
                RatioScale.Of(objectives, history)),
            _ => throw new InvalidOperationException($"Acquisition {options.Acquisition} is not handled here."),
        };
        return [.. pool.Zip(costs).OrderBy(item => item.Second)];
    }

    /// <summary>What is believed of the pool and the pending candidates together.</summary>
    private ObjectiveBeliefs Believe(ImmutableArray<Option> pool, ImmutableArray<IPosterior?> posteriors, TrialHistory history)
    {
        ImmutableArray<Option> queried = [.. pool, .. history.Pending.Select(candidate => OptionOf(candidate, history))];
        ImmutableArray<SurrogateInput> queries = [.. queried.Select(option => option.Input)];
        return new ObjectiveBeliefs([.. objectives.Select((objective, axis) => Believe(objective, posteriors[axis], queried, queries))], pool.Length);
    }

    private ObjectiveBelief Believe(Objective objective, IPosterior? posterior, ImmutableArray<Option> queried, ImmutableArray<SurrogateInput> queries)
    {
        if (posterior is null) return new ObjectiveBelief(objective, [.. queried.Select(option => option.Forecast.Of(objective.Kind)!.Value)], null);
        Prediction prediction = options.Acquisition == AcquisitionKind.Thompson ? posterior.PredictJointly(queries) : posterior.Predict(queries);
        return new ObjectiveBelief(objective, [.. prediction.Mean.Select(mean => ObjectiveBelief.FromLog(objective, mean))], prediction);
    }

    /// <summary>What is known of a candidate before training; the history's candidates are asked for in every proposal, so they are remembered.</summary>
    private Option OptionOf(Candidate candidate, TrialHistory history) => known.GetValue(candidate, _ => Describe(candidate, history));

    private Option Describe(Candidate candidate, TrialHistory history)
    {
        Forecast forecast = space.ForecastOf(candidate);
        return new Option(candidate, forecast, SurrogateInput.Of(candidate, forecast, space.Architectures, history.EpochsOfLineage(candidate)));
    }

    /// <summary>What makes two candidates the same to try; identities of blocks do not.</summary>
    private static string KeyOf(Candidate c) =>
        $"{c.Blueprint}|{c.Training.BatchSize}|{c.Training.LearningRate:R}|{c.Training.WeightDecay:R}|{c.Training.Epochs}|{c.Pruning}|{c.TeacherWeight:R}|{c.Parent}";

    private sealed record Option(Candidate Candidate, Forecast Forecast, SurrogateInput Input);
}
