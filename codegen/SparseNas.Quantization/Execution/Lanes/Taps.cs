using SparseNas.Networks;

namespace SparseNas.Quantization.Execution.Lanes;

/// <summary>Where an operator reads and what it multiplies with, in the order of <see cref="DotKernel{TDot}"/>.</summary>
/// <param name="Offsets">[output pixel][tap]: byte offset of the input pixel; padding points at the padding pixel.</param>
/// <param name="Weights">[4 output channels][tap][cell][output channel]: four weight bytes, lowest first.</param>
/// <param name="Biases">One per output channel, the zero point's share included (modulo 2^32: the sum is exact).</param>
/// <param name="CellsPerTap">Input cells that each output reads per tap.</param>
/// <param name="IsDiagonal">Whether output cell n reads input cell n alone.</param>
internal sealed record Taps(int[] Offsets, int[] Weights, int[] Biases, int CellsPerTap, bool IsDiagonal)
{
    private const int Cell = LaneTensor.CellChannels;

    /// <summary>The taps of a convolution, depthwise convolution or dense layer.</summary>
    public static Taps Of(QuantizedKernel op, LaneTensor input)
    {
        Shape shape = input.Shape, output = op.Operator.Output;
        return op.Operator.Layer switch
        {
            Conv2D l => Full(op.Kernel, input, Windows(
                input, output,
                Window.Of(shape.Height, l.KernelHeight, l.Stride, l.Padding), Window.Of(shape.Width, l.KernelWidth, l.Stride, l.Padding))),
            DepthwiseConv2D l => Diagonal(op.Kernel, Windows(
                input, output,
                Window.Of(shape.Height, l.KernelHeight, l.Stride, l.Padding), Window.Of(shape.Width, l.KernelWidth, l.Stride, l.Padding))),
            Dense => Full(op.Kernel, input, PixelOffsets(input)),
            _ => throw UnknownLayer.Of(op.Operator.Layer),
        };
    }

    /// <summary>The taps of a mean: ones.</summary>
    public static Taps Of(QuantizedMean op, LaneTensor input)
    {
        PoolWindow window = PoolWindow.Of(op.Operator.Layer, input.Shape);
        int channels = op.Operator.Output.Channels;
        var ones = new sbyte[channels * window.Elements];
        Array.Fill(ones, (sbyte)1);
        return Diagonal(new IntegerKernel([.. ones], 8, [.. new int[channels]], op.InputZeroPoint), PoolOffsets(op.Operator, input));
    }

    /// <summary>Offset of every pixel.</summary>
    public static int[] PixelOffsets(LaneTensor input) =>
        [.. Enumerable.Range(0, input.Shape.Height * input.Shape.Width).Select(pixel => pixel * input.PixelBytes)];

    /// <summary>[output pixel][tap] offsets of a pooling window.</summary>
    public static int[] PoolOffsets(Operator op, LaneTensor input)
    {
        PoolWindow window = PoolWindow.Of(op.Layer, input.Shape);
        var rows = new Window(input.Shape.Height, window.Height, window.RowStride, 0, op.Output.Height);
        var columns = new Window(input.Shape.Width, window.Width, window.ColumnStride, 0, op.Output.Width);
        return Windows(input, op.Output, rows, columns);
    }

    private static int[] Windows(LaneTensor input, Shape output, Window rows, Window columns) =>
        [.. from row in Enumerable.Range(0, output.Height)
            from column in Enumerable.Range(0, output.Width)
            from kernelRow in Enumerable.Range(0, rows.Kernel)
            from kernelColumn in Enumerable.Range(0, columns.Kernel)
            select input.OffsetOf(rows.Start(row) + kernelRow, columns.Start(column) + kernelColumn)];

    private static Taps Full(IntegerKernel kernel, LaneTensor input, int[] offsets)
    {
        int outputs = kernel.Biases.Length, channels = input.Shape.Channels, taps = kernel.Weights.Length / outputs / channels;
        var packed = new int[(outputs + Cell - 1) / Cell * taps * input.Cells * Cell];
        for (int output = 0; output < outputs; output++)
        for (int tap = 0; tap < taps; tap++)
        for (int channel = 0; channel < channels; channel++)
        {
            int weight = kernel.Weights[(((output * taps) + tap) * channels) + channel];
            int word = ((((output / Cell * taps) + tap) * input.Cells) + (channel / Cell)) * Cell + (output % Cell);
            packed[word] |= (weight & 0xFF) << (8 * (channel % Cell));
        }

        return new Taps(offsets, packed, WithZeroPoint(kernel), input.Cells, false);
    }

    private static Taps Diagonal(IntegerKernel kernel, int[] offsets)
    {
        int channels = kernel.Biases.Length, taps = kernel.Weights.Length / channels;
        var packed = new int[(channels + Cell - 1) / Cell * taps * Cell];
        for (int channel = 0; channel < channels; channel++)
        for (int tap = 0; tap < taps; tap++)
        {
            packed[(((channel / Cell * taps) + tap) * Cell) + (channel % Cell)] =
                (kernel.Weights[(channel * taps) + tap] & 0xFF) << (8 * (channel % Cell));
        }

        return new Taps(offsets, packed, WithZeroPoint(kernel), 1, true);
    }

    private static int[] WithZeroPoint(IntegerKernel kernel)
    {
        int perChannel = kernel.Weights.Length / kernel.Biases.Length;
        int[] sums = [.. kernel.Weights.Chunk(perChannel).Select(channel => channel.Sum(weight => (int)weight))];
        return [.. kernel.Biases.Select((bias, channel) => unchecked(bias - (kernel.InputZeroPoint * sums[channel])))];
    }
}
