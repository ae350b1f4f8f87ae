using SparseNas.Networks;

namespace SparseNas.Quantization.Execution;

/// <summary>
/// One output value of an operator, or of a convolution and the maximum pooling computed with it, from whatever a reader gives for its inputs: codes,
/// or accumulators where the operator is the network's last.
/// </summary>
/// <param name="network">Integer network.</param>
/// <param name="first">The operator that reads.</param>
/// <param name="last">The pooling behind it, or the same.</param>
internal sealed class OperatorValue(QuantizedNetwork network, int first, int last)
{
    /// <summary>The code of an input value: which input, row, column, channel.</summary>
    internal delegate int Reader(int which, int row, int column, int channel);

    private readonly QuantizedOperator op = network.Operators[first];
    private readonly Shape input = network.Graph.InputOf(first);
    private readonly (Window Rows, Window Columns) windows = LayerWindows.Of(network.Operators[first].Operator.Layer, network.Graph.InputOf(first));

    /// <summary>The value at a place of the output.</summary>
    public int Of(int row, int column, int channel, Reader read)
    {
        if (first == last) return Single(row, column, channel, read);
        QuantizedOperator pool = network.Operators[last];
        (Window rows, Window columns) = LayerWindows.Of(pool.Operator.Layer, op.Operator.Output);
        int largest = pool.Operator.HasRelu ? pool.Output.ZeroPoint : 0;
        for (int y = 0; y < rows.Kernel; y++)
        {
            for (int x = 0; x < columns.Kernel; x++) largest = Math.Max(largest, Single(rows.Start(row) + y, columns.Start(column) + x, channel, read));
        }

        return largest;
    }

    /// <summary>What the sum of an operator that adds up rows begins with.</summary>
    public int Start(int channel) => op is QuantizedKernel kernel ? kernel.Kernel.Biases[channel] : 0;

    /// <summary>What a sum becomes when the last row has come: a global average adds codes, and takes off their zero points in one go.</summary>
    public int End(int sum) => op is QuantizedMean mean ? sum - (input.Height * input.Width * mean.InputZeroPoint) : sum;

    /// <summary>What one row adds to the sum of a dense layer or global average.</summary>
    public int OfRow(int row, int channel, Reader read)
    {
        int sum = 0;
        for (int column = 0; column < input.Width; column++)
        {
            if (op is QuantizedMean)
            {
                sum += read(0, row, column, channel);
                continue;
            }

            for (int c = 0; c < input.Channels; c++) sum += Tap((QuantizedKernel)op, (channel * input.Elements) + input.Index(row, column, c), read(0, row, column, c));
        }

        return sum;
    }

    /// <summary>The code of a finished sum.</summary>
    public int Code(int sum, int channel) => op switch
    {
        QuantizedKernel { Requantization: { } r } => r.Apply(sum, channel),
        QuantizedMean { Requantization: { } r } => r.Apply(sum, channel),
        _ => sum,
    };

    private int Single(int row, int column, int channel, Reader read) => op switch
    {
        QuantizedKernel o => Code(o.Kernel.Biases[channel] + Window(row, column, (y, x, kernelRow, kernelColumn) => Taps(o, y, x, kernelRow, kernelColumn, channel, read)), channel),
        QuantizedMean o => Code(Window(row, column, (y, x, _, _) => read(0, y, x, channel) - o.InputZeroPoint), channel),
        QuantizedMaxPool o => Maximum(row, column, channel, o.Operator.HasRelu ? o.Output.ZeroPoint : 0, read),
        QuantizedAdd o => o.Apply(read(0, row, column, channel), read(1, row, column, channel)),
        QuantizedGreyscale o => Math.Max(
            ((77 * read(0, row, column, 0)) + (150 * read(0, row, column, 1)) + (29 * read(0, row, column, 2)) + 128) >> 8, o.Operator.HasRelu ? o.Output.ZeroPoint : 0),
        QuantizedRelu o => Math.Max(read(0, row, column, channel), o.Output.ZeroPoint),
        QuantizedConcat o => channel < input.Channels
            ? o.Apply(0, read(0, row, column, channel)) : o.Apply(1, read(1, row, column, channel - input.Channels)),
        QuantizedGather o => Math.Max(Flat(o.Indices[channel], read), o.Minimum),
        _ => throw new InvalidOperationException($"Operator '{op.GetType().Name}' is not handled here; the set is closed in QuantizedOperator."),
    };

    private int Flat(int index, Reader read) => read(0, index / (input.Width * input.Channels), index / input.Channels % input.Width, index % input.Channels);

    private int Taps(QuantizedKernel o, int row, int column, int kernelRow, int kernelColumn, int channel, Reader read)
    {
        int position = (((channel * windows.Rows.Kernel) + kernelRow) * windows.Columns.Kernel) + kernelColumn;
        if (o.Operator.Layer is DepthwiseConv2D) return Tap(o, position, read(0, row, column, channel));
        int sum = 0;
        for (int c = 0; c < input.Channels; c++) sum += Tap(o, (position * input.Channels) + c, read(0, row, column, c));
        return sum;
    }

    private static int Tap(QuantizedKernel o, int weight, int code) => o.Kernel.Weights[weight] * (code - o.Kernel.InputZeroPoint);

    /// <summary>Sums over the part of a window that lies inside the input; padding holds the zero point and adds nothing.</summary>
    private int Window(int row, int column, Func<int, int, int, int, int> at)
    {
        int sum = 0;
        for (int kernelRow = 0; kernelRow < windows.Rows.Kernel; kernelRow++)
        {
            for (int kernelColumn = 0; kernelColumn < windows.Columns.Kernel; kernelColumn++)
            {
                int y = windows.Rows.Start(row) + kernelRow, x = windows.Columns.Start(column) + kernelColumn;
                if (y >= 0 && y < input.Height && x >= 0 && x < input.Width) sum += at(y, x, kernelRow, kernelColumn);
            }
        }

        return sum;
    }

    private int Maximum(int row, int column, int channel, int least, Reader read)
    {
        for (int y = 0; y < windows.Rows.Kernel; y++)
        {
            for (int x = 0; x < windows.Columns.Kernel; x++) least = Math.Max(least, read(0, windows.Rows.Start(row) + y, windows.Columns.Start(column) + x, channel));
        }

        return least;
    }
}
