namespace SparseNas.Simulator.Heap;

/// <summary>Mark and sweep, and compaction (GarbageCollector.cpp, GarbageCollector_Compaction.cpp).</summary>
internal sealed unsafe partial class DeviceHeap
{
    private const byte AliveFlag = 1;
    private readonly Stack<int> _pending = new();

    /// <summary>Frees everything that no root reaches, and every cached frame.</summary>
    public void Collect()
    {
        Collections++;
        Array.Clear(_cacheHeads);
        Array.Clear(_cacheTails);
        _roots.VisitRoots(Mark);
        while (_pending.TryPop(out int reference)) _roots.VisitFields(reference, Mark);
        int used = MachineryBytes = HeapLayout.ClusterHeaderBytes * _clusters.Length;
        for (int c = 0; c < _clusters.Length; c++) used += Sweep(ref _clusters[c]);
        UsedBytes = used;
        FreeBytesAtLastCollection = TotalBytes - (used - (HeapLayout.ClusterHeaderBytes * _clusters.Length));
        _lastCluster = -1;
        UsageChanged?.Invoke(UsedBytes);
    }

    /// <summary>
    /// Slides movable objects into lower free runs, as Heap_Compact does: a run next to an object lets the following objects
    /// slide, any other run takes as many following objects as fit. Frames, threads and tables stay where they are.
    /// </summary>
    public void Compact()
    {
        Compactions++;
        List<Move> moves = [];
        for (int c = 0; c < _clusters.Length; c++) CompactCluster(c, moves);
        RebuildFreeLists();
        if (moves.Count > 0) Relocate(moves);
        _lastCluster = -1;
    }

    /// <summary>Largest free run, in bytes.</summary>
    public int LargestFreeBytes()
    {
        int largest = 0;
        foreach (Cluster cluster in _clusters)
        {
            for (int free = cluster.FirstFree; free != 0; free = Next(free)) largest = Math.Max(largest, Blocks(free));
        }

        return HeapLayout.BytesOf(largest);
    }

    /// <summary>Visits every run of blocks in address order.</summary>
    public void Walk(Action<int> visit)
    {
        foreach (Cluster cluster in _clusters)
        {
            for (int at = cluster.StartRef; at < cluster.EndRef; at += HeapLayout.BytesOf(Blocks(at))) visit(at);
        }
    }

    private void Mark(int* slot)
    {
        int reference = *slot;
        if (reference == 0 || (Memory[reference + 1] & AliveFlag) != 0) return;
        Memory[reference + 1] |= AliveFlag;
        VisitedObjects++;
        _pending.Push(reference);
    }

    private bool IsAlive(int reference) => Kind(reference) switch
    {
        BlockKind.Free or BlockKind.Cached => false,
        BlockKind.Frame or BlockKind.Runtime or BlockKind.Assembly => true,
        _ => (Memory[reference + 1] & AliveFlag) != 0,
    };

    private int Sweep(ref Cluster cluster)
    {
        int used = 0, last = 0;
        cluster.FirstFree = 0;
        for (int at = cluster.StartRef; at < cluster.EndRef;)
        {
            VisitedObjects++;
            if (IsAlive(at))
            {
                Memory[at + 1] &= unchecked((byte)~AliveFlag);
                used += HeapLayout.BytesOf(Blocks(at));
                if (Kind(at) < BlockKind.Object) MachineryBytes += HeapLayout.BytesOf(Blocks(at));
                at += HeapLayout.BytesOf(Blocks(at));
                continue;
            }

            int end = at;
            while (end < cluster.EndRef && !IsAlive(end)) end += HeapLayout.BytesOf(Blocks(end));
            WriteHeader(at, BlockKind.Free, (end - at) / HeapLayout.BlockBytes, 0);
            Next(at) = 0;
            Link(ref cluster, last, at);
            last = at;
            at = end;
        }

        return used;
    }

    private readonly record struct Move(int Start, int End, int OffsetBytes);

    private bool IsMovable(int reference) => Kind(reference) >= BlockKind.Object;

    private void CompactCluster(int c, List<Move> moves)
    {
        int end = _clusters[c].EndRef;
        int free = FindFree(_clusters[c].StartRef, end);
        while (free < end)
        {
            int freeBlocks = Blocks(free);
            int source = free + HeapLayout.BytesOf(freeBlocks);
            bool adjacent = source < end && IsMovable(source);
            while (source < end && !IsMovable(source)) source += HeapLayout.BytesOf(Blocks(source));
            if (source >= end) return;
            int moved = 0;
            for (int at = source; at < end && IsMovable(at) && (adjacent || moved + Blocks(at) <= freeBlocks); at += HeapLayout.BytesOf(Blocks(at)))
            {
                moved += Blocks(at);
            }

            if (moved == 0)
            {
                free = FindFree(free + HeapLayout.BytesOf(freeBlocks), end);
                continue;
            }

            int movedBytes = HeapLayout.BytesOf(moved);
            Buffer.MemoryCopy(Memory + source, Memory + free, movedBytes, movedBytes);
            moves.Add(new Move(source, source + movedBytes, free - source));
            if (adjacent)
            {
                WriteHeader(free + movedBytes, BlockKind.Free, freeBlocks, 0);
                JoinFollowing(free + movedBytes, end);
            }
            else
            {
                WriteHeader(source, BlockKind.Free, moved, 0);
                JoinFollowing(source, end);
                if (freeBlocks > moved)
                {
                    WriteHeader(free + movedBytes, BlockKind.Free, freeBlocks - moved, 0);
                    JoinFollowing(free + movedBytes, end);
                }
            }

            free = FindFree(free + movedBytes, end);
        }
    }

    private int FindFree(int at, int end)
    {
        while (at < end && Kind(at) != BlockKind.Free) at += HeapLayout.BytesOf(Blocks(at));
        return at;
    }

    private void JoinFollowing(int free, int end)
    {
        int blocks = Blocks(free);
        for (int at = free + HeapLayout.BytesOf(blocks); at < end && Kind(at) == BlockKind.Free; at = free + HeapLayout.BytesOf(blocks)) blocks += Blocks(at);
        WriteHeader(free, BlockKind.Free, blocks, 0);
    }

    private void RebuildFreeLists()
    {
        for (int c = 0; c < _clusters.Length; c++)
        {
            ref Cluster cluster = ref _clusters[c];
            cluster.FirstFree = 0;
            int last = 0;
            for (int at = cluster.StartRef; at < cluster.EndRef; at += HeapLayout.BytesOf(Blocks(at)))
            {
                if (Kind(at) != BlockKind.Free) continue;
                JoinFollowing(at, cluster.EndRef);
                Next(at) = 0;
                Link(ref cluster, last, at);
                last = at;
            }
        }
    }

    /// <summary>
    /// Redirects every reference. An object can move more than once in one compaction (it slides after it jumped), so the moves
    /// are applied in the order they were made.
    /// </summary>
    private void Relocate(List<Move> moves)
    {
        void Redirect(int* slot)
        {
            foreach (Move move in moves)
            {
                if (*slot >= move.Start && *slot < move.End) *slot += move.OffsetBytes;
            }
        }

        _roots.VisitRoots(Redirect);
        Walk(at =>
        {
            if (IsMovable(at)) _roots.VisitFields(at, Redirect);
        });
    }
}
