namespace SparseNas.Networks;

/// <summary>
/// How far below its input an operator's output must start so that it may be written over the input it has already consumed.
/// Every operator runs in raster order (row, column, channel) and writes a value only after it has read all that the value depends on; the
/// distance is the smallest d for which no value is written over one that is still to be read when output starts at input − d.
/// Stride, padding and the width of logits are part of it; a distance of 0 is in-place execution.
/// </summary>
public static class OverlapDistance
{
    /// <summary>The exact safe distance in bytes between operator <paramref name="index"/>'s output and one of its inputs.</summary>
    /// <param name="graph">The operators.</param>
    /// <param name="index">Operator.</param>
    /// <param name="layout">Bytes of values. Where two values share a byte, a pixel is taken to be written whole, behind all that it reads.</param>
    /// <param name="which">Place of the input among the operator's inputs; a concatenation reads its two in different places.</param>
    public static int Of(OperatorGraph graph, int index, ActivationLayout layout, int which = 0)
    {
        Operator op = graph.Operators[index];
        if (op.Layer is Gather) return 0;   // value k is read from index k or behind it, because indices increase
        if (op.Layer is Concat) return SideBySide(graph.OutputOf(op.Inputs[0]), graph.OutputOf(op.Inputs[1]), which, op.Inputs[0] == op.Inputs[1]);
        Shape input = graph.InputOf(index);
        (Window rows, Window columns) = LayerWindows.Of(op.Layer, input);
        int read = layout.PixelBytes(op.Inputs[which]), pixel = layout.PixelBytes(index);
        if (op.Layer is Dense) return Raster(OnePixel, OnePixel, read, pixel, Early(layout, index));
        bool isByChannel = op.Layer is not (Conv2D or Greyscale) && !layout.IsPacked(index) && !layout.IsPacked(op.Inputs[which]);
        return Raster(rows, columns, read, pixel, isByChannel ? EarlyByChannel(input.Channels, pixel / op.Output.Channels) : Early(layout, index));
    }

    /// <summary>
    /// The distance between a pooling's output and the input of the convolution computed with it in one pass: each pooled pixel reads the windows of
    /// all convolution outputs under it.
    /// </summary>
    /// <param name="graph">The operators.</param>
    /// <param name="convolution">A convolution or depthwise convolution.</param>
    /// <param name="pooling">The maximum pooling or global mean that alone reads it.</param>
    /// <param name="layout">Bytes of values.</param>
    public static int OfOnePass(OperatorGraph graph, int convolution, int pooling, ActivationLayout layout)
    {
        if (graph.Operators[pooling].Layer is GlobalAveragePool) return 0;   // means are written when everything is read
        (Window rows, Window columns) = LayerWindows.Of(graph.Operators[convolution].Layer, graph.InputOf(convolution));
        (Window poolRows, Window poolColumns) = LayerWindows.Of(graph.Operators[pooling].Layer, graph.Operators[convolution].Output);
        return Raster(
            LayerWindows.Joined(rows, poolRows), LayerWindows.Joined(columns, poolColumns),
            layout.PixelBytes(graph.Operators[convolution].Inputs[0]), layout.PixelBytes(pooling), Early(layout, pooling));
    }

    private static readonly Window OnePixel = new(1, 1, 1, 0, 1);

    /// <summary>
    /// How many bytes of an output pixel are written while its window is still read, where each value reads all of it: all but the last value, which may
    /// lie over the window if it has bytes of its own; 0 where nothing is written early.
    /// </summary>
    private static int Early(ActivationLayout layout, int tensor)
    {
        int last = layout.IsPacked(tensor) ? 0 : layout.IsLogits(tensor) ? ActivationLayout.LogitBytes : 1;
        return layout.PixelBytes(tensor) - last;
    }

    /// <summary>
    /// The same where value k reads channel k alone: of values as wide as those they read none runs ahead; wider ones run ahead by what each is wider.
    /// </summary>
    private static int EarlyByChannel(int channels, int elementBytes) => (channels - 1) * (elementBytes - 1);

    /// <summary>
    /// The distance of an operator that goes over its output pixel by pixel. A pixel may lie over nothing that later pixels read, and what it writes early
    /// over nothing that it reads itself. The lowest byte that later pixels read is under the next pixel of the row or at the beginning of the next
    /// row's windows; both grow with the row and with the column by themselves, so the worst row and the worst column are found apart.
    /// </summary>
    /// <param name="rows">Windows over rows.</param>
    /// <param name="columns">Windows over columns.</param>
    /// <param name="read">Bytes of an input pixel.</param>
    /// <param name="pixel">Bytes of an output pixel.</param>
    /// <param name="early">Bytes of an output pixel that are written before its window has been read.</param>
    private static int Raster(Window rows, Window columns, int read, int pixel, int early)
    {
        // Row 0 and column 0 begin where their windows begin.
        int row = Math.Max(MostAhead(rows, columns.Output * pixel, columns.Input * read), 0), column = Math.Max(MostAhead(columns, pixel, read), 0);
        return row + column + Math.Max(early, 0);
    }

    /// <summary>
    /// How far the output runs ahead of what is still to be read, at worst: the most of written · o − read · max(start(o), 0) over all but the first place o.
    /// Its slope falls, where windows leave the padding in front, and only there; so it is largest at an end or beside that place.
    /// </summary>
    private static int MostAhead(Window window, int written, int read)
    {
        int last = window.Output - 1, inside = window.Before / window.Stride;
        if (last < 1) return 0;
        int Ahead(int place) => (place * written) - (Math.Max(window.Start(place), 0) * read);
        return Math.Max(
            Math.Max(Ahead(1), Ahead(last)), Math.Max(Ahead(Math.Clamp(inside, 1, last)), Ahead(Math.Clamp(inside + 1, 1, last))));
    }

    /// <summary>
    /// Each pixel's channels of the first input are written, then those of the second: [a a b b | a a b b | …]. All but the last pixel's
    /// second part run ahead of what the first input has given; the second input lies best at the output's very end.
    /// </summary>
    private static int SideBySide(Shape first, Shape second, int which, bool isOneTensor)
    {
        return which == 0 && !isOneTensor ? second.Elements - second.Channels : first.Elements;
    }
}
