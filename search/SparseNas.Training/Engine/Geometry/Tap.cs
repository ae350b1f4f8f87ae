using SparseNas.Networks;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine.Geometry;

/// <summary>The output pixels for which a kernel tap lies inside the input: a rectangle.</summary>
internal readonly record struct TapRange(int Row, int Rows, int Column, int Columns);

/// <summary>One weight position of an output channel.</summary>
/// <param name="Range">Where it contributes.</param>
/// <param name="Channel">Input channel.</param>
/// <param name="Source">Bytes from the input under the window's origin.</param>
/// <param name="Weight">Index in [kernel row][kernel column][input channel].</param>
internal sealed record Tap(TapRange Range, int Channel, int Source, int Weight)
{
    /// <summary>All taps that ever touch the input, channel by channel.</summary>
    public static IEnumerable<Tap> All(Shape input, Window rows, Window columns) =>
        from channel in Enumerable.Range(0, input.Channels)
        from y in Enumerable.Range(0, rows.Kernel)
        from x in Enumerable.Range(0, columns.Kernel)
        let vertical = Inside(rows, y)
        let horizontal = Inside(columns, x)
        where vertical.Count > 0 && horizontal.Count > 0
        select new Tap(
            new TapRange(vertical.First, vertical.Count, horizontal.First, horizontal.Count),
            channel,
            (((channel * input.Height) + y) * input.Width + x) * LaneBlock.Bytes,
            (((y * columns.Kernel) + x) * input.Channels) + channel);

    /// <summary>The outputs whose window, moved by <paramref name="tap"/>, lies inside the input.</summary>
    private static (int First, int Count) Inside(Window window, int tap)
    {
        int first = 0, end = window.Output;
        while (first < end && window.Start(first) + tap < 0) first++;
        while (end > first && window.Start(end - 1) + tap >= window.Input) end--;
        return (first, end - first);
    }
}
