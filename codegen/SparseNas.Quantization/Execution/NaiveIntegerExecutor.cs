using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Quantization.Execution;

/// <summary>
/// The definition of every integer operator in the plainest loops: one sample, one value after the other. Fast executors, generated code
/// and the device must give these numbers, bit for bit.
/// </summary>
/// <example><code>
/// OperatorOutputs outputs = NaiveIntegerExecutor.Run(network, image);
/// outputs.Activations[0];   // codes of the first operator, NHWC
/// outputs.Logits;           // 32-bit accumulators of the last operator
/// </code></example>
public static class NaiveIntegerExecutor
{
    /// <summary>Runs all operators in the graph's order.</summary>
    /// <param name="network">Integer network.</param>
    /// <param name="image">Input bytes, NHWC.</param>
    /// <exception cref="ArgumentException">The image has another length than the network's input.</exception>
    public static OperatorOutputs Run(QuantizedNetwork network, ReadOnlySpan<byte> image)
    {
        OperatorGraph graph = network.Graph;
        if (image.Length != graph.Input.Elements)
        {
            throw new ArgumentException($"An image of {graph.Input} has {graph.Input.Elements} bytes, but {image.Length} were given.",
                nameof(image));
        }

        byte[] input = image.ToArray();
        var activations = new List<byte[]>();
        byte[] Tensor(int index) => index == Architecture.InputIndex ? input : activations[index];
        foreach (QuantizedOperator op in network.Operators.AsSpan()[..^1])
        {
            ImmutableArray<int> sources = op.Operator.Inputs;
            activations.Add(Codes(op, graph.OutputOf(sources[0]), Tensor(sources[0]), Tensor(sources[^1])));
        }

        QuantizedOperator last = network.Operators[^1];
        int source = last.Operator.Inputs[0];
        return new OperatorOutputs([.. activations], Accumulators(last, graph.OutputOf(source), Tensor(source)));
    }

    /// <summary>Output codes of one operator.</summary>
    /// <param name="op">Any operator but the network's last.</param>
    /// <param name="shape">Shape of the first input; a second one has the same but for the channels of a concatenation.</param>
    /// <param name="input">Codes of the first input, NHWC.</param>
    /// <param name="other">Codes of the second input where the operator has one.</param>
    public static byte[] Codes(QuantizedOperator op, Shape shape, byte[] input, byte[] other) => op switch
    {
        QuantizedKernel o => Requantize(Accumulators(o, shape, input), o.Operator.Output.Channels, o.Requantization!),
        QuantizedMean o => Requantize(Accumulators(o, shape, input), o.Operator.Output.Channels, o.Requantization!),
        QuantizedMaxPool o => MaxPool(o, shape, input),
        QuantizedAdd o => [.. input.Zip(other, (a, b) => (byte)o.Apply(a, b))],
        QuantizedConcat o => Concat(o, shape.Channels, input, other),
        QuantizedGather o => [.. o.Indices.Select(index => Math.Max(input[index], (byte)o.Minimum))],
        QuantizedGreyscale o => Greyscale(o, input),
        QuantizedRelu o => [.. input.Select(q => Math.Max(q, (byte)o.Output.ZeroPoint))],
        _ => throw new InvalidOperationException($"Operator '{op.GetType().Name}' is not handled here; the set is closed in QuantizedOperator."),
    };

    /// <summary>32-bit accumulators of one operator before requantisation, NHWC.</summary>
    /// <param name="op">A <see cref="QuantizedKernel"/> or <see cref="QuantizedMean"/>.</param>
    /// <param name="shape">Shape of its input.</param>
    /// <param name="input">Codes of its input, NHWC.</param>
    public static int[] Accumulators(QuantizedOperator op, Shape shape, byte[] input) => (op, op.Operator.Layer) switch
    {
        (QuantizedKernel o, Conv2D l) => Convolution(o, l, shape, input),
        (QuantizedKernel o, DepthwiseConv2D l) => Depthwise(o, l, shape, input),
        (QuantizedKernel o, Dense) => FullyConnected(o, input),
        (QuantizedMean o, _) => Sums(o, shape, input),
        _ => throw new InvalidOperationException(
            $"{op.GetType().Name} '{op.Operator.Name}' over {op.Operator.Layer.GetType().Name} has no accumulators."),
    };

    private static int[] Convolution(QuantizedKernel op, Conv2D layer, Shape shape, byte[] input)
    {
        Shape output = op.Operator.Output;
        Window rows = Window.Of(shape.Height, layer.KernelHeight, layer.Stride, layer.Padding);
        Window columns = Window.Of(shape.Width, layer.KernelWidth, layer.Stride, layer.Padding);
        var accumulators = new int[output.Elements];
        for (int outputRow = 0; outputRow < output.Height; outputRow++)
        for (int outputColumn = 0; outputColumn < output.Width; outputColumn++)
        for (int outputChannel = 0; outputChannel < output.Channels; outputChannel++)
        {
            int accumulator = op.Kernel.Biases[outputChannel];
            for (int kernelRow = 0; kernelRow < layer.KernelHeight; kernelRow++)
            for (int kernelColumn = 0; kernelColumn < layer.KernelWidth; kernelColumn++)
            {
                int row = rows.Start(outputRow) + kernelRow, column = columns.Start(outputColumn) + kernelColumn;
                if (row < 0 || row >= shape.Height || column < 0 || column >= shape.Width) continue;   // padding holds the zero point
                for (int channel = 0; channel < shape.Channels; channel++)
                {
                    int tap = ((((outputChannel * layer.KernelHeight) + kernelRow) * layer.KernelWidth) + kernelColumn) * shape.Channels
                        + channel;
                    accumulator += op.Kernel.Weights[tap] * (input[shape.Index(row, column, channel)] - op.Kernel.InputZeroPoint);
                }
            }

            accumulators[output.Index(outputRow, outputColumn, outputChannel)] = accumulator;
        }

        return accumulators;
    }

    private static int[] Depthwise(QuantizedKernel op, DepthwiseConv2D layer, Shape shape, byte[] input)
    {
        Shape output = op.Operator.Output;
        Window rows = Window.Of(shape.Height, layer.KernelHeight, layer.Stride, layer.Padding);
        Window columns = Window.Of(shape.Width, layer.KernelWidth, layer.Stride, layer.Padding);
        var accumulators = new int[output.Elements];
        for (int outputRow = 0; outputRow < output.Height; outputRow++)
        for (int outputColumn = 0; outputColumn < output.Width; outputColumn++)
        for (int channel = 0; channel < output.Channels; channel++)
        {
            int accumulator = op.Kernel.Biases[channel];
            for (int kernelRow = 0; kernelRow < layer.KernelHeight; kernelRow++)
            for (int kernelColumn = 0; kernelColumn < layer.KernelWidth; kernelColumn++)
            {
                int row = rows.Start(outputRow) + kernelRow, column = columns.Start(outputColumn) + kernelColumn;
                if (row < 0 || row >= shape.Height || column < 0 || column >= shape.Width) continue;
                int tap = (((channel * layer.KernelHeight) + kernelRow) * layer.KernelWidth) + kernelColumn;
                accumulator += op.Kernel.Weights[tap] * (input[shape.Index(row, column, channel)] - op.Kernel.InputZeroPoint);
            }

            accumulators[output.Index(outputRow, outputColumn, channel)] = accumulator;
        }

        return accumulators;
    }

    private static int[] FullyConnected(QuantizedKernel op, byte[] input)
    {
        var accumulators = new int[op.Operator.Output.Channels];
        for (int feature = 0; feature < accumulators.Length; feature++)
        {
            int accumulator = op.Kernel.Biases[feature];
            for (int index = 0; index < input.Length; index++)
            {
                accumulator += op.Kernel.Weights[(feature * input.Length) + index] * (input[index] - op.Kernel.InputZeroPoint);
            }

            accumulators[feature] = accumulator;
        }

        return accumulators;
    }

    private static int[] Sums(QuantizedMean op, Shape shape, byte[] input)
    {
        Shape output = op.Operator.Output;
        PoolWindow window = PoolWindow.Of(op.Operator.Layer, shape);
        var sums = new int[output.Elements];
        for (int outputRow = 0; outputRow < output.Height; outputRow++)
        for (int outputColumn = 0; outputColumn < output.Width; outputColumn++)
        for (int channel = 0; channel < output.Channels; channel++)
        for (int row = 0; row < window.Height; row++)
        for (int column = 0; column < window.Width; column++)
        {
            int code = input[shape.Index((outputRow * window.RowStride) + row, (outputColumn * window.ColumnStride) + column, channel)];
            sums[output.Index(outputRow, outputColumn, channel)] += code - op.InputZeroPoint;
        }

        return sums;
    }

    private static byte[] MaxPool(QuantizedMaxPool op, Shape shape, byte[] input)
    {
        Shape output = op.Operator.Output;
        PoolWindow window = PoolWindow.Of(op.Operator.Layer, shape);
        var codes = new byte[output.Elements];
        if (op.Operator.HasRelu) Array.Fill(codes, (byte)op.Output.ZeroPoint);
        for (int outputRow = 0; outputRow < output.Height; outputRow++)
        for (int outputColumn = 0; outputColumn < output.Width; outputColumn++)
        for (int channel = 0; channel < output.Channels; channel++)
        for (int row = 0; row < window.Height; row++)
        for (int column = 0; column < window.Width; column++)
        {
            byte code = input[shape.Index((outputRow * window.RowStride) + row, (outputColumn * window.ColumnStride) + column, channel)];
            ref byte largest = ref codes[output.Index(outputRow, outputColumn, channel)];
            largest = Math.Max(largest, code);
        }

        return codes;
    }

    private static byte[] Concat(QuantizedConcat op, int firstChannels, byte[] first, byte[] second)
    {
        Shape output = op.Operator.Output;
        int secondChannels = output.Channels - firstChannels;
        var codes = new byte[output.Elements];
        for (int pixel = 0; pixel < output.Height * output.Width; pixel++)
        for (int channel = 0; channel < output.Channels; channel++)
        {
            codes[(pixel * output.Channels) + channel] = (byte)(channel < firstChannels
                ? op.Apply(0, first[(pixel * firstChannels) + channel])
                : op.Apply(1, second[(pixel * secondChannels) + channel - firstChannels]));
        }

        return codes;
    }

    private static byte[] Greyscale(QuantizedGreyscale op, byte[] input)
    {
        int minimum = op.Operator.HasRelu ? op.Output.ZeroPoint : 0;
        var codes = new byte[input.Length / 3];
        for (int pixel = 0; pixel < codes.Length; pixel++)
        {
            int luma = ((77 * input[3 * pixel]) + (150 * input[(3 * pixel) + 1]) + (29 * input[(3 * pixel) + 2]) + 128) >> 8;
            codes[pixel] = (byte)Math.Max(luma, minimum);
        }

        return codes;
    }

    private static byte[] Requantize(int[] accumulators, int channels, Requantization requantization)
    {
        var codes = new byte[accumulators.Length];
        for (int index = 0; index < codes.Length; index++) codes[index] = (byte)requantization.Apply(accumulators[index], index % channels);
        return codes;
    }
}
