using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SparseNas.Networks;

namespace SparseNas.Pruning;

/// <summary>
/// Standard normal numbers by the hundred thousand: eight xorshift32 generators side by side (Marsaglia 2003), seeded from
/// <see cref="SeededRandom"/>, and Box and Muller's transform on sixteen values at once.
/// </summary>
internal sealed class NormalNoise
{
    private Vector256<uint> state;

    public NormalNoise(SeededRandom random)
    {
        Span<uint> seeds = stackalloc uint[Vector256<uint>.Count];
        foreach (ref uint seed in seeds) seed = (uint)random.NextUInt64() | 1;
        state = Vector256.Create<uint>(seeds);
    }

    /// <summary>Fills <paramref name="values"/>.</summary>
    public void Fill(Span<float> values)
    {
        Span<Vector256<float>> vectors = MemoryMarshal.Cast<float, Vector256<float>>(values);
        int index = 0;
        for (; index + 1 < vectors.Length; index += 2) (vectors[index], vectors[index + 1]) = NextPair();
        Span<float> rest = values[(index * Vector256<float>.Count)..];
        if (rest.Length == 0) return;
        Span<float> last = stackalloc float[2 * Vector256<float>.Count];
        (Vector256<float> first, Vector256<float> second) = NextPair();
        first.CopyTo(last);
        second.CopyTo(last[Vector256<float>.Count..]);
        last[..rest.Length].CopyTo(rest);
    }

    private (Vector256<float> First, Vector256<float> Second) NextPair()
    {
        Vector256<float> radius = Vector256.Sqrt(Vector256.Log(NextUniform()) * -2f);
        (Vector256<float> sin, Vector256<float> cos) = Vector256.SinCos(NextUniform() * (2 * MathF.PI));
        return (radius * cos, radius * sin);
    }

    /// <summary>Uniform in (0, 1): the upper 23 bits, half a step from either end.</summary>
    private Vector256<float> NextUniform()
    {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        return (Vector256.ConvertToSingle((state >> 9).AsInt32()) + Vector256.Create(0.5f)) * (1f / (1 << 23));
    }
}
