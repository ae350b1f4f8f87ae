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

    private IEnumerable<Candidate> Ranked(TrialHistory history, SeededRandom random)
    {
        ImmutableArray<Option> pool = Pool(history, random);
        if (pool.IsEmpty) return [];
        ObjectiveBeliefs beliefs = Believe(history, pool);
        ImmutableArray<double[]> front = [.. ParetoFront.Of(history.Completed, objectives).Members.Select(trial => ParetoFront.PointOf(trial, objectives))];
        double[] costs = options.Acquisition switch
        {
            AcquisitionKind.Thompson => ThompsonScalarization.Costs(beliefs, objectives, history, random),
            AcquisitionKind.HypervolumeImprovement => ExpectedImprovement.Costs(beliefs, [.. front, .. beliefs.Expected(history.Pending.Length)], RatioScale.Of(objectives, history)),
            _ => throw new InvalidOperationException($"Acquisition {options.Acquisition} is not handled here."),
        };
        return Enumerable.Range(0, pool.Length).OrderBy(index => costs[index]).Select(index => pool[index].Candidate);
    }

    /// <summary>Random samples and morphisms of front members that can hold the limits and were not tried yet.</summary>
    private ImmutableArray<Option> Pool(TrialHistory history, SeededRandom random)
    {
        Trial[] parents = [.. ParetoFront.Of(history.Completed, objectives).Members];
        double explore = study.StageOf(history.NextNumber)?.Stage is SearchStage stage ? stage.Explore : 0.5;
        int sampleCount = (int)Math.Round(2 * options.Pool * explore);
        IEnumerable<Candidate> samples = Enumerable.Range(0, sampleCount).Select(_ => space.Sample(random));
        IEnumerable<Candidate> morphs = Enumerable.Range(0, (2 * options.Pool) - sampleCount).Select(_ => Offspring.Of(parents[random.Next(parents.Length)], study, space, random));
        HashSet<string> tried = [.. history.Trials.Select(trial => trial.Candidate).Concat(history.Pending).Select(KeyOf)];
        return [.. samples.Concat(morphs).Where(candidate => tried.Add(KeyOf(candidate)))
            .Select(candidate => OptionOf(candidate, history)).Where(option => option.Forecast.BrokenLimit(objectives) is null)];
    }

    /// <summary>Surrogates learn from every scored trial and speak about the pool and the pending candidates together.</summary>
    private ObjectiveBeliefs Believe(TrialHistory history, ImmutableArray<Option> pool)
    {
        ImmutableArray<Option> pending = [.. history.Pending.Select(candidate => OptionOf(candidate, history))];
        ImmutableArray<Option> tried = [.. history.Scored.Select(trial => OptionOf(trial.Candidate, history))];
        ImmutableArray<SurrogateInput> queries = [.. pool.Concat(pending).Select(option => option.Input)];
        var beliefs = ImmutableArray.CreateBuilder<ObjectiveBelief>();
        foreach (Objective objective in objectives)
        {
            if (pool[0].Forecast.Of(objective.Kind) is not null)
            {
                beliefs.Add(new ObjectiveBelief(objective, [.. pool.Concat(pending).Select(option => option.Forecast.Of(objective.Kind)!.Value)], null));
                continue;
            }

            ImmutableArray<double> values = [.. history.Scored.Select(trial => ObjectiveBelief.ToLog(objective, objective.Of(trial.Score!)))];
            IPosterior posterior = surrogate.Fit([.. tried.Select(option => option.Input)], values);
            Prediction prediction = options.Acquisition == AcquisitionKind.Thompson ? posterior.PredictJointly(queries) : posterior.Predict(queries);
            beliefs.Add(new ObjectiveBelief(objective, [.. prediction.Mean.Select(mean => ObjectiveBelief.FromLog(objective, mean))], prediction));
        }

        return new ObjectiveBeliefs(beliefs.ToImmutable(), pool.Length);
    }

    /// <summary>What is known of a candidate before training; the history's candidates are asked for in every proposal, so they are remembered.</summary>
    private Option OptionOf(Candidate candidate, TrialHistory history) => known.GetValue(candidate, _ => Describe(candidate, history));

    private Option Describe(Candidate candidate, TrialHistory history)
    {
        Forecast forecast = Forecast.Of(candidate, space.Architectures.Input, space.Architectures.Classes);
        return new Option(candidate, forecast, SurrogateInput.Of(candidate, forecast, space.Architectures, history.EpochsOfLineage(candidate)));
    }

    /// <summary>What makes two candidates the same to try; identities of blocks do not.</summary>
    private static string KeyOf(Candidate c) =>
        $"{c.Blueprint}|{c.Training.BatchSize}|{c.Training.LearningRate:R}|{c.Training.WeightDecay:R}|{c.Training.Epochs}|{c.Pruning}|{c.WeightBits}|{c.TeacherWeight:R}|{c.Parent}";

    private sealed record Option(Candidate Candidate, Forecast Forecast, SurrogateInput Input);
}
