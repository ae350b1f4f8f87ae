using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>
/// How many bytes activations take: one per value, four per logit, and half a byte per value in packed tensors, where channels 2c and 2c + 1 of a
/// pixel share byte c (low half first) and every pixel begins with a byte of its own.
/// </summary>
/// <param name="graph">The operators.</param>
/// <param name="packed">Tensors whose values need at most four bits; never the input or the logits.</param>
public sealed class ActivationLayout(OperatorGraph graph, ImmutableHashSet<int> packed)
{
    /// <summary>Bytes of one logit: the raw 32-bit accumulator.</summary>
    public const int LogitBytes = 4;

    /// <summary>Bits of the widest value that can share a byte.</summary>
    public const int PackedBits = 4;

    /// <summary>Whether two values of tensor <paramref name="tensor"/> share a byte.</summary>
    public bool IsPacked(int tensor) => !packed.IsEmpty && packed.Contains(tensor);

    /// <summary>Whether tensor <paramref name="tensor"/> holds the logits.</summary>
    public bool IsLogits(int tensor) => tensor == graph.Operators.Length - 1;

    /// <summary>Bytes of one pixel.</summary>
    public int PixelBytes(int tensor)
    {
        int channels = graph.OutputOf(tensor).Channels;
        return IsLogits(tensor) ? channels * LogitBytes : IsPacked(tensor) ? (channels + 1) / 2 : channels;
    }

    /// <summary>
    /// Bytes of one sum over rows. A dense layer's are accumulators; a global average adds codes, which are not negative, so that as many bytes do as the
    /// largest sum has, unless it is the accumulator that a logit is.
    /// </summary>
    public int SumBytes(int op)
    {
        if (IsLogits(op) || graph.Operators[op].Layer is not GlobalAveragePool) return LogitBytes;
        Shape input = graph.InputOf(op);
        long largest = (long)input.Height * input.Width * (IsPacked(graph.Operators[op].Inputs[0]) ? (1 << PackedBits) - 1 : byte.MaxValue);
        return largest < 1 << 8 ? 1 : largest < 1 << 16 ? 2 : largest < 1 << 24 ? 3 : LogitBytes;
    }

    /// <summary>Bytes of one row.</summary>
    public int RowBytes(int tensor) => graph.OutputOf(tensor).Width * PixelBytes(tensor);

    /// <summary>Bytes of all rows.</summary>
    public int TensorBytes(int tensor) => graph.OutputOf(tensor).Height * RowBytes(tensor);
}
