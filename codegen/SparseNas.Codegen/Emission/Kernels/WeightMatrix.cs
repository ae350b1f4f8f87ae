using System.Collections.Immutable;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Kernels;

/// <summary>
/// A convolution, depthwise convolution or dense layer as one matrix: outputs × taps of the window (kernel row, kernel column, input channel).
/// A depthwise layer has zeros where an output channel does not read an input channel. Zero points of the input are folded into the biases, so
/// that taps multiply raw codes: acc[o] = Bias[o] + Σ Weight[o, t] · x[t].
/// </summary>
internal sealed class WeightMatrix
{
    private readonly sbyte[] weights;

    private WeightMatrix(int outputs, int taps, sbyte[] weights, long[] biases)
    {
        Outputs = outputs;
        Taps = taps;
        this.weights = weights;
        Biases = [.. biases];
    }

    /// <summary>Output channels.</summary>
    public int Outputs { get; }

    /// <summary>Kernel rows · kernel columns · input channels.</summary>
    public int Taps { get; }

    /// <summary>Biases with the input's zero point folded in.</summary>
    public ImmutableArray<long> Biases { get; }

    /// <summary>The weight of a tap for an output.</summary>
    public sbyte this[int output, int tap] => weights[(output * Taps) + tap];

    /// <summary>The matrix of the operator at <paramref name="site"/>.</summary>
    public static WeightMatrix Of(OperatorSite site)
    {
        var op = (QuantizedKernel)site.Operator;
        int outputs = site.Output.Channels, window = site.Windows.Rows.Kernel * site.Windows.Columns.Kernel;
        int taps = window * site.Input.Channels;
        var weights = new sbyte[outputs * taps];
        if (site.Layer is DepthwiseConv2D)
        {
            for (int output = 0; output < outputs; output++)
            {
                for (int position = 0; position < window; position++)
                {
                    weights[(output * taps) + (position * outputs) + output] = op.Kernel.Weights[(output * window) + position];
                }
            }
        }
        else
        {
            op.Kernel.Weights.CopyTo(weights);
        }

        var biases = new long[outputs];
        for (int output = 0; output < outputs; output++)
        {
            long sum = 0;
            foreach (sbyte weight in weights.AsSpan(output * taps, taps)) sum += weight;
            biases[output] = op.Kernel.Biases[output] - (op.Kernel.InputZeroPoint * sum);
        }

        return new WeightMatrix(outputs, taps, weights, biases);
    }
}
