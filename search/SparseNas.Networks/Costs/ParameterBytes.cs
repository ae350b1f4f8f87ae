namespace SparseNas.Networks;

/// <summary>
/// Packed size of parameters: what the numbers themselves take, independent of how code is emitted and comparable with the literature.
/// Per operator: the cheapest weight encoding with its indices, the biases at the narrowest width that holds them all (1, 2 or 4 bytes),
/// a 2-byte multiplier per channel and one shift byte where results are requantised.
/// </summary>
public static class ParameterBytes
{
    private const int MultiplierBytes = 2;
    private const int ShiftBytes = 1;

    /// <summary>Bytes of a weight tensor in its cheapest encoding: dense, or a bitmap of the living weights followed by their values.</summary>
    /// <param name="count">All weights.</param>
    /// <param name="nonZero">Weights that are not zero.</param>
    /// <param name="bits">Bits per weight, 1 to 8.</param>
    public static int Weights(int count, int nonZero, int bits) =>
        (int)Math.Min(((long)count * bits + 7) / 8, (count + ((long)nonZero * bits) + 7) / 8);

    /// <summary>Bytes of biases stored at one width.</summary>
    /// <param name="biases">The integer biases.</param>
    public static int Biases(ReadOnlySpan<int> biases)
    {
        int width = 1;
        foreach (int bias in biases) width = Math.Max(width, bias is >= sbyte.MinValue and <= sbyte.MaxValue ? 1 : bias is >= short.MinValue and <= short.MaxValue ? 2 : 4);
        return biases.Length * width;
    }

    /// <summary>Bytes of the numbers that scale results: a multiplier for each of <paramref name="multipliers"/> and one shift; 0 for none.</summary>
    public static int Requantization(int multipliers) => multipliers == 0 ? 0 : (multipliers * MultiplierBytes) + ShiftBytes;
}
