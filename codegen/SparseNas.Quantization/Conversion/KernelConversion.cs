using System.Collections.Immutable;
using SparseNas.Networks;
using SparseNas.Quantization.Arithmetic;

namespace SparseNas.Quantization.Conversion;

/// <summary>Turns folded float weights into integers: one scale per output channel, or one for the tensor that gives the logits.</summary>
internal static class KernelConversion
{
    /// <summary>Largest bias in accumulator units: leaves most of the 32 bits to the sum of products.</summary>
    private const double LargestBias = 1 << 20;

    /// <summary>How much coarser an 8-bit grid may become (7.9 bits) where that proves the requantisation to fit 32 bits.</summary>
    private const double MoveFor32Bits = 1.0 / 16;

    /// <summary>How many narrower multipliers are tried for a requantisation in 32 bits.</summary>
    private const int NarrowerTries = 8;

    /// <summary>The last operator: one weight scale, no requantisation; the output scale is that of one logit step.</summary>
    public static QuantizedKernel Logits(Operator op, KernelWeights weights, int bits, TensorFormat input)
    {
        double scale = AtLeastForBiases(WeightScale.Fit(weights.Weights.AsSpan(), bits), weights.Biases.AsSpan(), input);
        if (scale == 0) scale = 1;   // nothing but zeros: any step will do
        double[] scales = new double[op.Output.Channels];
        Array.Fill(scales, scale);
        IntegerKernel kernel = Round(weights, scales, bits, input);
        return new QuantizedKernel(op, new TensorFormat(32, (float)(scale * input.Scale), 0), kernel, null);
    }

    /// <summary>Any other operator.</summary>
    /// <param name="op">Convolution, depthwise convolution or dense layer.</param>
    /// <param name="weights">Folded weights with biases.</param>
    /// <param name="bits">8, 4, 3 or 2.</param>
    /// <param name="input">Format of the input.</param>
    /// <param name="output">Format of the output.</param>
    /// <param name="minimum">Smallest code.</param>
    /// <param name="kind">Multipliers of any value, or powers of two where weights have 8 bits.</param>
    public static QuantizedKernel Hidden(
        Operator op, KernelWeights weights, int bits, TensorFormat input, TensorFormat output, int minimum, RequantizationKind kind)
    {
        double[] ratios = Ratios(op.Output.Channels, weights, bits, input, output);
        if (kind == RequantizationKind.PowerOfTwo && bits == 8)
        {
            MultiplierChoice powers = MultiplierChoice.PowersOfTwo(ratios);
            return Operator(Build(powers), powers);
        }

        MultiplierChoice widest = MultiplierChoice.Narrowest(ratios);
        double allowed = bits == 8 ? MoveFor32Bits : MultiplierChoice.FreeMove;   // a coarse grid cannot round a moved gain away
        for (int shift = widest.Shift; shift > Math.Max(0, widest.Shift - NarrowerTries); shift--)
        {
            MultiplierChoice choice = MultiplierChoice.At(ratios, shift);
            if (shift < widest.Shift && choice.LargestMove(ratios) > allowed) break;
            IntegerKernel kernel = Build(choice);
            if (FitsInt32(kernel, choice, input)) return Operator(kernel, choice);
        }

        return Operator(Build(widest), widest);

        IntegerKernel Build(MultiplierChoice choice) => Round(
            weights, [.. Enumerable.Range(0, ratios.Length).Select(channel => choice.Ratio(channel) * output.Scale / input.Scale)],
            bits, input);

        QuantizedKernel Operator(IntegerKernel kernel, MultiplierChoice choice) => new(
            op, output, kernel, new Requantization(Shared(choice.Multipliers), choice.Shift, output.ZeroPoint, minimum, output.Maximum));
    }

    /// <summary>One multiplier for all channels where they are equal.</summary>
    private static ImmutableArray<int> Shared(ImmutableArray<int> multipliers) =>
        multipliers.All(multiplier => multiplier == multipliers[0]) ? [multipliers[0]] : multipliers;

    private static bool FitsInt32(IntegerKernel kernel, MultiplierChoice choice, TensorFormat input) =>
        Enumerable.Range(0, kernel.Biases.Length).All(channel =>
            AccumulatorBound.Of(kernel, channel, input).RequantizesInInt32(choice.Multipliers[channel], choice.Shift));

    private static double[] Ratios(int channels, KernelWeights weights, int bits, TensorFormat input, TensorFormat output)
    {
        int perChannel = weights.Weights.Length / channels;
        var ratios = new double[channels];
        for (int channel = 0; channel < channels; channel++)
        {
            double fitted = WeightScale.Fit(weights.Weights.AsSpan().Slice(channel * perChannel, perChannel), bits);
            ratios[channel] = AtLeastForBiases(fitted, weights.Biases.AsSpan().Slice(channel, 1), input) * input.Scale / output.Scale;
        }

        double largest = ratios.Max();
        if (largest == 0) largest = 1;
        for (int channel = 0; channel < channels; channel++)
        {
            if (ratios[channel] == 0) ratios[channel] = largest;   // no weight and no bias: any step will do
        }

        return ratios;
    }

    private static double AtLeastForBiases(double scale, ReadOnlySpan<float> biases, TensorFormat input)
    {
        foreach (float bias in biases) scale = Math.Max(scale, Math.Abs(bias) / (input.Scale * LargestBias));
        return scale;
    }

    private static IntegerKernel Round(KernelWeights weights, double[] scales, int bits, TensorFormat input)
    {
        int perChannel = weights.Weights.Length / scales.Length;
        sbyte[] codes = [.. weights.Weights.Select((weight, index) => (sbyte)WeightScale.Code(weight, scales[index / perChannel], bits))];
        int[] biases = [.. weights.Biases.Select((bias, channel) => (int)Math.Round(bias / (scales[channel] * input.Scale)))];
        return new IntegerKernel([.. codes], bits, [.. biases], input.ZeroPoint);
    }
}
