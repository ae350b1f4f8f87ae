using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>
/// Asynchronous successive halving (Li et al. 2020) around any optimiser: new candidates train briefly, the best share of each rung, by non-dominated rank
/// and crowding, trains on from its own weights. Only trials within the <see cref="ReferencePoint"/> count: a tiny network that errs beyond all interest is on
/// every front. Every rung's networks are real and may be on the final one.
/// </summary>
public sealed class SuccessiveHalving(IOptimizer inner, Study study) : IOptimizer
{
    private readonly OptimizerOptions options = study.Optimizer;

    /// <inheritdoc/>
    public IEnumerable<Candidate> Propose(TrialHistory history, SeededRandom random)
    {
        if (Promotable(history) is { } trial) yield return Promoted(trial);
        foreach (Candidate candidate in inner.Propose(history, random)) yield return candidate;
    }

    /// <summary>The best trial of the highest rung that has earned a promotion and has not had it.</summary>
    private Trial? Promotable(TrialHistory history)
    {
        HashSet<int> promoted = [.. history.Trials.Select(trial => trial.Candidate).Concat(history.Pending).Where(candidate => candidate.Rung > 0).Select(candidate => candidate.Parent!.Value)];
        if (history.Completed.IsEmpty) return null;
        double[] corner = ReferencePoint.Of(study.Objectives, history);
        for (int rung = options.RungEpochs.Length - 2; rung >= 0; rung--)
        {
            Trial[] trials = [.. history.Completed.Where(trial => trial.Candidate.Rung == rung && IsInside(ParetoFront.PointOf(trial, study.Objectives), corner))];
            ImmutableArray<NonDominatedSorting.Ranked> ranked = NonDominatedSorting.Of(trials, study.Objectives);
            if (ranked.Take(trials.Length / options.Reduction).FirstOrDefault(item => !promoted.Contains(item.Trial.Number)) is { } best) return best.Trial;
        }

        return null;
    }

    private static bool IsInside(double[] point, double[] corner) => point.Zip(corner, (value, worst) => value <= worst).All(holds => holds);

    private Candidate Promoted(Trial trial)
    {
        int rung = trial.Candidate.Rung + 1;
        return trial.Candidate with
        {
            Rung = rung,
            Parent = trial.Number,
            Training = trial.Candidate.Training with { Epochs = options.RungEpochs[rung] },
            Origin = $"promote trial {trial.Number} to {options.RungEpochs[rung]} epochs",
        };
    }
}
