using System.Numerics;
using System.Runtime.InteropServices;

namespace SparseNas.Pruning;

/// <summary>Element by element over spans of one length, a vector at a time.</summary>
internal static class TensorMath
{
    /// <summary>result = a · b.</summary>
    public static void Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> result)
    {
        ReadOnlySpan<Vector<float>> x = Vectors(a), y = Vectors(b);
        Span<Vector<float>> z = MemoryMarshal.Cast<float, Vector<float>>(result);
        for (int at = 0; at < z.Length; at++) z[at] = x[at] * y[at];
        for (int index = z.Length * Vector<float>.Count; index < result.Length; index++) result[index] = a[index] * b[index];
    }

    /// <summary>sums += a − b.</summary>
    public static void AddDifference(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> sums)
    {
        ReadOnlySpan<Vector<float>> x = Vectors(a), y = Vectors(b);
        Span<Vector<float>> z = MemoryMarshal.Cast<float, Vector<float>>(sums);
        for (int at = 0; at < z.Length; at++) z[at] += x[at] - y[at];
        for (int index = z.Length * Vector<float>.Count; index < sums.Length; index++) sums[index] += a[index] - b[index];
    }

    private static ReadOnlySpan<Vector<float>> Vectors(ReadOnlySpan<float> values) => MemoryMarshal.Cast<float, Vector<float>>(values);
}
