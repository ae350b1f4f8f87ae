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
/// Where each row of the window lies when an output row is computed, oldest first. A row of the image, which comes from outside, is written to its own place
/// (<see cref="PlaceOf"/>); a row of another stage arrives at the last one and moves to its own. After the output row, those still needed move to the front.
/// </param>
/// <param name="Target">What happens to an output row.</param>
/// <param name="TargetOffset">First byte of the output row, of the tensor or of the sums.</param>
/// <param name="TargetRowBytes">Bytes of an output row; of all sums where they are accumulated.</param>
public sealed record RowStage(
    ImmutableArray<int> Operators, Window Rows, int RowBytes, ImmutableArray<int> RowOffsets, RowTarget Target, int TargetOffset, int TargetRowBytes)
{
    /// <summary>Where a row of another stage arrives, and the last of every window.</summary>
    public int ArrivalOffset => RowOffsets[^1];

    /// <summary>Where a row belongs when <paramref name="filled"/> rows of its window are in place; below 0, when it is left out, where it does no harm.</summary>
    public int PlaceOf(int filled) => filled < 0 ? ArrivalOffset : RowOffsets[filled];

    /// <summary>Rows in place when one more has come: its window's first ones, or those that an output row leaves.</summary>
    public int FilledAfter(int filled) => filled < Rows.Kernel - 1 ? filled + 1 : RowsKept;

    /// <summary>Rows in place before the first one arrives: the padding above the image.</summary>
    public int RowsBefore => Rows.Before;

    /// <summary>Rows of padding that follow the last row of the image.</summary>
    public int RowsAfter => Math.Max(((Rows.Output - 1) * Rows.Stride) + Rows.Kernel - Rows.Before - Rows.Input, 0);

    /// <summary>Rows in place after an output row; below 0: rows to leave out until the next window begins.</summary>
    public int RowsKept => Rows.Kernel - Rows.Stride;
}
