using System.Collections.Immutable;
using System.Globalization;

namespace SparseNas.Quantization;

/// <summary>
/// Widths of weights and the codes they hold: −127 .. 127 at 8 bits, −7 .. 7 at 4, −3 .. 3 at 3, all four codes −2 .. 1 at 2, and ternary −1, 0, 1,
/// which is written as 1: a weight that is not zero costs one bit, its sign.
/// </summary>
public static class WeightWidth
{
    /// <summary>−1, 0 and 1: packed, five weights in a byte, or a bitmap and a sign for each that is not zero.</summary>
    public const int Ternary = 1;

    /// <summary>From wide to narrow.</summary>
    public static ImmutableArray<int> All { get; } = [8, 4, 3, 2, Ternary];

    /// <summary>The largest code.</summary>
    public static int Largest(int bits) => bits <= 2 ? 1 : (1 << (bits - 1)) - 1;

    /// <summary>The smallest code.</summary>
    public static int Smallest(int bits) => bits == 2 ? -2 : -Largest(bits);

    /// <summary>For people: <c>4-bit</c>, <c>ternary</c>.</summary>
    public static string Describe(int bits) => bits == Ternary ? "ternary" : bits.ToString(CultureInfo.InvariantCulture) + "-bit";
}
