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
        if (op.Layer is Dense) return WholePixels(OnePixel, OnePixel, read, pixel, Loose(layout, index));
        bool isByChannel = op.Layer is not (Conv2D or Greyscale) && !layout.IsPacked(index) && !layout.IsPacked(op.Inputs[which]);
        if (isByChannel) return ChannelByChannel(rows, columns, input.Channels, pixel / op.Output.Channels);
        return WholePixels(rows, columns, read, pixel, Loose(layout, index));
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
        return WholePixels(
            LayerWindows.Joined(rows, poolRows), LayerWindows.Joined(columns, poolColumns),
            layout.PixelBytes(graph.Operators[convolution].Inputs[0]), layout.PixelBytes(pooling), Loose(layout, pooling));
    }

    private static readonly Window OnePixel = new(1, 1, 1, 0, 1);

    /// <summary>Bytes at the end of a pixel that may lie over what the pixel itself reads: its last value, where that has bytes of its own.</summary>
    private static int Loose(ActivationLayout layout, int tensor) => layout.IsPacked(tensor) ? 0 : layout.IsLogits(tensor) ? ActivationLayout.LogitBytes : 1;

    /// <summary>Each output value reads all channels of its window, so a pixel's window is read again until its last value is written.</summary>
    private static int WholePixels(Window rows, Window columns, int inputPixelBytes, int pixelBytes, int looseBytes)
    {
        int distance = 0;
        long nextRead = long.MaxValue;   // the lowest byte read by any pixel after this one
        for (int pixel = (rows.Output * columns.Output) - 1; pixel >= 0; pixel--)
        {
            long ownRead = Math.Min(nextRead, (long)FirstPixel(rows, columns, pixel) * inputPixelBytes);
            long endBytes = (long)(pixel + 1) * pixelBytes;
            if (nextRead != long.MaxValue) distance = (int)Math.Max(distance, endBytes - nextRead);
            if (pixelBytes > looseBytes) distance = (int)Math.Max(distance, endBytes - looseBytes - ownRead);
            nextRead = ownRead;
        }

        return distance;
    }

    /// <summary>Each output value reads one channel of its window.</summary>
    private static int ChannelByChannel(Window rows, Window columns, int channels, int elementBytes)
    {
        int distance = 0;
        long nextRead = long.MaxValue;
        for (int pixel = (rows.Output * columns.Output) - 1; pixel >= 0; pixel--)
        {
            long ownRead = (long)FirstPixel(rows, columns, pixel) * channels;
            long endBytes = (long)(pixel + 1) * channels * elementBytes;
            if (nextRead != long.MaxValue) distance = (int)Math.Max(distance, endBytes - nextRead);
            for (int channel = channels - 2; channel >= 0; channel--)
            {
                // this channel's value against what the later channels of the same pixel and all later pixels still read
                long stillRead = Math.Min(nextRead, ownRead + channel + 1);
                distance = (int)Math.Max(distance, endBytes - ((long)(channels - 1 - channel) * elementBytes) - stillRead);
                if (elementBytes == 1 && stillRead == ownRead + channel + 1) break;   // the same difference for every earlier channel
            }

            nextRead = Math.Min(nextRead, ownRead);
        }

        return distance;
    }

    /// <summary>
    /// Each pixel's channels of the first input are written, then those of the second: [a a b b | a a b b | …]. All but the last pixel's
    /// second part run ahead of what the first input has given; the second input lies best at the output's very end.
    /// </summary>
    private static int SideBySide(Shape first, Shape second, int which, bool isOneTensor)
    {
        return which == 0 && !isOneTensor ? second.Elements - second.Channels : first.Elements;
    }

    private static int FirstPixel(Window rows, Window columns, int pixel)
    {
        int row = Math.Max(rows.Start(pixel / columns.Output), 0), column = Math.Max(columns.Start(pixel % columns.Output), 0);
        return (row * columns.Input) + column;
    }
}
