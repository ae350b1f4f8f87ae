using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SparseNas.Quantization.Execution.Lanes;

/// <summary>
/// Eight dot products of four unsigned bytes each with the same four signed bytes, added to 32-bit sums without saturation.
/// </summary>
internal interface IDotProduct
{
    /// <summary>sums[lane] + Σ codes[lane·4 + k] · byte k of <paramref name="weights"/>, lowest byte first.</summary>
    static abstract Vector256<int> Add(Vector256<int> sums, Vector256<byte> codes, int weights);
}

/// <summary>One vpdpbusd.</summary>
internal readonly struct VnniDotProduct : IDotProduct
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sums, Vector256<byte> codes, int weights) =>
        AvxVnni.MultiplyWideningAndAdd(sums, codes, Vector256.Create(weights).AsSByte());
}

/// <summary>
/// Even and odd bytes apart as 16-bit numbers, two vpmaddwd: exact, where vpmaddubsw would saturate at 255 · 127 · 2.
/// </summary>
internal readonly struct Avx2DotProduct : IDotProduct
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sums, Vector256<byte> codes, int weights)
    {
        Vector256<short> even = codes.AsInt16() & Vector256.Create((short)0xFF);
        Vector256<short> odd = Vector256.ShiftRightLogical(codes.AsInt16(), 8);
        Vector256<short> both = Vector256.Create(weights).AsInt16();
        Vector256<short> evenWeights = Vector256.ShiftRightArithmetic(Vector256.ShiftLeft(both, 8), 8);
        Vector256<short> oddWeights = Vector256.ShiftRightArithmetic(both, 8);
        return sums + Avx2.MultiplyAddAdjacent(even, evenWeights) + Avx2.MultiplyAddAdjacent(odd, oddWeights);
    }
}

/// <summary>Four 32-bit multiplications on whatever vectors there are.</summary>
internal readonly struct PortableDotProduct : IDotProduct
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sums, Vector256<byte> codes, int weights)
    {
        Vector256<int> mask = Vector256.Create(0xFF), lanes = codes.AsInt32();
        sums += (lanes & mask) * (sbyte)weights;
        sums += (Vector256.ShiftRightLogical(lanes, 8) & mask) * (sbyte)(weights >> 8);
        sums += (Vector256.ShiftRightLogical(lanes, 16) & mask) * (sbyte)(weights >> 16);
        return sums + (Vector256.ShiftRightLogical(lanes, 24) * (weights >> 24));
    }
}
