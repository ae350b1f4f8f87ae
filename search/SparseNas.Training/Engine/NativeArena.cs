using System.Runtime.InteropServices;

namespace SparseNas.Training.Engine;

/// <summary>
/// All memory of one trial. Requests are served from a few chunks of whole huge pages: the vector of a next channel or row is mostly on another
/// page of 4 KB, and a trial of some megabytes touches more of those than the processor keeps translations for.
/// </summary>
internal sealed unsafe class NativeArena : IDisposable
{
    private const int Alignment = 64;
    private readonly List<nint> chunks = [];
    private readonly Dictionary<string, nint> tables = [];
    private byte* next;
    private nuint free;

    /// <summary>Bytes handed out, padding included.</summary>
    public long Bytes { get; private set; }

    /// <summary>Zeroed floats, aligned to a cache line.</summary>
    public float* Floats(long count) => (float*)Take(checked(count * sizeof(float)));

    /// <summary>Zeroed bytes, aligned to a cache line.</summary>
    public void* Take(long bytes)
    {
        nuint rounded = (nuint)((Math.Max(bytes, 1) + Alignment - 1) / Alignment * Alignment);
        if (rounded > free) StartChunk(rounded);
        byte* block = next;
        next += rounded;
        free -= rounded;
        NativeMemory.Clear(block, rounded);
        Bytes += (long)rounded;
        return block;
    }

    /// <summary>A copy of a table of ints; equal tables are held once and must not be changed.</summary>
    public int* Table(ReadOnlySpan<int> values)
    {
        string content = new(MemoryMarshal.Cast<int, char>(values));
        if (tables.TryGetValue(content, out nint known)) return (int*)known;
        int* table = (int*)Take((long)values.Length * sizeof(int));
        values.CopyTo(new Span<int>(table, values.Length));
        tables.Add(content, (nint)table);
        return table;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (nint chunk in chunks) NativeMemory.AlignedFree((void*)chunk);
        chunks.Clear();
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees memory when the owner forgot to.</summary>
    ~NativeArena() => Dispose();

    private void StartChunk(nuint bytes)
    {
        free = (bytes + HugePages.Bytes - 1) / HugePages.Bytes * HugePages.Bytes;
        next = (byte*)NativeMemory.AlignedAlloc(free, HugePages.Bytes);
        HugePages.Advise(next, free);
        chunks.Add((nint)next);
    }
}
