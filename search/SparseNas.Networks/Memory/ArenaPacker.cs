namespace SparseNas.Networks;

/// <summary>
/// Offsets for a <see cref="Packing"/> with the smallest arena: chains by <see cref="ChainPacker"/>; otherwise greedy orders give a first answer, and
/// <see cref="OffsetSearch"/> looks for smaller arenas until none is left or its budget is spent.
/// </summary>
internal static class ArenaPacker
{
    /// <summary>The smallest arena found; null when it takes more than <paramref name="most"/> bytes.</summary>
    public static PackedArena? Pack(Packing packing, int most = int.MaxValue)
    {
        if (BufferChain.TryOf(packing, out BufferChain chain)) return ChainPacker.Pack(chain, most);
        int bound = packing.LowerBoundBytes();
        if (bound > most) return null;
        PackedArena best = Improve(packing, bound, most, PackedArena.Of(packing, BestGreedy(packing), isSmallest: false));
        return best.Bytes <= most ? best : null;
    }

    /// <summary>Halves the gap between what cannot be and what is enough; arenas above <paramref name="most"/> do not matter.</summary>
    private static PackedArena Improve(Packing packing, int bound, int most, PackedArena best)
    {
        OffsetSearch? search = null;
        int enough = Math.Min(best.Bytes, most < int.MaxValue ? most + 1 : most);
        for (int tried = bound; bound < enough; tried = bound + ((enough - bound) / 2))
        {
            search ??= new OffsetSearch(packing);
            if (search.Within(tried) is { } found)
            {
                best = PackedArena.Of(packing, found, isSmallest: false);
                enough = best.Bytes;
            }
            else if (search.IsSpent) return best;
            else bound = tried + 1;
        }

        return best with { IsSmallest = true };
    }

    /// <summary>The best of laying buffers by falling size, by falling length of life, in order and in reverse.</summary>
    private static int[] BestGreedy(Packing packing)
    {
        ReadOnlySpan<PlannedBuffer> buffers = packing.Buffers.AsSpan();
        int count = packing.Count, bestArena = int.MaxValue;
        int[] best = [];
        var order = new int[count];
        var keys = new long[count];
        for (int kind = 0; kind < 4; kind++)
        {
            for (int at = 0; at < count; at++)
            {
                long size = packing.Extent(at), life = buffers[at].LastStep - buffers[at].FirstStep;
                order[at] = at;
                keys[at] = kind switch { 0 => -size, 1 => -((life << 32) + size), 2 => at, _ => -at };
            }

            keys.AsSpan().Sort(order.AsSpan());
            int[] offsets = PlaceInTurn(packing, order);
            int arena = PackedArena.Of(packing, offsets, isSmallest: false).Bytes;
            if (arena < bestArena) (best, bestArena) = (offsets, arena);
        }

        return best;
    }

    /// <summary>Each buffer at the lowest offset that keeps its distance from all placed before it.</summary>
    private static int[] PlaceInTurn(Packing packing, ReadOnlySpan<int> order)
    {
        var offsets = new int[order.Length];
        for (int turn = 0; turn < order.Length; turn++)
        {
            int buffer = order[turn], offset = 0;
            while (Raise(packing, offsets, order[..turn], buffer, offset) is var raised && raised > offset) offset = raised;
            offsets[buffer] = offset;
        }

        return offsets;
    }

    /// <summary>The offset itself when it is free, else the next one worth trying.</summary>
    private static int Raise(Packing packing, int[] offsets, ReadOnlySpan<int> placed, int buffer, int offset)
    {
        foreach (int other in placed)
        {
            if (packing.Distance(buffer, other) == Packing.Free) continue;
            bool below = offset + packing.Distance(buffer, other) <= offsets[other];
            bool above = offsets[other] + packing.Distance(other, buffer) <= offset;
            if (!below && !above) return offsets[other] + packing.Distance(other, buffer);
        }

        return offset;
    }
}
