using System.Collections.Immutable;
using System.Globalization;

namespace SparseNas.Search;

/// <summary>
/// Tells half-way through a training whether its trial can still reach the front. What it may end at is its error now times the best ratio of final to half-way error that any comparable
/// finished trial had (the idea of the median stopping rule of Golovin et al. 2017, Google Vizier, made optimistic and multi-objective); its sizes enter as
/// the forecast's lower bounds. When a finished trial is better even than that, further epochs are wasted.
/// </summary>
/// <param name="study">The objectives, and how many comparable trials are needed.</param>
/// <param name="candidate">The trial's candidate.</param>
/// <param name="forecast">The smallest figures that its choices allow.</param>
/// <param name="known">The finished trials that it was proposed from, so that the verdict depends on nothing else.</param>
internal sealed class LearningCurves(Study study, Candidate candidate, Forecast forecast, ImmutableArray<Trial> known)
{
    /// <summary>Epochs after which a training of <paramref name="epochs"/> is judged; 0 for never.</summary>
    public static int Halfway(int epochs) => epochs / 2;

    /// <summary>Why the training is to be ended; null when it is to go on.</summary>
    /// <param name="error">Validation error half-way, 0 to 1.</param>
    public string? Verdict(double error)
    {
        if (study.Training.StopEarly is not { } options || candidate.Repeats is not null) return null;   // seeds of the same choices are all needed for a mean
        Trial[] comparable = [.. known.Where(IsComparable)];
        if (comparable.Length < options.Comparable) return null;
        Trial quickest = comparable.MinBy(Improvement)!;
        double expected = error * Improvement(quickest);
        double[] best = [.. study.Objectives.Select(objective => objective.Kind == ObjectiveKind.ValidationError ? expected : forecast.LeastOf(objective.Kind) ?? 0)];
        Trial? better = known.FirstOrDefault(trial => trial.IsCompleted && trial.Candidate.Training.Epochs <= candidate.Training.Epochs && Dominance.Dominates(ParetoFront.PointOf(trial, study.Objectives), best));
        return better is null ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"validation error {error:0.####} half-way; even if it ended at {expected:0.####}, improving like trial {quickest.Number}, trial {better.Number} would be better in everything");
    }

    private bool IsComparable(Trial trial) => trial.IsCompleted && trial.HalfwayError > 0 && trial.Candidate.Repeats is null
        && trial.Candidate.Training.Epochs == candidate.Training.Epochs && trial.Candidate.DataShare.Equals(candidate.DataShare);

    private static double Improvement(Trial trial) => trial.Score!.ValidationError / trial.HalfwayError!.Value;
}
