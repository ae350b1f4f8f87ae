namespace SparseNas.Networks;

/// <summary>
/// Packed size of parameters: what the numbers themselves take, independent of how code is emitted and comparable with the literature.
/// Per operator: the cheapest weight encoding (dense, bitmap, gather) with its indices, the biases at the narrowest width that holds them all (1, 2 or 4 bytes),
/// a 2-byte multiplier per channel and one shift byte where results are requantised.
/// </summary>
public static class ParameterBytes
{
    private const int MultiplierBytes = 2;
    private const int ShiftBytes = 1;

    /// <summary>Bytes of a weight tensor in the cheaper of <see cref="Dense"/> and <see cref="Bitmap"/>.</summary>
    /// <param name="count">All weights.</param>
    /// <param name="nonZero">Weights that are not zero.</param>
    /// <param name="bits">Bits per weight, 2 to 8; 1 for ternary ones.</param>
    public static int Weights(int count, int nonZero, int bits) => Math.Min(Dense(count, bits), Bitmap(count, nonZero, bits));

    /// <summary>Bytes of every weight, zeros included.</summary>
    /// <param name="count">All weights.</param>
    /// <param name="bits">Bits per weight, 2 to 8; 1 for ternary ones (−1, 0, 1), of which five fit a byte (3^5 ≤ 256).</param>
    public static int Dense(int count, int bits) => bits == 1 ? (count + 4) / 5 : Pack((long)count * bits);

    /// <summary>Bytes of one bit per weight that says whether it lives, followed by the living ones.</summary>
    /// <param name="count">All weights.</param>
    /// <param name="nonZero">Weights that are not zero.</param>
    /// <param name="bits">Bits per weight, 2 to 8; 1 for ternary ones, whose sign is all there is to say.</param>
    public static int Bitmap(int count, int nonZero, int bits) => Pack(count + ((long)nonZero * bits));

    /// <summary>
    /// Bytes that say which of <paramref name="features"/> values are selected: the shorter of one bit per value and a list of indices, 1 byte
    /// each up to 256 values, 2 up to 65,536, else 4.
    /// </summary>
    /// <param name="features">Values to choose from.</param>
    /// <param name="selected">Values chosen.</param>
    public static int Selection(int features, int selected) =>
        Math.Min(Pack(features), selected * (features <= 1 << 8 ? 1 : features <= 1 << 16 ? 2 : 4));

    /// <summary>
    /// Bytes of a dense layer as the gather that SpArSe shipped: which input features any output reads (<see cref="Selection"/>), and the
    /// matrix over those features alone.
    /// </summary>
    /// <param name="weights">[O, I], zero where dead.</param>
    /// <param name="features">I, at least 1.</param>
    /// <param name="bits">Bits per weight, 2 to 8; 1 for ternary ones.</param>
    public static int Gather<T>(ReadOnlySpan<T> weights, int features, int bits)
        where T : struct, IEquatable<T>
    {
        var isRead = new bool[features];
        for (int index = 0; index < weights.Length; index++) isRead[index % features] |= !weights[index].Equals(default);
        int living = isRead.AsSpan().Count(true);
        return Selection(features, living) + Dense(living * (weights.Length / features), bits);
    }

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

    private static int Pack(long bits) => (int)((bits + 7) / 8);
}
