using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>One tensor's place in the arena.</summary>
/// <param name="Tensor">The operator that writes it, or <see cref="Architecture.InputIndex"/>.</param>
/// <param name="OffsetBytes">First byte in the arena.</param>
/// <param name="SizeBytes">Length.</param>
/// <param name="FirstStep">Step of the order at which it comes to life; −1 for the input.</param>
/// <param name="LastStep">Last step that reads it.</param>
public sealed record PlannedBuffer(int Tensor, int OffsetBytes, int SizeBytes, int FirstStep, int LastStep)
{
    /// <summary>One past its last byte.</summary>
    public int EndBytes => OffsetBytes + SizeBytes;

    /// <summary>Whether both are alive at some step.</summary>
    public bool LivesWith(PlannedBuffer other) => FirstStep <= other.LastStep && other.FirstStep <= LastStep;
}

/// <summary>How the execution order was found.</summary>
public enum OrderMethod
{
    /// <summary>The graph is a chain: there is only one order.</summary>
    OnlyOne,

    /// <summary>The exact minimum over all topological orders.</summary>
    Exact,

    /// <summary>A greedy order: too many operators were open at once for the exact search.</summary>
    Heuristic,
}

/// <summary>
/// Where every activation lives while the network runs: the single source of peak working memory. The score uses <see cref="PeakBytes"/>,
/// generated code uses the offsets, and the simulator must see exactly this arena.
/// </summary>
/// <param name="Order">Operators in execution order.</param>
/// <param name="OrderMethod">How the order was found.</param>
/// <param name="Buffers">One per tensor: the input first, then operators by index. Of a tensor that is never whole, the row on its way to its reader.</param>
/// <param name="ArenaBytes">Size of the arena: the largest end of any buffer.</param>
/// <param name="LocalBytes">
/// 12 bytes for each local variable that holds an activation or accumulator while an operator runs; 0 until code is chosen for the operators.
/// </param>
public sealed record MemoryPlan(
    ImmutableArray<int> Order, OrderMethod OrderMethod, ImmutableArray<PlannedBuffer> Buffers, int ArenaBytes, int LocalBytes)
{
    /// <summary>What runs row by row while the input arrives, in order; empty when the whole input is kept.</summary>
    public ImmutableArray<RowStage> Rows { get; init; } = [];

    /// <summary>What row stages hold besides <see cref="Buffers"/>: rows kept or waiting, and sums; named by the tensor they belong to.</summary>
    public ImmutableArray<PlannedBuffer> RowBuffers { get; init; } = [];

    /// <summary>Tensors of which two values share a byte.</summary>
    public ImmutableHashSet<int> Packed { get; init; } = [];

    /// <summary>Whether it is proved that no other offsets need less; false when the search for them was given up.</summary>
    public bool HasBestOffsets { get; init; } = true;

    /// <summary>Operators that run row by row.</summary>
    public int RowOperators => Rows.Sum(stage => stage.Operators.Length);

    /// <summary>Working-memory peak: arena (input included) plus locals that hold values.</summary>
    public int PeakBytes => ArenaBytes + LocalBytes;

    /// <summary>The buffer of tensor <paramref name="tensor"/>.</summary>
    public PlannedBuffer Of(int tensor) => Buffers[tensor + 1];
}
