using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SparseNas.Quantization.Execution.Lanes;

/// <summary>Numbers that stay where they are, aligned to a cache line; the collector frees them with their owner.</summary>
internal sealed unsafe class PinnedBuffer<T>
    where T : unmanaged
{
    private const int AlignmentBytes = 64;
    private readonly byte[] memory;

    /// <summary>Room for <paramref name="count"/> numbers, all 0.</summary>
    public PinnedBuffer(int count)
    {
        memory = GC.AllocateArray<byte>(checked((count * sizeof(T)) + AlignmentBytes), pinned: true);
        nint start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(memory));
        Pointer = (T*)((start + AlignmentBytes - 1) / AlignmentBytes * AlignmentBytes);
        Count = count;
    }

    /// <summary>A copy of <paramref name="values"/>.</summary>
    public PinnedBuffer(ReadOnlySpan<T> values)
        : this(values.Length) => values.CopyTo(Span);

    /// <summary>Number of elements.</summary>
    public int Count { get; }

    /// <summary>The first number; valid while the buffer is referenced.</summary>
    public T* Pointer { get; }

    /// <summary>All numbers.</summary>
    public Span<T> Span => new(Pointer, Count);
}
