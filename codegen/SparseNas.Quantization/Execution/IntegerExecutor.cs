using SparseNas.Networks;

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
}
