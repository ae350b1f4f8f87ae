namespace SparseNas.Networks;

/// <summary>
/// The exact packing of a chain, where only neighbours meet. For a given arena the offsets that the n-th buffer can take are those at most
/// <c>high</c> (reached by going below its predecessor) and those at least <c>low</c> (reached by going above), so one pass decides whether
/// an arena is enough, and a binary search finds the smallest.
/// </summary>
internal static class ChainPacker
{
    /// <summary>One offset per buffer; <paramref name="bound"/> is an arena that cannot be undercut.</summary>
    public static int[] Pack(Packing packing, int bound)
    {
        int enough = 0;
        for (int at = 0; at < packing.Count; at++) enough += packing.Extent(at);
        while (bound < enough)
        {
            int middle = bound + ((enough - bound) / 2);
            if (Reach(packing, middle) is not null) enough = middle;
            else bound = middle + 1;
        }

        return Offsets(packing, enough, Reach(packing, enough)!);
    }

    /// <summary>
    /// For each buffer the offsets it can take: 0 .. High and Low .. arena − size (High below 0 or Low above the limit: none);
    /// null when some buffer can take none.
    /// </summary>
    private static (int High, int Low)[]? Reach(Packing packing, int arena)
    {
        var reach = new (int High, int Low)[packing.Count];
        reach[0] = (arena - packing.Extent(0), 0);
        if (reach[0].High < 0) return null;
        for (int at = 1; at < reach.Length; at++)
        {
            int limit = arena - packing.Extent(at), previousLimit = arena - packing.Extent(at - 1);
            int highest = reach[at - 1].Low <= previousLimit ? previousLimit : reach[at - 1].High;
            int lowest = reach[at - 1].High >= 0 ? 0 : reach[at - 1].Low;
            int high = Math.Min(highest - packing.Distance(at, at - 1), limit);
            int low = lowest + packing.Distance(at - 1, at);
            if (high < 0 && low > limit) return null;
            reach[at] = (high, low);
        }

        return reach;
    }

    /// <summary>Walks back from the last buffer, choosing at each step an offset that the next one allows.</summary>
    private static int[] Offsets(Packing packing, int arena, (int High, int Low)[] reach)
    {
        int last = reach.Length - 1;
        var offsets = new int[reach.Length];
        offsets[last] = reach[last].High >= 0 ? 0 : reach[last].Low;
        for (int at = last - 1; at >= 0; at--)
        {
            int limit = arena - packing.Extent(at);
            int atLeast = offsets[at + 1] + packing.Distance(at + 1, at);     // this buffer above the next
            int atMost = offsets[at + 1] - packing.Distance(at, at + 1);      // this buffer below the next
            offsets[at] = Choose(reach[at], limit, 0, atMost) ?? Choose(reach[at], limit, atLeast, limit)!.Value;
        }

        return offsets;
    }

    /// <summary>The lowest reachable offset within [from, to].</summary>
    private static int? Choose((int High, int Low) reach, int limit, int from, int to)
    {
        if (from > to) return null;
        if (from <= reach.High) return from;
        int lowest = Math.Max(from, reach.Low);
        return lowest <= Math.Min(to, limit) ? lowest : null;
    }
}
