using System.Collections.Immutable;
using SparseNas.Networks;
using SparseNas.Quantization.Arithmetic;

namespace SparseNas.Quantization.Conversion;

/// <summary>A layer to convert.</summary>
/// <param name="Operator">Convolution, depthwise convolution or dense layer.</param>
/// <param name="Weights">Folded weights with biases.</param>
/// <param name="Bits">8, 4, 3 or 2.</param>
/// <param name="Input">Format of the input.</param>
/// <param name="TapMeans">What each weight multiplies on average (<see cref="Calibration.TapMeans"/>); empty when not known.</param>
internal sealed record FloatKernel(Operator Operator, KernelWeights Weights, int Bits, TensorFormat Input, float[] TapMeans)
{
    /// <summary>Output channels.</summary>
    public int Channels => Operator.Output.Channels;

    /// <summary>Weights of each output channel.</summary>
    public int PerChannel => Weights.Weights.Length / Channels;

    /// <summary>The average input of weight <paramref name="index"/>.</summary>
    public float MeanOf(int index) =>
        TapMeans.Length == 0 ? 0 : TapMeans[Operator.Layer is DepthwiseConv2D ? index : index % PerChannel];
}

/// <summary>
/// Turns folded float weights into integers: one scale per output channel, or one for the tensor that gives the logits. Biases take back the
/// mean shift of the rounded weights.
/// </summary>
internal static class KernelConversion
{
    /// <summary>Largest bias in accumulator units: leaves most of the 32 bits to the sum of products.</summary>
    private const double LargestBias = 1 << 20;

    /// <summary>How much coarser an 8-bit grid may become (7.9 bits) where that proves the requantisation to fit 32 bits.</summary>
    private const double MoveFor32Bits = 1.0 / 16;

    /// <summary>How many narrower multipliers are tried for a requantisation in 32 bits.</summary>
    private const int NarrowerTries = 8;

    /// <summary>The last operator: one weight scale, no requantisation; the output scale is that of one logit step.</summary>
    public static QuantizedKernel Logits(FloatKernel layer)
    {
        double scale = AtLeastForBiases(
            WeightScale.Fit(layer.Weights.Weights.AsSpan(), layer.Bits), layer.Weights.Biases.AsSpan(), layer.Input);
        if (scale == 0) scale = 1;   // nothing but zeros: any step will do
        double[] scales = new double[layer.Channels];
        Array.Fill(scales, scale);
        return new QuantizedKernel(layer.Operator, new TensorFormat(32, (float)(scale * layer.Input.Scale), 0), Round(layer, scales), null);
    }

    /// <summary>Any other operator.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="output">Format of the output.</param>
    /// <param name="minimum">Smallest code.</param>
    /// <param name="kind">Multipliers of any value, or powers of two where weights have 8 bits.</param>
    public static QuantizedKernel Hidden(FloatKernel layer, TensorFormat output, int minimum, RequantizationKind kind)
    {
        double[] ratios = Ratios(layer, output);
        if (kind == RequantizationKind.PowerOfTwo && layer.Bits == 8)
        {
            MultiplierChoice powers = MultiplierChoice.PowersOfTwo(ratios);
            return Operator(Build(powers), powers);
        }

        MultiplierChoice widest = MultiplierChoice.Narrowest(ratios);
        double allowed = layer.Bits == 8 ? MoveFor32Bits : MultiplierChoice.FreeMove;   // a coarse grid cannot round a moved gain away
        for (int shift = widest.Shift; shift > Math.Max(0, widest.Shift - NarrowerTries); shift--)
        {
            MultiplierChoice choice = MultiplierChoice.At(ratios, shift);
            if (shift < widest.Shift && choice.LargestMove(ratios) > allowed) break;
            IntegerKernel kernel = Build(choice);
            if (FitsInt32(kernel, choice, layer.Input)) return Operator(kernel, choice);
        }

        return Operator(Build(widest), widest);

        IntegerKernel Build(MultiplierChoice choice) => Round(
            layer, [.. Enumerable.Range(0, ratios.Length).Select(channel => choice.Ratio(channel) * output.Scale / layer.Input.Scale)]);

        QuantizedKernel Operator(IntegerKernel kernel, MultiplierChoice choice) => new(
            layer.Operator, output, kernel,
            new Requantization(Shared(choice.Multipliers), choice.Shift, output.ZeroPoint, minimum, output.Maximum));
    }

    /// <summary>One multiplier for all channels where they are equal.</summary>
    private static ImmutableArray<int> Shared(ImmutableArray<int> multipliers) =>
        multipliers.All(multiplier => multiplier == multipliers[0]) ? [multipliers[0]] : multipliers;

    private static bool FitsInt32(IntegerKernel kernel, MultiplierChoice choice, TensorFormat input) =>
        Enumerable.Range(0, kernel.Biases.Length).All(channel =>
            AccumulatorBound.Of(kernel, channel, input).RequantizesInInt32(choice.Multipliers[channel], choice.Shift));

    private static double[] Ratios(FloatKernel layer, TensorFormat output)
    {
        var ratios = new double[layer.Channels];
        for (int channel = 0; channel < ratios.Length; channel++)
        {
            double fitted = WeightScale.Fit(layer.Weights.Weights.AsSpan().Slice(channel * layer.PerChannel, layer.PerChannel), layer.Bits);
            ratios[channel] =
                AtLeastForBiases(fitted, layer.Weights.Biases.AsSpan().Slice(channel, 1), layer.Input) * layer.Input.Scale / output.Scale;
        }

        double largest = ratios.Max();
        if (largest == 0) largest = 1;
        for (int channel = 0; channel < ratios.Length; channel++)
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

    private static IntegerKernel Round(FloatKernel layer, double[] scales)
    {
        ImmutableArray<float> weights = layer.Weights.Weights;
        var codes = new sbyte[weights.Length];
        var shifts = new double[scales.Length];
        for (int index = 0; index < codes.Length; index++)
        {
            int channel = index / layer.PerChannel;
            codes[index] = (sbyte)WeightScale.Code(weights[index], scales[channel], layer.Bits);
            shifts[channel] += ((codes[index] * scales[channel]) - weights[index]) * layer.MeanOf(index);
        }

        int[] biases = [.. layer.Weights.Biases.Select(
            (bias, channel) => (int)Math.Round((bias - shifts[channel]) / (scales[channel] * layer.Input.Scale)))];
        return new IntegerKernel([.. codes], layer.Bits, [.. biases], layer.Input.ZeroPoint);
    }
}
