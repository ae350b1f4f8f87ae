namespace SparseNas.Search;

/// <summary>
/// Whether a short training ranks candidates as a long one does: Spearman's correlation of the errors before and after promotion. Only the best are promoted, so
/// it speaks of differences among good candidates, which are the hardest to rank.
/// </summary>
/// <param name="FromEpochs">Epochs of the short training.</param>
/// <param name="ToEpochs">Epochs of the long one.</param>
/// <param name="Pairs">Promoted candidates with both errors.</param>
/// <param name="Correlation">−1 to 1; not a number below two pairs or without differences.</param>
public sealed record RungCheck(int FromEpochs, int ToEpochs, int Pairs, double Correlation)
{
    /// <summary>The checks of all promotions among trials, by epochs; trial n is the n-th.</summary>
    public static IEnumerable<RungCheck> Of(IEnumerable<Trial> trials)
    {
        Dictionary<int, Trial> known = trials.ToDictionary(trial => trial.Number);
        return known.Values
            .Where(trial => trial.Candidate is { Rung: > 0, Repeats: null, Parent: not null } && trial.IsCompleted && known.ContainsKey(trial.Candidate.Parent.Value))
            .Select(trial => (Before: known[trial.Candidate.Parent!.Value], After: trial))
            .GroupBy(pair => (From: pair.Before.Candidate.Training.Epochs, To: pair.After.Candidate.Training.Epochs))
            .OrderBy(group => group.Key.From).ThenBy(group => group.Key.To)
            .Select(group => new RungCheck(
                group.Key.From, group.Key.To, group.Count(),
                RankCorrelation.Spearman([.. group.Select(pair => pair.Before.Score!.ValidationError)], [.. group.Select(pair => pair.After.Score!.ValidationError)])));
    }
}

/// <summary>Correlation of ranks.</summary>
public static class RankCorrelation
{
    /// <summary>Spearman's ρ: Pearson's correlation of the ranks, ties at their mean rank. NaN below two pairs or when one side has no differences.</summary>
    /// <param name="first">One value per pair.</param>
    /// <param name="second">The other value of each pair.</param>
    public static double Spearman(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        if (first.Count != second.Count) throw new ArgumentException($"As many values on both sides are needed, but got {first.Count} and {second.Count}.", nameof(second));
        if (first.Count < 2) return double.NaN;
        double[] a = Ranks(first), b = Ranks(second);
        double meanA = a.Average(), meanB = b.Average();
        double covariance = a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Sum();
        double scale = Math.Sqrt(a.Sum(x => (x - meanA) * (x - meanA)) * b.Sum(y => (y - meanB) * (y - meanB)));
        return scale > 0 ? covariance / scale : double.NaN;
    }

    /// <summary>Ranks from 1; equal values share the mean of theirs.</summary>
    internal static double[] Ranks(IReadOnlyList<double> values) =>
        [.. values.Select(value => values.Count(other => other < value) + ((values.Count(other => other.Equals(value)) + 1) / 2.0))];
}
