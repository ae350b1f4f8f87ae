using SparseNas.Networks;

namespace SparseNas.Pruning;

/// <summary>How a weight tensor can be stored.</summary>
public enum WeightEncoding
{
    /// <summary>Every weight, zeros included.</summary>
    Dense,

    /// <summary>One bit for each weight that says whether it lives, then the living ones.</summary>
    Bitmap,

    /// <summary>For a dense layer: the list of input features that any output reads (1 or 2 bytes each), then the matrix over those features.</summary>
    Gather,

    /// <summary>In the code: <c>ldc.i4.s</c> with its operand, two bytes for each living weight (ECMA-335 III.3.40) and no index at all.</summary>
    Immediate,
}

/// <summary>Bytes of one operator's weights in each encoding.</summary>
/// <param name="Name">The operator.</param>
/// <param name="Weights">All weights.</param>
/// <param name="NonZero">Living weights.</param>
/// <param name="DenseBytes">See <see cref="WeightEncoding.Dense"/>.</param>
/// <param name="BitmapBytes">See <see cref="WeightEncoding.Bitmap"/>.</param>
/// <param name="GatherBytes">See <see cref="WeightEncoding.Gather"/>; null for a layer that is not dense.</param>
/// <param name="ImmediateBytes">See <see cref="WeightEncoding.Immediate"/>; shown for comparison, code is not packed parameters.</param>
public sealed record OperatorSparsity(
    string Name, int Weights, int NonZero, int DenseBytes, int BitmapBytes, int? GatherBytes, int ImmediateBytes)
{
    /// <summary>The cheapest way to store the weights outside of code.</summary>
    public WeightEncoding Cheapest =>
        Weights == 0 || (GatherBytes is { } gather && gather < Math.Min(DenseBytes, BitmapBytes)) ? WeightEncoding.Gather
        : BitmapBytes < DenseBytes ? WeightEncoding.Bitmap : WeightEncoding.Dense;

    /// <summary>Bytes in the cheapest encoding, indices included.</summary>
    public int Bytes => Math.Min(Math.Min(DenseBytes, BitmapBytes), GatherBytes ?? int.MaxValue);

    /// <summary>A gather layer: indices and no weights.</summary>
    /// <param name="name">The operator's name.</param>
    /// <param name="features">Values that it chooses from.</param>
    /// <param name="gather">What it chooses.</param>
    internal static OperatorSparsity Of(string name, int features, Gather gather)
    {
        int bytes = ParameterBytes.Selection(features, gather.Indices.Length);
        return new OperatorSparsity(name, 0, 0, bytes, bytes, bytes, 0);
    }

    /// <summary>Measures the kernel of one operator.</summary>
    /// <param name="name">The operator's name.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="rowLength">Weights of one output.</param>
    /// <param name="isDense">Whether it is a dense layer, whose inputs can be gathered.</param>
    /// <param name="bits">Bits per weight, 1 to 8.</param>
    internal static OperatorSparsity Of(string name, ReadOnlySpan<float> weights, int rowLength, bool isDense, int bits)
    {
        int nonZero = weights.Length - weights.Count(0f);
        return new OperatorSparsity(
            name, weights.Length, nonZero, ParameterBytes.Dense(weights.Length, bits), ParameterBytes.Bitmap(weights.Length, nonZero, bits),
            isDense ? ParameterBytes.Gather(weights, rowLength, bits) : null, 2 * nonZero);
    }
}
