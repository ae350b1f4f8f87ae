using System.Numerics;

namespace SparseNas.Networks.Tests;

public class SeededRandomTests
{
    [Fact]   // Rust's rand_xoshiro lists these for Xoshiro256StarStar::seed_from_u64(0), which seeds through SplitMix64 as here
    public void KnownAnswersOfSeedZero()
    {
        var random = new SeededRandom(0);
        ulong[] first = [random.NextUInt64(), random.NextUInt64(), random.NextUInt64()];
        Assert.Equal([11091344671253066420, 13793997310169335082, 1900383378846508768], first);
    }

    [Fact]   // the reference xoshiro256** and splitmix64 of prng.di.unimi.it, written out again
    public void EqualsTheReferenceAlgorithm()
    {
        foreach (ulong seed in (ulong[])[1, 42, 0xDEADBEEF, ulong.MaxValue])
        {
            ulong x = seed;
            ulong[] s = new ulong[4];
            for (int i = 0; i < 4; i++)
            {
                ulong z = x += 0x9E3779B97F4A7C15;
                z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
                z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
                s[i] = z ^ (z >> 31);
            }

            var random = new SeededRandom(seed);
            for (int draw = 0; draw < 100; draw++)
            {
                ulong expected = BitOperations.RotateLeft(s[1] * 5, 7) * 9, t = s[1] << 17;
                s[2] ^= s[0];
                s[3] ^= s[1];
                s[1] ^= s[2];
                s[0] ^= s[3];
                s[2] ^= t;
                s[3] = BitOperations.RotateLeft(s[3], 45);
                Assert.Equal(expected, random.NextUInt64());
            }
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(97)]
    public void NextIsUniform(int range)
    {
        var random = new SeededRandom(5);
        const int Draws = 200_000;
        var counts = new int[range];
        for (int draw = 0; draw < Draws; draw++) counts[random.Next(range)]++;
        double expected = (double)Draws / range;
        double chiSquare = counts.Sum(count => (count - expected) * (count - expected) / expected);
        double bound = range - 1 + (4 * Math.Sqrt(2.0 * (range - 1)));   // mean + 4 standard deviations
        Assert.True(chiSquare < bound, $"chi-square {chiSquare:F1} of {range - 1} degrees passes {bound:F1}");
    }

    [Fact]
    public void DoublesAndNormalsHaveTheirMoments()
    {
        var random = new SeededRandom(6);
        double[] uniform = [.. Enumerable.Range(0, 100_000).Select(_ => random.NextDouble())];
        double[] normal = [.. Enumerable.Range(0, 100_000).Select(_ => random.NextNormal())];
        Assert.All(uniform, value => Assert.InRange(value, 0, 1 - 1e-17));
        Assert.Equal(0.5, uniform.Average(), 0.005);
        Assert.Equal(1.0 / 12, uniform.Average(value => (value - 0.5) * (value - 0.5)), 0.002);
        Assert.Equal(0, normal.Average(), 0.015);
        Assert.Equal(1, normal.Average(value => value * value), 0.02);
        Assert.Equal(3, normal.Average(value => value * value * value * value), 0.15);
    }

    [Fact]
    public void StreamsOfOneSeedDiffer()
    {
        ulong[] first = [.. from trial in Enumerable.Range(0, 100)
                            from purpose in Enumerable.Range(0, 10)
                            select new SeededRandom(1, (ulong)trial, (ulong)purpose).NextUInt64()];
        Assert.Equal(first.Length, first.Distinct().Count());
        Assert.Equal(new SeededRandom(1, 2, 3).NextUInt64(), new SeededRandom(1, 2, 3).NextUInt64());
    }

    [Fact]
    public void ShuffleIsAPermutationAndReachesAllOfThem()
    {
        var random = new SeededRandom(9);
        Dictionary<string, int> counts = [];
        for (int draw = 0; draw < 6000; draw++)
        {
            char[] letters = ['a', 'b', 'c'];
            random.Shuffle<char>(letters);
            string text = new(letters);
            counts[text] = counts.GetValueOrDefault(text) + 1;
        }

        Assert.Equal(["abc", "acb", "bac", "bca", "cab", "cba"], counts.Keys.Order());
        Assert.All(counts.Values, count => Assert.InRange(count, 850, 1150));
    }

    [Fact]
    public void AnEmptyRangeIsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => new SeededRandom(0).Next(0));
}
