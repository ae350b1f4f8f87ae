namespace SparseNas.Networks;

/// <summary>
/// Offsets for a <see cref="Packing"/>. In an optimal packing every buffer rests on the ground or at its least distance above another, so the
/// packings to consider are the orders in which buffers are laid from the ground up. Chains are solved exactly in linear time per trial size;
/// up to <see cref="ExactLimit"/> buffers by branch and bound; beyond, the best of several greedy orders.
/// </summary>
internal static class ArenaPacker
{
    /// <summary>Buffers up to which the exact search is used.</summary>
    internal const int ExactLimit = 10;

    /// <summary>Search nodes after which branch and bound keeps the best packing found so far.</summary>
    private const int NodeLimit = 20_000;

    /// <summary>One offset per buffer.</summary>
    public static int[] Pack(Packing packing)
    {
        int bound = packing.LowerBoundBytes();
        if (IsChain(packing)) return ChainPacker.Pack(packing, bound);
        int[] best = BestGreedy(packing);
        if (Arena(packing, best) == bound || packing.Buffers.Length > ExactLimit) return best;
        return new BranchAndBound(packing, bound, best).Run();
    }

    /// <summary>The arena that offsets need.</summary>
    public static int Arena(Packing packing, ReadOnlySpan<int> offsets)
    {
        int arena = 0;
        for (int at = 0; at < offsets.Length; at++) arena = Math.Max(arena, offsets[at] + packing.Buffers[at].SizeBytes);
        return arena;
    }

    private static bool IsChain(Packing packing)
    {
        for (int a = 0; a < packing.Buffers.Length; a++)
        {
            for (int b = a + 2; b < packing.Buffers.Length; b++)
            {
                if (packing.Distance(a, b) != Packing.Free) return false;
            }
        }

        return true;
    }

    private static int[] BestGreedy(Packing packing)
    {
        int[] all = [.. Enumerable.Range(0, packing.Buffers.Length)];
        int[][] orders =
        [
            [.. all.OrderByDescending(at => packing.Buffers[at].SizeBytes)],
            [.. all.OrderByDescending(at => packing.Buffers[at].LastStep - packing.Buffers[at].FirstStep).ThenByDescending(at => packing.Buffers[at].SizeBytes)],
            all,
            [.. all.Reverse()],
        ];
        return orders.Select(order => PlaceInTurn(packing, order)).MinBy(offsets => Arena(packing, offsets))!;
    }

    /// <summary>Each buffer at the lowest offset that keeps its distance from all placed before it.</summary>
    private static int[] PlaceInTurn(Packing packing, int[] order)
    {
        var offsets = new int[order.Length];
        for (int turn = 0; turn < order.Length; turn++)
        {
            int buffer = order[turn];
            Span<int> placed = order.AsSpan(0, turn);
            int offset = 0;
            while (Raise(packing, offsets, placed, buffer, offset) is var raised && raised > offset) offset = raised;
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

    /// <summary>Lays buffers from the ground up in every order, cutting what cannot beat the best.</summary>
    private sealed class BranchAndBound(Packing packing, int bound, int[] best)
    {
        private readonly int[] offsets = new int[best.Length];
        private readonly bool[] laid = new bool[best.Length];
        private int[] best = best;
        private int bestArena = Arena(packing, best);
        private int nodes;

        public int[] Run()
        {
            Lay(0, 0, 0);
            return best;
        }

        private void Lay(int count, int floor, int arena)
        {
            if (bestArena == bound || nodes++ > NodeLimit) return;
            if (count == offsets.Length)
            {
                best = [.. offsets];
                bestArena = arena;
                return;
            }

            for (int buffer = 0; buffer < offsets.Length; buffer++)
            {
                if (laid[buffer]) continue;
                int offset = RestingPlace(buffer);
                int end = Math.Max(arena, offset + packing.Buffers[buffer].SizeBytes);
                if (offset < floor || end >= bestArena) continue;   // laid in rising order, so that each packing is seen once
                laid[buffer] = true;
                offsets[buffer] = offset;
                Lay(count + 1, offset, end);
                laid[buffer] = false;
            }
        }

        private int RestingPlace(int buffer)
        {
            int offset = 0;
            for (int other = 0; other < offsets.Length; other++)
            {
                if (laid[other] && packing.Distance(other, buffer) is var distance and not Packing.Free)
                {
                    offset = Math.Max(offset, offsets[other] + distance);
                }
            }

            return offset;
        }
    }
}
