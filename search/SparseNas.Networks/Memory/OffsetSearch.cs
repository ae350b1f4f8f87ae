namespace SparseNas.Networks;

/// <summary>
/// Whether a <see cref="Packing"/> fits an arena, by branch and bound over which of two buffers lies below the other, as schedulers decide which of two
/// jobs goes first on a machine (Carlier and Pinson 1989). Every buffer has a window of offsets; where only one order of two buffers still fits
/// their windows, it narrows them, until nothing changes. Then either some two buffers fit in no order, or all lie well at the lower ends of their windows,
/// or the two that do not and have the least room left are put in one order and in the other.
/// </summary>
internal sealed class OffsetSearch
{
    /// <summary>Looks at a pair after which the search is given up: about a millisecond. Networks of twenty operators take a few thousand.</summary>
    private const int LookLimit = 300_000;

    private readonly record struct Pair(int A, int B, int AtoB, int BtoA);   // least distances when A lies below B, and when B lies below A

    private enum Below : byte
    {
        Open,
        A,
        B,
    }

    private readonly Packing packing;
    private readonly Pair[] pairs;
    private int looks;

    public OffsetSearch(Packing packing)
    {
        this.packing = packing;
        var meeting = new List<Pair>();
        for (int a = 0; a < packing.Count; a++)
        {
            for (int b = a + 1; b < packing.Count; b++)
            {
                if (packing.Distance(a, b) != Packing.Free) meeting.Add(new Pair(a, b, packing.Distance(a, b), packing.Distance(b, a)));
            }
        }

        pairs = [.. meeting];
    }

    /// <summary>Whether the last search was given up, so that it proves nothing.</summary>
    public bool IsSpent => looks > LookLimit;

    /// <summary>One offset per buffer so that all end within <paramref name="arenaBytes"/>; null when there are none or the search is spent.</summary>
    public int[]? Within(int arenaBytes)
    {
        var lowest = new int[packing.Count];
        var highest = new int[packing.Count];
        for (int at = 0; at < packing.Count; at++) highest[at] = arenaBytes - packing.Extent(at);
        return Decide(lowest, highest, new Below[pairs.Length]);
    }

    private int[]? Decide(int[] lowest, int[] highest, Below[] order)
    {
        if (!Narrow(lowest, highest, order) || IsSpent) return null;
        int chosen = Tightest(lowest, highest);
        if (chosen < 0) return lowest;
        Pair pair = pairs[chosen];
        bool isABelowFirst = highest[pair.B] - lowest[pair.A] - pair.AtoB >= highest[pair.A] - lowest[pair.B] - pair.BtoA;
        foreach (Below below in isABelowFirst ? new[] { Below.A, Below.B } : [Below.B, Below.A])
        {
            Below[] decided = [.. order];
            decided[chosen] = below;
            if (Decide([.. lowest], [.. highest], decided) is { } offsets) return offsets;
        }

        return null;
    }

    /// <summary>Applies every order that is decided or the only one left; false when two buffers fit in no order.</summary>
    private bool Narrow(int[] lowest, int[] highest, Below[] order)
    {
        for (bool isChanged = true; isChanged && !IsSpent;)
        {
            isChanged = false;
            looks += pairs.Length;
            for (int at = 0; at < pairs.Length; at++)
            {
                Pair pair = pairs[at];
                bool a = order[at] != Below.B && lowest[pair.A] + pair.AtoB <= highest[pair.B];
                bool b = order[at] != Below.A && lowest[pair.B] + pair.BtoA <= highest[pair.A];
                if (a == b)
                {
                    if (!a) return false;
                    continue;
                }

                isChanged |= a
                    ? Apart(ref highest[pair.A], ref lowest[pair.B], lowest[pair.A] + pair.AtoB, highest[pair.B] - pair.AtoB)
                    : Apart(ref highest[pair.B], ref lowest[pair.A], lowest[pair.B] + pair.BtoA, highest[pair.A] - pair.BtoA);
            }
        }

        return true;
    }

    private static bool Apart(ref int highestOfLower, ref int lowestOfUpper, int least, int most)
    {
        bool isChanged = least > lowestOfUpper || most < highestOfLower;
        lowestOfUpper = Math.Max(lowestOfUpper, least);
        highestOfLower = Math.Min(highestOfLower, most);
        return isChanged;
    }

    /// <summary>Of the pairs that overlap at the lower ends of their windows the one with the least room in both orders; −1 when none overlaps.</summary>
    private int Tightest(int[] lowest, int[] highest)
    {
        int tightest = -1, leastRoom = int.MaxValue;
        for (int at = 0; at < pairs.Length; at++)
        {
            Pair pair = pairs[at];
            if (lowest[pair.A] + pair.AtoB <= lowest[pair.B] || lowest[pair.B] + pair.BtoA <= lowest[pair.A]) continue;
            int room = highest[pair.B] - lowest[pair.A] - pair.AtoB + highest[pair.A] - lowest[pair.B] - pair.BtoA;
            if (room < leastRoom) (tightest, leastRoom) = (at, room);
        }

        return tightest;
    }
}
