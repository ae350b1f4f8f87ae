using System.Runtime.InteropServices;

namespace SparseNas.Simulator.Heap;

/// <summary>Who can reach objects: the interpreter visits its statics, frames and pending exceptions through this.</summary>
internal interface IHeapRoots
{
    /// <summary>Calls <paramref name="visit"/> with the address of every root slot that may hold a reference.</summary>
    void VisitRoots(DeviceHeap.SlotVisitor visit);

    /// <summary>Calls <paramref name="visit"/> with every reference slot inside an object.</summary>
    void VisitFields(int reference, DeviceHeap.SlotVisitor visit);
}

/// <summary>
/// The managed heap: clusters of 12-byte blocks, two-ended first fit, collection when an allocation fails, compaction.
/// <code>
/// int array = heap.Allocate(BlockKind.Array, typeId, blocks);      // 0: out of memory, after a collection was tried
/// int frame = heap.AllocateCached(BlockKind.Frame, blocks);        // frames, threads: from the high end, never moved
/// heap.Release(frame);                                             // into the event cache
/// </code>
/// Sources: Execution.cpp (ExtractHeapBlocks), CLR_RT_HeapCluster.cpp, Cache.cpp, GarbageCollector.cpp of nf-interpreter 1.17.
/// </summary>
internal sealed unsafe partial class DeviceHeap : IDisposable
{
    /// <summary>Visits a 32-bit slot that holds a reference (or 0).</summary>
    public delegate void SlotVisitor(int* slot);

    private const int SlowCacheList = 0;
    private const int FastCacheLists = 40;
    private readonly IHeapRoots _roots;
    private readonly Cluster[] _clusters;
    private readonly int[] _cacheHeads = new int[FastCacheLists];
    private readonly int[] _cacheTails = new int[FastCacheLists];
    private int _lastCluster = -1;

    /// <summary>Lays out the clusters of a heap of a given size; every block is free.</summary>
    public DeviceHeap(long sizeBytes, IHeapRoots roots)
    {
        if (sizeBytes is < 1024 or > 64L << 20)
        {
            throw new ArgumentOutOfRangeException(nameof(sizeBytes), sizeBytes, "a managed heap has 1,024 bytes to 64 MB");
        }

        _roots = roots;
        SizeBytes = (int)sizeBytes;
        Memory = (byte*)NativeMemory.AllocZeroed((nuint)SizeBytes + 16);
        List<Cluster> clusters = [];
        for (int start = 0; SizeBytes - start > HeapLayout.ClusterHeaderBytes; start += HeapLayout.ClusterBytes)
        {
            int blocks = (Math.Min(SizeBytes - start, HeapLayout.ClusterBytes) - HeapLayout.ClusterHeaderBytes) / HeapLayout.BlockBytes;
            if (blocks == 0) break;
            int payload = start + HeapLayout.ClusterHeaderBytes;
            clusters.Add(new Cluster { StartRef = payload, EndRef = payload + HeapLayout.BytesOf(blocks), FirstFree = payload });
            WriteHeader(payload, BlockKind.Free, blocks, 0);
            Next(payload) = 0;
            UsedBytes += HeapLayout.ClusterHeaderBytes;
            TotalBytes += HeapLayout.BytesOf(blocks);
        }

        _clusters = [.. clusters];
        PeakUsedBytes = MachineryBytes = UsedBytes;
    }

    private struct Cluster
    {
        public int StartRef;
        public int EndRef;
        public int FirstFree;
    }

    /// <summary>The image; a reference is an offset into it.</summary>
    public byte* Memory { get; private set; }

    /// <summary>Size of the whole heap.</summary>
    public int SizeBytes { get; }

    /// <summary>Bytes of all cluster payloads.</summary>
    public int TotalBytes { get; }

    /// <summary>Bytes taken at the moment, garbage not yet collected and cluster headers included.</summary>
    public int UsedBytes { get; private set; }

    /// <summary>Those of them that hold no objects: cluster headers, loader tables, threads, frames and frames that wait to be used again.</summary>
    public int MachineryBytes { get; private set; }

    /// <summary>Highest <see cref="UsedBytes"/> so far.</summary>
    public int PeakUsedBytes { get; private set; }

    /// <summary>Free bytes after the last collection; 0 before the first one, as on the device.</summary>
    public int FreeBytesAtLastCollection { get; private set; }

    /// <summary>Collections so far.</summary>
    public int Collections { get; private set; }

    /// <summary>Compactions so far.</summary>
    public int Compactions { get; private set; }

    /// <summary>Objects that the last collections marked or swept, for the cost of collecting.</summary>
    public long VisitedObjects { get; private set; }

    /// <summary>Called whenever <see cref="UsedBytes"/> changes.</summary>
    public Action<int>? UsageChanged { get; set; }

    /// <summary>Allocates blocks that a collection may free and compaction may move; 0 when even a collection does not help.</summary>
    public int Allocate(BlockKind kind, int typeId, int blocks)
    {
        if (blocks > HeapLayout.MaximumBlocks) return 0;
        int reference = ExtractLow(blocks);
        if (reference == 0)
        {
            Collect();
            reference = ExtractLow(blocks);
            if (reference == 0) return 0;
        }

        WriteHeader(reference, kind, blocks, typeId);
        new Span<byte>(Memory + reference + 8, HeapLayout.BytesOf(blocks) - 8).Clear();
        Use(HeapLayout.BytesOf(blocks));
        return reference;
    }

    /// <summary>Allocates a frame, thread or table: first from the event cache, then from the high end; 0 when out of memory.</summary>
    public int AllocateCached(BlockKind kind, int blocks)
    {
        int cached = blocks < FastCacheLists ? TakeFast(blocks) : TakeSlow(blocks);
        if (cached != 0)
        {
            Memory[cached] = (byte)kind;
            return cached;
        }

        return AllocateHigh(kind, blocks);
    }

    /// <summary>Allocates from the high end without looking into the cache; 0 when out of memory.</summary>
    public int AllocateHigh(BlockKind kind, int blocks)
    {
        if (blocks > HeapLayout.MaximumBlocks) return 0;
        int reference = ExtractHigh(blocks);
        if (reference == 0)
        {
            Collect();
            reference = ExtractHigh(blocks);
            if (reference == 0) return 0;
        }

        WriteHeader(reference, kind, blocks, 0);
        MachineryBytes += HeapLayout.BytesOf(blocks);
        Use(HeapLayout.BytesOf(blocks));
        return reference;
    }

    /// <summary>Puts a frame or thread into the event cache, where it stays allocated until the next collection.</summary>
    public void Release(int reference)
    {
        int blocks = Blocks(reference);
        Memory[reference] = (byte)BlockKind.Cached;
        Append(blocks < FastCacheLists ? blocks : SlowCacheList, reference);
    }

    public BlockKind Kind(int reference) => (BlockKind)Memory[reference];

    public int Blocks(int reference) => *(ushort*)(Memory + reference + 2);

    public ref int TypeId(int reference) => ref *(int*)(Memory + reference + 4);

    public ref int Auxiliary(int reference) => ref *(int*)(Memory + reference + 8);

    public ref int ArrayLength(int reference) => ref *(int*)(Memory + reference + HeapLayout.ArrayLengthOffset);

    /// <summary>Frees the image.</summary>
    public void Dispose()
    {
        NativeMemory.Free(Memory);
        Memory = null;
    }

    private ref int Next(int reference) => ref *(int*)(Memory + reference + 8);

    private void WriteHeader(int reference, BlockKind kind, int blocks, int typeId)
    {
        Memory[reference] = (byte)kind;
        Memory[reference + 1] = 0;
        *(ushort*)(Memory + reference + 2) = (ushort)blocks;
        *(int*)(Memory + reference + 4) = typeId;
    }

    private void Use(int bytes)
    {
        UsedBytes += bytes;
        if (UsedBytes > PeakUsedBytes) PeakUsedBytes = UsedBytes;
        UsageChanged?.Invoke(UsedBytes);
    }

    /// <summary>First fit from the low end: the cluster that served last, then all in order.</summary>
    private int ExtractLow(int blocks)
    {
        if (_lastCluster >= 0 && ExtractLow(ref _clusters[_lastCluster], blocks) is > 0 and int here) return here;
        for (int c = 0; c < _clusters.Length; c++)
        {
            if (ExtractLow(ref _clusters[c], blocks) is > 0 and int reference)
            {
                _lastCluster = c;
                return reference;
            }
        }

        _lastCluster = -1;
        return 0;
    }

    private int ExtractLow(ref Cluster cluster, int blocks)
    {
        int previous = 0;
        for (int free = cluster.FirstFree; free != 0; previous = free, free = Next(free))
        {
            int available = Blocks(free);
            if (available < blocks) continue;
            int rest = Next(free);
            if (available > blocks)
            {
                int tail = free + HeapLayout.BytesOf(blocks);
                WriteHeader(tail, BlockKind.Free, available - blocks, 0);
                Next(tail) = rest;
                rest = tail;
            }

            Link(ref cluster, previous, rest);
            return free;
        }

        return 0;
    }

    /// <summary>Carves from the top end of the highest free run that is large enough, last cluster first.</summary>
    private int ExtractHigh(int blocks)
    {
        for (int c = _clusters.Length - 1; c >= 0; c--)
        {
            ref Cluster cluster = ref _clusters[c];
            int best = 0, beforeBest = 0, previous = 0;
            for (int free = cluster.FirstFree; free != 0; previous = free, free = Next(free))
            {
                if (Blocks(free) >= blocks) (best, beforeBest) = (free, previous);
            }

            if (best == 0) continue;
            int available = Blocks(best);
            if (available == blocks)
            {
                Link(ref cluster, beforeBest, Next(best));
                return best;
            }

            *(ushort*)(Memory + best + 2) = (ushort)(available - blocks);
            return best + HeapLayout.BytesOf(available - blocks);
        }

        _lastCluster = -1;
        return 0;
    }

    private void Link(ref Cluster cluster, int previous, int next)
    {
        if (previous == 0) cluster.FirstFree = next;
        else Next(previous) = next;
    }

    private void Append(int list, int reference)
    {
        Next(reference) = 0;
        if (_cacheTails[list] == 0) _cacheHeads[list] = reference;
        else Next(_cacheTails[list]) = reference;
        _cacheTails[list] = reference;
    }

    private int TakeFast(int blocks)
    {
        int first = _cacheHeads[blocks];
        if (first == 0) return 0;
        _cacheHeads[blocks] = Next(first);
        if (_cacheHeads[blocks] == 0) _cacheTails[blocks] = 0;
        return first;
    }

    /// <summary>Large frames: exact size, else the best one at most a quarter larger, whose tail goes back into the cache (Extract_Node_Slow).</summary>
    private int TakeSlow(int blocks)
    {
        int best = 0, beforeBest = 0, bestBlocks = 0, previous = 0;
        for (int node = _cacheHeads[SlowCacheList]; node != 0; previous = node, node = Next(node))
        {
            int size = Blocks(node);
            if (size == blocks || (size > blocks && (best != 0 ? size < bestBlocks : size <= blocks * 20 / 16)))
            {
                (best, beforeBest, bestBlocks) = (node, previous, size);
                if (size == blocks) break;
            }
        }

        if (best == 0) return 0;
        int after = Next(best);
        if (beforeBest == 0) _cacheHeads[SlowCacheList] = after;
        else Next(beforeBest) = after;
        if (_cacheTails[SlowCacheList] == best) _cacheTails[SlowCacheList] = beforeBest;
        if (bestBlocks > blocks)
        {
            int tail = best + HeapLayout.BytesOf(blocks);
            WriteHeader(best, BlockKind.Cached, blocks, 0);
            WriteHeader(tail, BlockKind.Cached, bestBlocks - blocks, 0);
            Append(bestBlocks - blocks < FastCacheLists ? bestBlocks - blocks : SlowCacheList, tail);
        }

        return best;
    }
}
