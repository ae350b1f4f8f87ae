using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine.Noise;

/// <summary>
/// Numbers of mean 0 and variance 1 for every value of every image, by the hundred thousand: sixteen xorshift32 generators side by side
/// (Marsaglia 2003), and the four bytes of each draw added up (Irwin and Hall 1927). Their sum is normal but for its tails, which end at 3.46
/// deviations, at a third of the cost of an exact transform; what a layer adds up of them is normal to any accuracy that training could see.
/// </summary>
/// <remarks>The seed names seed, node, step and block, so a block that is computed again draws the same numbers.</remarks>
internal unsafe struct LaneNoise
{
    private const float Mean = 4 * 127.5f;

    /// <summary>1 / √(4 · (256² − 1) / 12).</summary>
    private const float InverseDeviation = 0.0067658f;

    private Vector512<uint> state;

    /// <summary>Generators for one block.</summary>
    public LaneNoise(ulong seed, int node, long step, int block)
    {
        ulong name = Mix(Mix(Mix(seed) + (ulong)node) + (ulong)step) + (ulong)block;
        Span<uint> lanes = stackalloc uint[LaneBlock.Images];
        for (int lane = 0; lane < lanes.Length; lane++) lanes[lane] = (uint)(Mix(name + ((ulong)lane << 32)) >> 32) | 1;
        state = Vector512.Create<uint>(lanes);
    }

    /// <summary>Fills <paramref name="count"/> values, a multiple of sixteen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(float* values, nint count)
    {
        Vector512<uint> now = state, pairs = Vector512.Create(0x00FF00FFu), low = Vector512.Create(0xFFFFu);
        Vector512<float> scale = Vector512.Create(InverseDeviation), shift = Vector512.Create(-Mean * InverseDeviation);
        for (nint i = 0; i < count; i += LaneBlock.Images)
        {
            now ^= now << 13;
            now ^= now >>> 17;
            now ^= now << 5;
            Vector512<uint> halves = (now & pairs) + ((now >>> 8) & pairs);
            Vector512<int> sum = ((halves & low) + (halves >>> 16)).AsInt32();
            ((Vector512.ConvertToSingle(sum) * scale) + shift).Store(values + i);
        }

        state = now;
    }

    /// <summary>The finaliser of SplitMix64.</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15UL;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
