using SparseNas.Networks;
using SparseNas.Training.Data;

namespace SparseNas.Quantization.Execution;

/// <summary>
/// The reference integer executor: scores are measured with it, generated code is checked against it. Equal to
/// <see cref="NaiveIntegerExecutor"/> bit for bit. An instance keeps its own buffers: use one per thread.
/// </summary>
/// <example><code>
/// IntegerExecutor executor = IntegerExecutor.For(network);
/// int answer = executor.Class(image);
/// </code></example>
public sealed class IntegerExecutor
{
    private readonly QuantizedNetwork network;

    private IntegerExecutor(QuantizedNetwork network) => this.network = network;

    /// <summary>An executor for <paramref name="network"/>.</summary>
    /// <exception cref="QuantizedNetworkException">The network breaks a law.</exception>
    public static IntegerExecutor For(QuantizedNetwork network)
    {
        QuantizedNetworkLaws.Check(network, network.Graph.Architecture.Name);
        return new IntegerExecutor(network);
    }

    /// <summary>The accumulators of the last operator, one per class.</summary>
    /// <param name="image">Input bytes, NHWC.</param>
    /// <exception cref="ArgumentException">The image has another length than the network's input.</exception>
    public int[] Logits(ReadOnlySpan<byte> image) => Outputs(image).Logits;

    /// <summary>Index of the largest logit, the first of equals.</summary>
    /// <param name="image">Input bytes, NHWC.</param>
    /// <exception cref="ArgumentException">The image has another length than the network's input.</exception>
    public int Class(ReadOnlySpan<byte> image) => ArgMax.Of(Logits(image));

    /// <summary>Every operator's output.</summary>
    /// <param name="image">Input bytes, NHWC.</param>
    /// <exception cref="ArgumentException">The image has another length than the network's input.</exception>
    public OperatorOutputs Outputs(ReadOnlySpan<byte> image) => NaiveIntegerExecutor.Run(network, image);

    /// <summary>The class of every sample.</summary>
    /// <param name="samples">Images of the network's input shape.</param>
    /// <exception cref="ArgumentException">The samples have another shape than the network's input.</exception>
    public int[] Classify(Samples samples)
    {
        if (samples.Shape != network.Graph.Input)
        {
            throw new ArgumentException($"The network reads {network.Graph.Input}, but the samples are {samples.Shape}.", nameof(samples));
        }

        var classes = new int[samples.Count];
        for (int index = 0; index < classes.Length; index++) classes[index] = Class(samples.Image(index));
        return classes;
    }

    /// <summary>Share of samples that <paramref name="network"/> answers wrongly, 0 to 1; measured on the integers.</summary>
    /// <param name="network">Integer network.</param>
    /// <param name="samples">At least one image of its input shape.</param>
    /// <exception cref="ArgumentException">There is no sample, or of another shape.</exception>
    /// <exception cref="QuantizedNetworkException">The network breaks a law.</exception>
    public static double Error(QuantizedNetwork network, Samples samples)
    {
        if (samples.Count == 0) throw new ArgumentException("An error needs at least one sample.", nameof(samples));
        int[] classes = For(network).Classify(samples);
        return Enumerable.Range(0, classes.Length).Count(index => classes[index] != samples.Label(index)) / (double)classes.Length;
    }
}
