using System.Numerics;

namespace SparseNas.Networks;

/// <summary>
/// xoshiro256** (Blackman and Vigna 2018), seeded through SplitMix64: the same numbers on every machine and every version, unlike
/// <see cref="System.Random"/>. Streams derive from a seed and a path of numbers (study seed, trial number, purpose), so parallel
/// trials never share one and the order of execution cannot matter.
/// </summary>
public sealed class SeededRandom
{
    private ulong s0, s1, s2, s3;

    /// <summary>A generator for <paramref name="seed"/> and any further numbers that name the stream.</summary>
    public SeededRandom(ulong seed, params ReadOnlySpan<ulong> stream)
    {
        ulong state = seed;
        foreach (ulong part in stream) state = Mix(state + 0x9E3779B97F4A7C15UL) ^ Mix(part + 0xD1B54A32D192ED03UL);
        s0 = Mix(state += 0x9E3779B97F4A7C15UL);
        s1 = Mix(state += 0x9E3779B97F4A7C15UL);
        s2 = Mix(state += 0x9E3779B97F4A7C15UL);
        s3 = Mix(state + 0x9E3779B97F4A7C15UL);
    }

    /// <summary>64 uniform bits.</summary>
    public ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        ulong t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>Uniform in 0 .. <paramref name="exclusiveMaximum"/> − 1, without bias (Lemire's multiplication with rejection).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The maximum is not positive.</exception>
    public int Next(int exclusiveMaximum)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMaximum);
        ulong range = (ulong)exclusiveMaximum;
        while (true)
        {
            ulong high = Math.BigMul(NextUInt64(), range, out ulong low);
            if (low >= range || low >= unchecked(0UL - range) % range) return (int)high;
        }
    }

    /// <summary>Uniform in <paramref name="minimum"/> .. <paramref name="exclusiveMaximum"/> − 1.</summary>
    public int Next(int minimum, int exclusiveMaximum) => minimum + Next(exclusiveMaximum - minimum);

    /// <summary>Uniform in [0, 1) with 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, 1) with 24 bits.</summary>
    public float NextSingle() => (NextUInt64() >> 40) * (1f / (1 << 24));

    /// <summary>Standard normal (Box and Muller 1958; the second value is not kept, so one call is one stream step of two draws).</summary>
    public double NextNormal()
    {
        double radius = Math.Sqrt(-2.0 * Math.Log(1.0 - NextDouble()));
        return radius * Math.Cos(2.0 * Math.PI * NextDouble());
    }

    /// <summary>Fisher and Yates shuffle in place.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int last = items.Length - 1; last > 0; last--)
        {
            int other = Next(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
