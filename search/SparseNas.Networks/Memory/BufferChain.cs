namespace SparseNas.Networks;

/// <summary>
/// Buffers in a row of which each meets only its neighbours: the packing problem of a network without branches, as three numbers a buffer instead of
/// a distance for every two (<see cref="Packing"/>).
/// </summary>
internal readonly ref struct BufferChain
{
    private readonly Span<int> extents, above, below;

    private BufferChain(Span<int> extents, Span<int> above, Span<int> below)
    {
        this.extents = extents;
        this.above = above;
        this.below = below;
    }

    /// <summary>Number of buffers.</summary>
    public int Count => extents.Length;

    /// <summary>Bytes that a buffer takes from its start.</summary>
    public int Extent(int at) => extents[at];

    /// <summary>How far a buffer starts above the one before it, at least, when it lies above.</summary>
    public int Above(int at) => above[at];

    /// <summary>How far a buffer starts below the one before it, at least, when it lies below.</summary>
    public int Below(int at) => below[at];

    /// <summary>Numbers that a chain of <paramref name="problem"/> is written into.</summary>
    public static int RoomOf(PlanProblem problem) => 3 * (problem.Graph.Operators.Length + 2);

    /// <summary>The same problem as <see cref="Packing.Of"/>, for a network that is a chain.</summary>
    /// <param name="problem">A network in which each operator alone reads the one before it.</param>
    /// <param name="run">What runs by rows; empty when the whole input is stored.</param>
    /// <param name="rowBytes">Memory of the rows.</param>
    /// <param name="room">Where the chain is written: <see cref="RoomOf"/> numbers.</param>
    public static BufferChain Of(PlanProblem problem, ReadOnlySpan<RowNeeds> run, int rowBytes, Span<int> room)
    {
        int most = room.Length / 3, first = Composition.FirstWhole(run), count = 0;
        BufferChain all = new(room[..most], room.Slice(most, most), room[(2 * most)..]);
        if (run.IsEmpty)
        {
            all.Set(count++, problem.TensorBytes(first), 0, 0);
        }
        else
        {
            int left = Composition.LeftBytes(problem, run[^1]);
            all.Set(count++, rowBytes, 0, 0);
            all.Set(count++, Math.Max(problem.TensorBytes(first), left), rowBytes, left);
        }

        for (int op = first + 1; op < problem.Graph.Operators.Length; op++)
        {
            if (problem.IsJoined(op)) continue;   // never stored
            bool isJoined = op - 1 > first && problem.IsJoined(op - 1);
            all.Set(count++, problem.TensorBytes(op), problem.TensorBytes(isJoined ? op - 2 : op - 1), isJoined ? problem.OnePassDistance(op) : problem.Distance(op, 0));
        }

        return new BufferChain(all.extents[..count], all.above[..count], all.below[..count]);
    }

    /// <summary>The chain of a packing in which only neighbours meet; null when others do.</summary>
    public static bool TryOf(Packing packing, out BufferChain chain)
    {
        chain = new BufferChain(new int[packing.Count], new int[packing.Count], new int[packing.Count]);
        for (int at = 0; at < packing.Count; at++)
        {
            for (int behind = at + 2; behind < packing.Count; behind++)
            {
                if (packing.Distance(at, behind) != Packing.Free) return false;
            }

            chain.Set(at, packing.Extent(at), at == 0 ? 0 : packing.Distance(at - 1, at), at == 0 ? 0 : packing.Distance(at, at - 1));
        }

        return true;
    }

    /// <summary>No arena can be smaller: every two neighbours must fit.</summary>
    public int LowerBoundBytes()
    {
        int bound = extents[0];
        for (int at = 1; at < Count; at++)
        {
            int low = Math.Max(above[at] + extents[at], extents[at - 1]), high = Math.Max(below[at] + extents[at - 1], extents[at]);
            bound = Math.Max(bound, Math.Min(low, high));
        }

        return bound;
    }

    private void Set(int at, int extent, int aboveBefore, int belowBefore) => (extents[at], above[at], below[at]) = (extent, aboveBefore, belowBefore);
}
