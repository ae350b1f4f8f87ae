using System.Collections.Immutable;

namespace SparseNas.Search;

/// <summary>
/// A few trials that stand for many: one after the other the trial that adds most to the dominated hypervolume (greedy subset selection, Guerreiro et al. 2016), so
/// that the choice spreads over the front and wastes nothing on its far ends.
/// </summary>
internal static class FrontSelection
{
    /// <summary>At most <paramref name="count"/> completed trials of a history, the most valuable first; those beyond the <see cref="ReferencePoint"/> are never chosen.</summary>
    public static IEnumerable<Trial> Greedy(TrialHistory history, ImmutableArray<Objective> objectives, int count)
    {
        if (history.Completed.IsEmpty) yield break;
        RatioScale scale = RatioScale.Of(objectives, history);
        double[] corner = [.. objectives.Select(_ => 1.0)];
        List<(Trial Trial, double[] Point)> open =
            [.. ParetoFront.Of(history.Completed, objectives).Members.OrderBy(trial => trial.Number).Select(trial => (trial, scale.Of(ParetoFront.PointOf(trial, objectives))))];
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
