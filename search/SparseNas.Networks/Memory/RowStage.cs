using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>Where a row stage leaves what it computes.</summary>
public enum RowTarget
{
    /// <summary>One row at a time, which the next stage consumes at once.</summary>
    NextStage,

    /// <summary>Rows one behind the other: the whole tensor, for the operators after the last stage.</summary>
    Tensor,

    /// <summary>Sums over all rows, one per output: a dense layer or a global average (<see cref="ActivationLayout.SumBytes"/>).</summary>
    Accumulators,
}

/// <summary>
/// An operator, or a convolution and its pooling in one pass, that runs as soon as the rows under its window are there. Between two input rows only
/// rows that later windows need are kept: the (kernel − stride) last ones, and those that arrived since the last output row.
/// </summary>
/// <param name="Operators">What it computes, in order.</param>
/// <param name="Rows">How the window runs over the rows of its input; an accumulating stage takes rows one by one.</param>
/// <param name="RowBytes">Bytes of an input row.</param>
/// <param name="RowOffsets">
/// Where each row of the window lies when an output row is computed, oldest first. A row arrives at the last one; after the output row, those still
/// needed move to the front.
/// </param>
/// <param name="Target">What happens to an output row.</param>
/// <param name="TargetOffset">First byte of the output row, of the tensor or of the sums.</param>
/// <param name="TargetRowBytes">Bytes of an output row; of all sums where they are accumulated.</param>
public sealed record RowStage(
    ImmutableArray<int> Operators, Window Rows, int RowBytes, ImmutableArray<int> RowOffsets, RowTarget Target, int TargetOffset, int TargetRowBytes)
{
    /// <summary>Where a row arrives.</summary>
    public int ArrivalOffset => RowOffsets[^1];

    /// <summary>Rows in place before the first one arrives: the padding above the image.</summary>
    public int RowsBefore => Rows.Before;

    /// <summary>Rows of padding that follow the last row of the image.</summary>
    public int RowsAfter => Math.Max(((Rows.Output - 1) * Rows.Stride) + Rows.Kernel - Rows.Before - Rows.Input, 0);

    /// <summary>Rows in place after an output row; below 0: rows to leave out until the next window begins.</summary>
    public int RowsKept => Rows.Kernel - Rows.Stride;
}
