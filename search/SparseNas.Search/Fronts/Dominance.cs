namespace SparseNas.Search;

/// <summary>Pareto dominance of points that are minimised in every coordinate.</summary>
public static class Dominance
{
    /// <summary>Whether <paramref name="a"/> is nowhere worse than <paramref name="b"/> and somewhere better.</summary>
    public static bool Dominates(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        bool isBetter = false;
        for (int index = 0; index < a.Length; index++)
        {
            if (!(a[index] <= b[index])) return false;
            isBetter |= a[index] < b[index];
        }

        return isBetter;
    }
}
