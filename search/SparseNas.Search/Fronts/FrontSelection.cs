using System.Collections.Immutable;

namespace SparseNas.Search;

/// <summary>
/// A few trials that stand for many: one after the other the trial that adds most to the dominated hypervolume (greedy subset selection, Guerreiro et al. 2016), so
/// that the choice spreads over the front and wastes nothing on its far ends.
/// </summary>
internal static class FrontSelection
{
    /// <summary>
    /// The part of the front that a user would look at: completed trials within the <see cref="ReferencePoint"/> that no other beats once sizes below their target count
    /// as equal; by number. The whole front where nothing lies within the reference point.
    /// </summary>
    public static ImmutableArray<Trial> Preferred(TrialHistory history, ImmutableArray<Objective> objectives)
    {
        if (history.Completed.IsEmpty) return [];
        RatioScale scale = RatioScale.Of(objectives, history);
        (Trial Trial, double[] Point)[] inside =
            [.. history.Completed.Select(trial => (Trial: trial, Point: scale.Of(ParetoFront.PointOf(trial, objectives)))).Where(item => item.Point.All(value => value <= 1))];
        ImmutableArray<Trial> members = [.. inside.Where((item, index) => !inside.Where((other, place) =>
            Dominance.Dominates(other.Point, item.Point) || (place < index && other.Point.AsSpan().SequenceEqual(item.Point))).Any()).Select(item => item.Trial)];
        return members.IsEmpty ? [.. ParetoFront.Of(history.Completed, objectives).Members.OrderBy(trial => trial.Number)] : members;
    }

    /// <summary>At most <paramref name="count"/> completed trials of a history, the most valuable first; those beyond the <see cref="ReferencePoint"/> are never chosen.</summary>
    public static IEnumerable<Trial> Greedy(TrialHistory history, ImmutableArray<Objective> objectives, int count)
    {
        if (history.Completed.IsEmpty) yield break;
        RatioScale scale = RatioScale.Of(objectives, history);
        double[] corner = [.. objectives.Select(_ => 1.0)];
        List<(Trial Trial, double[] Point)> open = [.. Preferred(history, objectives).Select(trial => (trial, scale.Of(ParetoFront.PointOf(trial, objectives))))];
        List<double[]> chosen = [];
        for (int left = count; left > 0 && open.Count > 0; left--)
        {
            double before = Hypervolume.Of(chosen, corner);
            (Trial Trial, double[] Point) best = open.MaxBy(item => Hypervolume.Of(chosen.Append(item.Point), corner));
            if (!(Hypervolume.Of(chosen.Append(best.Point), corner) > before)) yield break;
            open.Remove(best);
            chosen.Add(best.Point);
            yield return best.Trial;
        }
    }
}
