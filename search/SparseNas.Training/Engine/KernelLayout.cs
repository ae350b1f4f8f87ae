using System.Runtime.CompilerServices;
using SparseNas.Networks;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine;

/// <summary>A run of parameters inside the flat vectors of <see cref="Parameters"/>.</summary>
/// <param name="Offset">First element, a multiple of sixteen.</param>
/// <param name="Elements">Elements, padding included.</param>
/// <param name="IsKernel">Whether these are weights of a kernel, which decay and which a hook may step, or biases and batch norm.</param>
internal readonly record struct ParameterRange(int Offset, int Elements, bool IsKernel);

/// <summary>
/// Weights of one node as the engine keeps them: rows of <see cref="Stride"/> elements, one per output channel, in OHWI order; a dense layer's
/// inputs are reordered from NHWC to the engine's [C][H][W] and its rows padded with zeros to whole vectors.
/// </summary>
internal sealed class KernelLayout
{
    private readonly int pixels;
    private readonly int channels;

    public KernelLayout(Architecture architecture, int node, ref int next)
    {
        Node = node;
        ParameterCount count = ParameterCount.Of(architecture, node);
        Outputs = architecture.OutputOf(node).Channels;
        Inputs = count.Weights / Outputs;
        HasBias = count.Biases > 0;
        Stride = Inputs;
        if (architecture.Nodes[node].Layer is Dense)
        {
            Shape input = architecture.InputOf(node);
            Stride = Round(Inputs);
            (channels, pixels) = (input.Channels, input.Height * input.Width);
        }

        Weights = Take(Outputs * Stride, true, ref next);
        Bias = Take(HasBias ? Outputs : 0, false, ref next);
    }

    /// <summary>The architecture's node.</summary>
    public int Node { get; }

    /// <summary>Output channels.</summary>
    public int Outputs { get; }

    /// <summary>Weights per output channel.</summary>
    public int Inputs { get; }

    /// <summary>Elements from one output channel to the next.</summary>
    public int Stride { get; }

    /// <summary>Whether biases are learned.</summary>
    public bool HasBias { get; }

    /// <summary>Where the weights are.</summary>
    public ParameterRange Weights { get; }

    /// <summary>Where the biases are.</summary>
    public ParameterRange Bias { get; }

    /// <summary>Copies from the flat vector to OHWI.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public unsafe void Export(float* flat, Span<float> weights)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(weights.Length, Outputs * Inputs);
        fixed (float* first = weights)
        {
            float* row = flat + Weights.Offset, target = first;
            for (int o = 0; o < Outputs; o++, row += Stride, target += Inputs)
            {
                if (IsReordered) Transposition.Transpose(row, channels, pixels, target);
                else new ReadOnlySpan<float>(row, Inputs).CopyTo(new Span<float>(target, Inputs));
            }
        }
    }

    /// <summary>Copies from OHWI to the flat vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public unsafe void Import(ReadOnlySpan<float> weights, float* flat)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(weights.Length, Outputs * Inputs);
        fixed (float* first = weights)
        {
            float* row = flat + Weights.Offset, source = first;
            for (int o = 0; o < Outputs; o++, row += Stride, source += Inputs)
            {
                if (IsReordered) Transposition.Transpose(source, pixels, channels, row);
                else new ReadOnlySpan<float>(source, Inputs).CopyTo(new Span<float>(row, Inputs));
            }
        }
    }

    /// <summary>Where the weight at an OHWI index lies in the flat vector.</summary>
    public int IndexOf(int output, int input) =>
        Weights.Offset + (output * Stride) + (IsReordered ? (input % channels * pixels) + (input / channels) : input);

    /// <summary>With one pixel or one channel the orders are the same.</summary>
    private bool IsReordered => pixels > 1 && channels > 1;

    /// <summary>Reserves elements at the end of the flat vectors.</summary>
    internal static ParameterRange Take(int elements, bool isKernel, ref int next)
    {
        var range = new ParameterRange(next, Round(elements), isKernel);
        next += range.Elements;
        return range;
    }

    private static int Round(int elements) => (elements + LaneBlock.Images - 1) / LaneBlock.Images * LaneBlock.Images;
}
