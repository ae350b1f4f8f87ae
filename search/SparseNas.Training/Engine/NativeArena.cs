using System.Runtime.InteropServices;

namespace SparseNas.Training.Engine;

/// <summary>All memory of one trial: requests are collected while the plan is made, one aligned and zeroed block serves them.</summary>
internal sealed unsafe class NativeArena : IDisposable
{
    private const int Alignment = 64;
    private readonly List<nint> blocks = [];
    private readonly Dictionary<string, nint> tables = [];

    /// <summary>Bytes handed out, padding included.</summary>
    public long Bytes { get; private set; }

    /// <summary>Zeroed floats, aligned to a cache line.</summary>
    public float* Floats(long count) => (float*)Take(checked(count * sizeof(float)));

    /// <summary>Zeroed bytes, aligned to a cache line.</summary>
    public void* Take(long bytes)
    {
        nuint rounded = (nuint)((Math.Max(bytes, 1) + Alignment - 1) / Alignment * Alignment);
        void* block = NativeMemory.AlignedAlloc(rounded, Alignment);
        NativeMemory.Clear(block, rounded);
        blocks.Add((nint)block);
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
        foreach (nint block in blocks) NativeMemory.AlignedFree((void*)block);
        blocks.Clear();
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees memory when the owner forgot to.</summary>
    ~NativeArena() => Dispose();
}
