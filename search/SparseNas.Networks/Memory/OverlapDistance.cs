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
    /// <param name="outputElementBytes">Bytes of one output value: 1, or 4 for logits.</param>
    /// <param name="which">Place of the input among the operator's inputs; a concatenation reads its two in different places.</param>
    public static int Of(OperatorGraph graph, int index, int outputElementBytes, int which = 0)
    {
        Operator op = graph.Operators[index];
        Shape input = graph.InputOf(index), output = op.Output;
        return op.Layer switch
        {
            Conv2D l => WholePixels(input, output, Rows(input, l.KernelHeight, l.Stride, l.Padding),
                Columns(input, l.KernelWidth, l.Stride, l.Padding), outputElementBytes),
            Dense => WholePixels(new Shape(1, 1, input.Elements), output, OnePixel, OnePixel, outputElementBytes),
            Greyscale => WholePixels(input, output, Rows(input, 1, 1, Padding.Valid), Columns(input, 1, 1, Padding.Valid), outputElementBytes),
            DepthwiseConv2D l => ChannelByChannel(input, output, Rows(input, l.KernelHeight, l.Stride, l.Padding),
                Columns(input, l.KernelWidth, l.Stride, l.Padding), outputElementBytes),
            MaxPool l => ChannelByChannel(input, output, Rows(input, l.Height, l.Stride, Padding.Valid),
                Columns(input, l.Width, l.Stride, Padding.Valid), outputElementBytes),
            AvgPool l => ChannelByChannel(input, output, Rows(input, l.Height, l.Stride, Padding.Valid),
                Columns(input, l.Width, l.Stride, Padding.Valid), outputElementBytes),
            Downsample l => Blocks(input, output, l.Factor, outputElementBytes),
            GlobalAveragePool => ChannelByChannel(input, output, OnePixel, OnePixel, outputElementBytes),
            Concat => SideBySide(graph.OutputOf(op.Inputs[0]), graph.OutputOf(op.Inputs[1]), which, op.Inputs[0] == op.Inputs[1]),
            Gather => 0,   // value k is read from index k or behind it, because indices increase
            Add or Relu => ChannelByChannel(
                input, output, Rows(input, 1, 1, Padding.Valid), Columns(input, 1, 1, Padding.Valid), outputElementBytes),
            _ => throw UnknownLayer.Of(op.Layer),
        };
    }

    /// <summary>
    /// The distance between a pooling's output and the input of the convolution computed with it in one pass: each pooled pixel reads the windows of
    /// all convolution outputs under it.
    /// </summary>
    /// <param name="graph">The operators.</param>
    /// <param name="convolution">A convolution or depthwise convolution.</param>
    /// <param name="pooling">The maximum pooling or global mean that alone reads it.</param>
    public static int OfOnePass(OperatorGraph graph, int convolution, int pooling)
    {
        if (graph.Operators[pooling].Layer is GlobalAveragePool) return 0;   // means are written when everything is read
        Shape input = graph.InputOf(convolution), between = graph.Operators[convolution].Output;
        MaxPool pool = (MaxPool)graph.Operators[pooling].Layer;
        (Window rows, Window columns) = graph.Operators[convolution].Layer switch
        {
            Conv2D l => (Rows(input, l.KernelHeight, l.Stride, l.Padding), Columns(input, l.KernelWidth, l.Stride, l.Padding)),
            DepthwiseConv2D l => (Rows(input, l.KernelHeight, l.Stride, l.Padding), Columns(input, l.KernelWidth, l.Stride, l.Padding)),
            _ => throw UnknownLayer.Of(graph.Operators[convolution].Layer),
        };
        Window poolRows = Rows(between, pool.Height, pool.Stride, Padding.Valid), poolColumns = Columns(between, pool.Width, pool.Stride, Padding.Valid);
        return WholePixels(input, graph.Operators[pooling].Output, Joined(rows, poolRows), Joined(columns, poolColumns), 1);

        static Window Joined(Window window, Window pool) =>
            new(window.Input, ((pool.Kernel - 1) * window.Stride) + window.Kernel, pool.Stride * window.Stride, window.Before, pool.Output);
    }

    private static readonly Window OnePixel = new(1, 1, 1, 0, 1);

    private static Window Rows(Shape input, int kernel, int stride, Padding padding) => Window.Of(input.Height, kernel, stride, padding);

    private static Window Columns(Shape input, int kernel, int stride, Padding padding) => Window.Of(input.Width, kernel, stride, padding);

    private static int Blocks(Shape input, Shape output, int factor, int outputElementBytes)
    {
        var (height, width) = ArchitectureLaws.DownsampleWindow(input, factor);
        return ChannelByChannel(input, output, Rows(input, height, height, Padding.Valid), Columns(input, width, width, Padding.Valid), outputElementBytes);
    }

    /// <summary>Each output value reads all channels of its window, so a pixel's window is read again until its last channel is written.</summary>
    private static int WholePixels(Shape input, Shape output, Window rows, Window columns, int elementBytes)
    {
        int distance = 0, pixelBytes = output.Channels * elementBytes;
        long nextRead = long.MaxValue;   // the lowest index read by any pixel after this one
        for (int pixel = (rows.Output * columns.Output) - 1; pixel >= 0; pixel--)
        {
            long ownRead = Math.Min(nextRead, (long)FirstPixel(rows, columns, pixel) * input.Channels);
            long endBytes = (long)(pixel + 1) * pixelBytes;
            if (nextRead != long.MaxValue) distance = (int)Math.Max(distance, endBytes - nextRead);
            if (output.Channels > 1) distance = (int)Math.Max(distance, endBytes - elementBytes - ownRead);
            nextRead = ownRead;
        }

        return distance;
    }

    /// <summary>Each output value reads one channel of its window.</summary>
    private static int ChannelByChannel(Shape input, Shape output, Window rows, Window columns, int elementBytes)
    {
        int distance = 0, channels = input.Channels;
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
