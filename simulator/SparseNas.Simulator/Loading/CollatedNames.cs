namespace SparseNas.Simulator.Loading;

/// <summary>
/// Type names as the metadata processor's <c>OrderBy(FullName)</c> compares them: by the collation of a desktop's language, in which punctuation
/// comes before digits before letters, and case decides only between names that are otherwise equal, small letters first (Unicode collation,
/// DUCET order). Written out, so that the order is the same wherever the simulator runs.
/// </summary>
internal sealed class CollatedNames : IComparer<string>
{
    /// <summary>Characters of type names that are no letters, lowest first; <c>/</c> leads to a nested type.</summary>
    private const string Order = "_-,.@/`+<=>|$0123456789";

    public static CollatedNames Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        int both = Math.Min(x.Length, y.Length);
        for (int c = 0; c < both; c++)
        {
            int difference = Rank(x[c]) - Rank(y[c]);
            if (difference != 0) return difference;
        }

        return x.Length != y.Length ? x.Length - y.Length : string.CompareOrdinal(y, x);
    }

    private static int Rank(char c) => Order.IndexOf(c, StringComparison.Ordinal) is >= 0 and int rank ? rank : Order.Length + char.ToLowerInvariant(c);
}
