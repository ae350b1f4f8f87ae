using System.Collections.Immutable;
using System.Numerics;
using SparseNas.Codegen.Emission.Code;

namespace SparseNas.Codegen.Emission.Kernels;

/// <summary>One output channel within a word: its accumulator less <paramref name="Floor"/>, which is never negative.</summary>
/// <param name="Output">Output channel.</param>
/// <param name="Shift">Position of its lowest bit.</param>
/// <param name="Bits">Bits that hold every value for any input.</param>
/// <param name="Floor">Smallest accumulator: accumulator = lane + Floor.</param>
internal readonly record struct Lane(int Output, int Shift, int Bits, long Floor);

/// <summary>
/// Several output channels in one word, so that one multiplication serves them all (SWAR): weights are packed as Σ w·2^Shift. Lane safety is
/// proved from the actual weights: each lane is as wide as the range of its accumulator, shifted to begin at 0. Only the final sum needs to fit;
/// what partial sums carry from lane to lane cancels, because all arithmetic is modulo the word.
/// </summary>
/// <param name="Word">Int or Long.</param>
/// <param name="Lanes">From the lowest bit up.</param>
internal sealed record LaneGroup(DeviceType Word, ImmutableArray<Lane> Lanes)
{
    /// <summary>Bits of a word that lanes may use: its sign stays clear.</summary>
    public static int UsableBits(DeviceType word) => word == DeviceType.Int ? 31 : 63;

    /// <summary>A single output in a word needs no lane: its accumulator is the word.</summary>
    public bool IsScalar => Lanes.Length == 1 && Word == DeviceType.Int;

    /// <summary>The word before any tap is added.</summary>
    public long Start(WeightMatrix matrix) =>
        IsScalar ? matrix.Biases[Lanes[0].Output] : Lanes.Sum(lane => (matrix.Biases[lane.Output] - lane.Floor) << lane.Shift);

    /// <summary>What tap <paramref name="tap"/> is multiplied by.</summary>
    public long Factor(WeightMatrix matrix, int tap)
    {
        long factor = 0;
        foreach (Lane lane in Lanes) factor += (long)matrix[lane.Output, tap] << lane.Shift;
        return factor;
    }

    /// <summary>
    /// The outputs of a site packed into as few words as first fit finds, widest lanes first; null when an accumulator exceeds the word.
    /// </summary>
    public static ImmutableArray<LaneGroup>? Pack(OperatorSite site, ReadOnlySpan<int> outputs, DeviceType word, int maxLanes)
    {
        List<Lane> lanes = [];
        foreach (int output in outputs)
        {
            var bound = site.BoundOf(output);
            if (!bound.FitsInt32) return null;
            int bits = Math.Max(64 - BitOperations.LeadingZeroCount((ulong)(bound.Maximum - bound.Minimum)), 1);
            if (bits > 31) return null;
            lanes.Add(new Lane(output, 0, bits, bound.Minimum));
        }

        if (word == DeviceType.Int && maxLanes == 1) return [.. lanes.Select(lane => new LaneGroup(word, [lane]))];
        List<List<Lane>> words = [];
        foreach (Lane lane in lanes.OrderByDescending(lane => lane.Bits).ThenBy(lane => lane.Output))
        {
            List<Lane>? home = words.Find(members => members.Count < maxLanes && members.Sum(member => member.Bits) + lane.Bits <= UsableBits(word));
            if (home is null) words.Add(home = []);
            home.Add(lane with { Shift = home.Sum(member => member.Bits) });
        }

        // The last output of a pixel may lie over what the pixel itself reads (OverlapDistance), so its word is written last.
        int last = outputs[^1];
        return [.. words.Select(members => new LaneGroup(word, [.. members])).OrderBy(group => group.Lanes.Any(lane => lane.Output == last))];
    }
}
