namespace SparseNas.Networks;

/// <summary>
/// The exact packing of a chain, where only neighbours meet. For a given arena the offsets that the n-th buffer can take are those at most
/// <c>high</c> (reached by going below its predecessor) and those at least <c>low</c> (reached by going above), so one pass decides whether
/// an arena is enough, and a binary search finds the smallest.
/// </summary>
internal static class ChainPacker
{
    /// <summary>Buffers up to which a pass needs no memory of the heap.</summary>
    private const int ShortChain = 64;

    /// <summary>
    /// Offsets that a buffer can take: 0 .. High and Low .. arena − extent; High below 0 or Low above that: none on this side.
    /// </summary>
    private readonly record struct Reach(int High, int Low);

    /// <summary>The smallest arena; null when it takes more than <paramref name="most"/> bytes.</summary>
    public static PackedArena? Pack(BufferChain chain, int most)
    {
        Span<Reach> reach = chain.Count <= ShortChain ? stackalloc Reach[ShortChain] : new Reach[chain.Count];
        reach = reach[..chain.Count];
        int bound = chain.LowerBoundBytes(), enough = 0;
        if (bound > most) return null;
        if (!IsEnough(chain, bound, reach))   // it nearly always is
        {
            for (int at = 0; at < chain.Count; at++) enough += chain.Extent(at);
            if (most < enough && !IsEnough(chain, most, reach)) return null;
            for (enough = Math.Min(enough, most), bound++; bound < enough;)
            {
                int middle = bound + ((enough - bound) / 2);
                if (IsEnough(chain, middle, reach)) enough = middle;
                else bound = middle + 1;
            }

            IsEnough(chain, bound, reach);
        }

        return new PackedArena(Offsets(chain, bound, reach), bound, IsSmallest: true);
    }

    /// <summary>Whether every buffer can take some offset, and which.</summary>
    private static bool IsEnough(BufferChain chain, int arena, Span<Reach> reach)
    {
        int limit = arena - chain.Extent(0);
        reach[0] = new Reach(limit, 0);
        if (limit < 0) return false;
        for (int at = 1; at < reach.Length; at++)
        {
            int previousLimit = limit;
            limit = arena - chain.Extent(at);
            int highest = reach[at - 1].Low <= previousLimit ? previousLimit : reach[at - 1].High;
            int lowest = reach[at - 1].High >= 0 ? 0 : reach[at - 1].Low;
            int high = Math.Min(highest - chain.Below(at), limit);
            int low = lowest + chain.Above(at);
            if (high < 0 && low > limit) return false;
            reach[at] = new Reach(high, low);
        }

        return true;
    }

    /// <summary>Walks back from the last buffer, choosing at each step an offset that the next one allows.</summary>
    private static int[] Offsets(BufferChain chain, int arena, ReadOnlySpan<Reach> reach)
    {
        int last = reach.Length - 1;
        var offsets = new int[reach.Length];
        offsets[last] = reach[last].High >= 0 ? 0 : reach[last].Low;
        for (int at = last - 1; at >= 0; at--)
        {
            int limit = arena - chain.Extent(at);
            int atLeast = offsets[at + 1] + chain.Below(at + 1);     // this buffer above the next
            int atMost = offsets[at + 1] - chain.Above(at + 1);      // this buffer below the next
            offsets[at] = Choose(reach[at], limit, 0, atMost) ?? Choose(reach[at], limit, atLeast, limit)!.Value;
        }

        return offsets;
    }

    /// <summary>The lowest reachable offset within [from, to].</summary>
    private static int? Choose(Reach reach, int limit, int from, int to)
    {
        if (from > to) return null;
        if (from <= reach.High) return from;
        int lowest = Math.Max(from, reach.Low);
        return lowest <= Math.Min(to, limit) ? lowest : null;
    }
}
