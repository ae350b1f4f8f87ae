using SparseNas.Networks;
using SparseNas.Quantization.Arithmetic;
using SparseNas.Quantization.Execution;

namespace SparseNas.Quantization;

/// <summary>Every law an integer network must keep so that its arithmetic is exact in 32 bits; all breaks are collected.</summary>
public static class QuantizedNetworkLaws
{
    private const int MaxMultiplier = 32767;
    private const int MaxShift = 46;
    private const int MaxAddMultiplier = 1 << 20;
    private const int MaxAddShift = 20;

    /// <summary>Refuses a network that breaks a law.</summary>
    /// <param name="network">The network.</param>
    /// <param name="subject">What the error calls it: a file or the network's name.</param>
    /// <exception cref="QuantizedNetworkException">Any law is broken; every break is listed.</exception>
    public static void Check(QuantizedNetwork network, string subject)
    {
        List<string> problems = Problems(network);
        if (problems.Count > 0) throw new QuantizedNetworkException(subject, [.. problems]);
    }

    /// <summary>Number of weights of operator <paramref name="index"/>; 0 where it has none.</summary>
    public static int WeightCount(OperatorGraph graph, int index)
    {
        Operator op = graph.Operators[index];
        Shape input = graph.InputOf(index);
        return op.Layer switch
        {
            Conv2D l => l.OutputChannels * l.KernelHeight * l.KernelWidth * input.Channels,
            DepthwiseConv2D l => input.Channels * l.KernelHeight * l.KernelWidth,
            Dense l => l.OutputFeatures * input.Elements,
            _ => 0,
        };
    }

    private static List<string> Problems(QuantizedNetwork network)
    {
        List<string> problems = [];
        int count = network.Graph.Operators.Length;
        if (network.Operators.Length != count)
        {
            problems.Add($"{count} operators are needed, but there are {network.Operators.Length}");
            return problems;
        }

        CheckFormat(network.Input, "input", problems);
        if (network.Input.Bits != 8) problems.Add($"input: 8 bits must hold (raw bytes), but got {network.Input.Bits}");
        for (int index = 0; index < count; index++) CheckOperator(network, index, problems);
        return problems;
    }

    private static void CheckOperator(QuantizedNetwork network, int index, List<string> problems)
    {
        QuantizedOperator op = network.Operators[index];
        Operator expected = network.Graph.Operators[index];
        string place = $"{expected.Layer.GetType().Name} '{expected.Name}'";
        bool last = index == network.Operators.Length - 1;
        int before = problems.Count;
        if (op.Operator.Name != expected.Name || op.Operator.Layer != expected.Layer || op.Operator.Output != expected.Output
            || op.Operator.HasRelu != expected.HasRelu || !op.Operator.Inputs.AsSpan().SequenceEqual(expected.Inputs.AsSpan()))
        {
            problems.Add($"{place}: the integer operator '{op.Operator.Name}' is not the graph's operator {index}");
        }

        if (last) CheckLogits(op.Output, place, problems);
        else CheckFormat(op.Output, place, problems);
        if (problems.Count > before) return;
        TensorFormat input = network.FormatOf(expected.Inputs[0]);
        switch (op, expected.Layer)
        {
            case (QuantizedKernel o, Conv2D or DepthwiseConv2D or Dense):
                CheckKernel(o.Kernel, WeightCount(network.Graph, index), expected.Output.Channels, input, place, problems);
                CheckRequantization(o.Requantization, o, last, place, problems);
                break;
            case (QuantizedMean o, AvgPool or Downsample or GlobalAveragePool):
                CheckEqual(o.InputZeroPoint, input.ZeroPoint, "zero point", place, problems);
                CheckRequantization(o.Requantization, o, last, place, problems);
                CheckSum(PoolWindow.Of(expected.Layer, network.Graph.InputOf(index)).Elements, input, place, problems);
                break;
            case (QuantizedMaxPool, MaxPool) or (QuantizedGather, Gather) or (QuantizedGreyscale, Greyscale) or (QuantizedRelu, Relu):
                if (op.Output != input) problems.Add($"{place}: the output must have the input's format {input}, but has {op.Output}");
                break;
            case (QuantizedAdd o, Add):
                CheckPair(o, [o.ZeroPointA, o.ZeroPointB], [o.MultiplierA, o.MultiplierB], o.Shift, network, place, problems);
                CheckClamp(o.Minimum, o.Maximum, o, place, problems);
                break;
            case (QuantizedConcat o, Concat):
                CheckPair(o, [o.ZeroPointA, o.ZeroPointB], [o.MultiplierA, o.MultiplierB], o.Shift, network, place, problems);
                CheckClamp(o.Minimum, o.Maximum, o, place, problems);
                break;
            default:
                problems.Add($"{place}: a {op.GetType().Name} does not compute this layer");
                break;
        }
    }

    private static void CheckFormat(TensorFormat format, string place, List<string> problems)
    {
        if (format.Bits is < 4 or > 8) problems.Add($"{place}: 4 <= activation bits <= 8 must hold, but got {format.Bits}");
        else CheckRange(format.ZeroPoint, 0, format.Maximum, "zero point", place, problems);
        CheckScale(format, place, problems);
    }

    private static void CheckLogits(TensorFormat format, string place, List<string> problems)
    {
        if (format.Bits != 32 || format.ZeroPoint != 0)
        {
            problems.Add($"{place}: logits have 32 bits and zero point 0, but got {format.Bits} bits and zero point {format.ZeroPoint}");
        }

        CheckScale(format, place, problems);
    }

    private static void CheckScale(TensorFormat format, string place, List<string> problems)
    {
        if (!(format.Scale > 0 && float.IsFinite(format.Scale)))
            problems.Add($"{place}: scale must be positive and finite, but is {format.Scale}");
    }

    private static void CheckKernel(
        IntegerKernel kernel, int weights, int channels, TensorFormat input, string place, List<string> problems)
    {
        int before = problems.Count;
        if (kernel.Weights.Length != weights) problems.Add($"{place}: {weights} weights are needed, but there are {kernel.Weights.Length}");
        if (kernel.Biases.Length != channels) problems.Add($"{place}: {channels} biases are needed, but there are {kernel.Biases.Length}");
        CheckEqual(kernel.InputZeroPoint, input.ZeroPoint, "zero point", place, problems);
        if (!WeightWidth.All.Contains(kernel.Bits))
        {
            problems.Add($"{place}: weight bits must be 8, 4, 3, 2 or 1 (ternary), but are {kernel.Bits}");
            return;
        }

        int smallest = WeightWidth.Smallest(kernel.Bits), largest = WeightWidth.Largest(kernel.Bits);
        int bad = kernel.Weights.AsSpan().IndexOfAnyExceptInRange((sbyte)smallest, (sbyte)largest);
        if (bad >= 0)
        {
            problems.Add($"{place}: {WeightWidth.Describe(kernel.Bits)} weights lie in {smallest}..{largest}, but weight {bad} is {kernel.Weights[bad]}");
        }

        if (problems.Count > before) return;
        for (int channel = 0; channel < channels; channel++)
        {
            AccumulatorBound bound = AccumulatorBound.Of(kernel, channel, input);
            if (!bound.FitsInt32)
            {
                problems.Add($"{place}: accumulators must fit 32 bits, but channel {channel} reaches {bound.Minimum}..{bound.Maximum}");
            }
        }
    }

    private static void CheckSum(int count, TensorFormat input, string place, List<string> problems)
    {
        AccumulatorBound bound = AccumulatorBound.OfSum(count, input.ZeroPoint, input);
        if (!bound.FitsInt32) problems.Add($"{place}: sums must fit 32 bits, but reach {bound.Minimum}..{bound.Maximum}");
    }

    private static void CheckRequantization(Requantization? r, QuantizedOperator op, bool last, string place, List<string> problems)
    {
        if (last || r is null)
        {
            if (last && r is not null) problems.Add($"{place}: the last operator gives raw logits and must have no requantisation");
            if (!last) problems.Add($"{place}: a requantisation is needed");
            return;
        }

        int channels = op.Operator.Output.Channels;
        if (r.Multipliers.IsDefault || (r.Multipliers.Length != 1 && r.Multipliers.Length != channels))
        {
            problems.Add($"{place}: 1 or {channels} multipliers are needed, but there are {(r.Multipliers.IsDefault ? 0 : r.Multipliers.Length)}");
        }
        else
        {
            int bad = r.Multipliers.AsSpan().IndexOfAnyExceptInRange(0, MaxMultiplier);
            if (bad >= 0) CheckRange(r.Multipliers[bad], 0, MaxMultiplier, $"multiplier {bad}", place, problems);
        }

        CheckRange(r.Shift, 1, MaxShift, "shift", place, problems);
        CheckEqual(r.ZeroPoint, op.Output.ZeroPoint, "requantisation zero point", place, problems);
        CheckClamp(r.Minimum, r.Maximum, op, place, problems);
    }

    /// <summary>Two inputs, each with the zero point of what it reads and a multiplier.</summary>
    private static void CheckPair(
        QuantizedOperator op, int[] zeroPoints, int[] multipliers, int shift, QuantizedNetwork network, string place, List<string> problems)
    {
        string[] names = ["first", "second"];
        for (int which = 0; which < names.Length; which++)
        {
            CheckEqual(zeroPoints[which], network.FormatOf(op.Operator.Inputs[which]).ZeroPoint, $"zero point of the {names[which]} input", place, problems);
            CheckRange(multipliers[which], 0, MaxAddMultiplier, $"{names[which]} multiplier", place, problems);
        }

        CheckRange(shift, 1, MaxAddShift, "shift", place, problems);
    }

    private static void CheckClamp(int minimum, int maximum, QuantizedOperator op, string place, List<string> problems)
    {
        int lowest = op.Operator.HasRelu ? op.Output.ZeroPoint : 0;
        if (minimum < lowest || minimum > maximum || maximum > op.Output.Maximum)
        {
            problems.Add($"{place}: {lowest} <= minimum <= maximum <= {op.Output.Maximum} must hold, but got {minimum} and {maximum}");
        }
    }

    private static void CheckEqual(int actual, int expected, string what, string place, List<string> problems)
    {
        if (actual != expected) problems.Add($"{place}: {what} must be {expected}, but is {actual}");
    }

    private static void CheckRange(int value, int minimum, int maximum, string what, string place, List<string> problems)
    {
        if (value < minimum || value > maximum) problems.Add($"{place}: {minimum} <= {what} <= {maximum} must hold, but got {value}");
    }
}
