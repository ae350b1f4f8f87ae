using System.Collections.Immutable;

namespace SparseNas.Search;

/// <summary>
/// Objectives on one scale: 0 at the best value so far, 1 at the corner beyond which nobody cares, in ratios between them, because halving an error or a size is worth
/// the same wherever it starts. Of a size nothing below its target counts: a user who is content with 1 KB of working memory wants accuracy for the rest.
/// </summary>
internal sealed class RatioScale
{
    private readonly double[] best, corner, offsets, floors;

    private RatioScale(double[] best, double[] corner, double[] offsets, double[] floors)
    {
        this.floors = floors;
        this.best = best;
        this.corner = corner;
        this.offsets = offsets;
    }

    /// <summary>The scale that a history suggests; it needs a completed trial.</summary>
    public static RatioScale Of(ImmutableArray<Objective> objectives, TrialHistory history)
    {
        double[] offsets = [.. objectives.Select(ObjectiveBelief.Offset)];
        double[] floors = [.. objectives.Select(objective => objective.Kind == ObjectiveKind.ValidationError ? 0 : objective.Target ?? 0)];
        double[] best = [.. objectives.Select((objective, axis) => Math.Log(Math.Max(history.Completed.Min(trial => objective.Of(trial.Score!)), floors[axis]) + offsets[axis]))];
        double[] corner = [.. ReferencePoint.Of(objectives, history).Select((value, axis) => Math.Log(value + offsets[axis]))];
        return new RatioScale(best, corner, offsets, floors);
    }

    /// <summary>One value on the scale; below 0 where it is better than any so far.</summary>
    public double At(int axis, double value) =>
        (Math.Log(Math.Max(value, floors[axis]) + offsets[axis]) - best[axis]) / Math.Max(corner[axis] - best[axis], 1e-9);

    /// <summary>A difference of logarithms as a difference on the scale.</summary>
    public double Width(int axis, double logarithms) => logarithms / Math.Max(corner[axis] - best[axis], 1e-9);

    /// <summary>A point on the scale.</summary>
    public double[] Of(double[] point) => [.. point.Select((value, axis) => At(axis, value))];
}

/// <summary>The corner beyond which nobody cares.</summary>
internal static class ReferencePoint
{
    private const int FirstTrials = 20;

    /// <summary>
    /// Per objective the limit; else five times the target, or what a quarter of the trials reach where that is more; else the space's <see cref="Objective.Reach"/>; else
    /// what nine of ten of the first trials reach, so that the corner stays while the search closes in. Always a little beyond the best.
    /// </summary>
    public static double[] Of(ImmutableArray<Objective> objectives, TrialHistory history) =>
    [
        .. objectives.Select(objective =>
        {
            double[] values = [.. history.Completed.Select(trial => objective.Of(trial.Score!)).Order()];
            double[] first = [.. history.Completed.Take(FirstTrials).Select(trial => objective.Of(trial.Score!)).Order()];
            double corner = objective.Limit ?? (objective.Target is { } target ? Math.Max(5 * target, values[values.Length / 4]) : objective.Reach ?? first[first.Length * 9 / 10]);
            return Math.Max(corner, (values[0] * 1.01) + 1e-9);
        }),
    ];
}
