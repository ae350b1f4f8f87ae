using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SparseNas.Quantization.Execution.Lanes;

/// <summary>
/// <see cref="Requantization"/> in 32-bit lanes, exact without a 64-bit product:
/// <list type="bullet">
/// <item>Shift up to 22: an accumulator beyond ±(2^31 − 1 − rounding) / multiplier gives more than 510 steps and saturates either way, so
/// it is limited to that first and the product fits.</item>
/// <item>Larger shifts whose product is not proved to fit: with acc = 2^16·high + low, 0 ≤ low &lt; 2^16, the sum below the cut at 2^16 is
/// low·m alone, so (acc·m + 2^(s−1)) &gt;&gt; s = (high·m + (low·m &gt;&gt; 16) + 2^(s−17)) &gt;&gt; (s − 16), each term within 31
/// bits.</item>
/// </list>
/// </summary>
internal readonly struct LaneRequantization
{
    private const int LargestLimitedShift = 22;

    private readonly int shift, rounding, zeroPoint, minimum, maximum;

    /// <summary>The form for one operator.</summary>
    /// <param name="requantization">The definition.</param>
    /// <param name="provedInt32">Whether every product of the operator is proved to fit 32 bits.</param>
    public LaneRequantization(Requantization requantization, bool provedInt32)
    {
        IsSplit = !provedInt32 && requantization.Shift > LargestLimitedShift;
        shift = requantization.Shift - (IsSplit ? 16 : 0);
        rounding = 1 << (shift - 1);
        (zeroPoint, minimum, maximum) = (requantization.ZeroPoint, requantization.Minimum, requantization.Maximum);
    }

    /// <summary>Whether the product is computed in two halves.</summary>
    public bool IsSplit { get; }

    /// <summary>The largest magnitude of an accumulator that <see cref="Limited"/> multiplies.</summary>
    public int Limit(int multiplier, bool provedInt32) =>
        provedInt32 || IsSplit || multiplier == 0 ? int.MaxValue : (int.MaxValue - rounding) / multiplier;

    /// <summary>Codes of eight accumulators, one product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> Limited(Vector256<int> accumulators, int multiplier, int limit)
    {
        Vector256<int> limited = Vector256.Max(Vector256.Min(accumulators, Vector256.Create(limit)), Vector256.Create(-limit));
        return Clamp((limited * Vector256.Create(multiplier)) + Vector256.Create(rounding));
    }

    /// <summary>Codes of eight accumulators, the product in two halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> Split(Vector256<int> accumulators, int multiplier)
    {
        Vector256<int> m = Vector256.Create(multiplier);
        Vector256<int> high = Vector256.ShiftRightArithmetic(accumulators, 16) * m;
        Vector256<int> low = Vector256.ShiftRightLogical((accumulators & Vector256.Create(0xFFFF)) * m, 16);
        return Clamp(high + low + Vector256.Create(rounding));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<int> Clamp(Vector256<int> rounded)
    {
        Vector256<int> code = Vector256.ShiftRightArithmetic(rounded, shift) + Vector256.Create(zeroPoint);
        return Vector256.Min(Vector256.Max(code, Vector256.Create(minimum)), Vector256.Create(maximum));
    }
}
