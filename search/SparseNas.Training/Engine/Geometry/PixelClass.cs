using SparseNas.Networks;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine.Geometry;

/// <summary>Result positions (pixels) that see the same taps: the product of a row class and a column class, as byte offsets for a tile.</summary>
/// <param name="SourceOffsets">Per pixel, where tap 0 reads in the source.</param>
/// <param name="TargetOffsets">Per pixel, where its result goes.</param>
/// <param name="Segments">Where each run of inner steps starts: bytes in the source, index along the reduction dimension of the weights.</param>
/// <param name="Inner">Steps per run.</param>
/// <param name="SourceStep">Bytes in the source per step.</param>
/// <param name="ReductionStep">Indices along the reduction per step.</param>
internal sealed record PixelClass(
    int[] SourceOffsets, int[] TargetOffsets, (int Source, int Reduction)[] Segments, int Inner, int SourceStep, int ReductionStep)
{
    /// <summary>Multiply-add steps per pixel and output channel.</summary>
    public int Steps => Segments.Length * Inner;

    /// <summary>
    /// All classes of a sliding window. The reduction dimension of the weights is [kernel row][kernel column][source channel]; the inner
    /// loop runs over channels or, where those are fewer, over kernel columns.
    /// </summary>
    /// <param name="rows">Row classes.</param>
    /// <param name="columns">Column classes.</param>
    /// <param name="source">Shape that is read; for a depthwise layer with one channel.</param>
    /// <param name="target">Where a channel of the result lies.</param>
    /// <param name="kernelWidth">Columns of the kernel.</param>
    public static PixelClass[] Of(AxisClass[] rows, AxisClass[] columns, Shape source, PlaneLayout target, int kernelWidth) =>
        [.. from row in rows from column in columns select Of(row, column, source, target, kernelWidth)];

    private static PixelClass Of(AxisClass row, AxisClass column, Shape source, PlaneLayout target, int kernelWidth)
    {
        int[] sourceOffsets = [.. from y in row.Offsets from x in column.Offsets select ((y * source.Width) + x) * LaneBlock.Bytes];
        int[] targetOffsets = [.. from y in row.Positions from x in column.Positions select target.At(y, x) * LaneBlock.Bytes];
        int plane = source.Height * source.Width;
        bool overChannels = source.Channels >= column.Taps;
        var segments =
            from y in Enumerable.Range(0, row.Taps)
            from x in Enumerable.Range(0, overChannels ? column.Taps : Math.Min(column.Taps, 1))
            from channel in Enumerable.Range(0, overChannels ? 1 : source.Channels)
            select (
                (((channel * plane) + (y * row.SourceStep * source.Width)) + (x * column.SourceStep)) * LaneBlock.Bytes,
                ((((row.FirstTap + (y * row.TapStep)) * kernelWidth) + column.FirstTap + (x * column.TapStep)) * source.Channels) + channel);
        return new PixelClass(
            sourceOffsets, targetOffsets, [.. segments],
            overChannels ? source.Channels : column.Taps,
            (overChannels ? plane : column.SourceStep) * LaneBlock.Bytes,
            overChannels ? 1 : column.TapStep * source.Channels);
    }
}
