namespace SparseNas.Benchmarks.Search;

/// <summary>The signed-rank test of paired samples (Wilcoxon 1945): exact, with mean ranks for ties; pairs without a difference are left out.</summary>
internal static class Wilcoxon
{
    /// <summary>Two-sided probability of a difference at least this one-sided when both samples come from one distribution; 1 without differences.</summary>
    /// <param name="first">One value per pair.</param>
    /// <param name="second">The other.</param>
    public static double TwoSided(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        double[] differences = [.. first.Zip(second, (a, b) => a - b).Where(difference => difference != 0)];
        if (differences.Length == 0) return 1;
        double[] sizes = [.. differences.Select(Math.Abs)];
        int[] doubled = [.. sizes.Select(size => (2 * sizes.Count(other => other < size)) + sizes.Count(other => other.Equals(size)) + 1)];   // twice the mean rank: whole numbers
        int positive = differences.Zip(doubled, (difference, rank) => difference > 0 ? rank : 0).Sum(), total = doubled.Sum();
        double[] ways = Distribution(doubled);
        int tail = Math.Min(positive, total - positive);
        return Math.Min(1, 2 * ways.Take(tail + 1).Sum());
    }

    /// <summary>Probability of each sum of ranks when every sign is a fair coin.</summary>
    private static double[] Distribution(int[] ranks)
    {
        var chance = new double[ranks.Sum() + 1];
        chance[0] = 1;
        int reach = 0;
        foreach (int rank in ranks)
        {
            reach += rank;
            for (int sum = reach; sum >= 0; sum--) chance[sum] = 0.5 * (chance[sum] + (sum >= rank ? chance[sum - rank] : 0));
        }

        return chance;
    }
}
