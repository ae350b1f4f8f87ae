using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>
/// The memory of a run of row stages, from 0 up. Kept rows live as long as rows arrive. Above them lie rows that wait for their window to fill, the
/// last stage's lowest, because within the work that one input row sets off they die in the order of stages. Rows on their way to the next stage meet
/// only their neighbours, so they lie in turn above what waits and at the upper end, or over the dead rows they were computed from.
/// </summary>
/// <param name="Bytes">All of it, without what the last stage leaves behind.</param>
/// <param name="Kept">First byte of each stage's kept rows.</param>
/// <param name="Waiting">First byte of each stage's waiting rows.</param>
/// <param name="Arrivals">Where each stage's input rows arrive.</param>
internal sealed record RowPlacement(int Bytes, ImmutableArray<int> Kept, ImmutableArray<int> Waiting, ImmutableArray<int> Arrivals)
{
    /// <summary>Places the stages of <paramref name="run"/>; beginning above or below, whichever needs less.</summary>
    public static RowPlacement Of(ReadOnlySpan<RowNeeds> run)
    {
        var offsets = new int[3 * run.Length];
        int bytes = Lay(run, offsets);
        return new RowPlacement(bytes, [.. offsets.AsSpan(0, run.Length)], [.. offsets.AsSpan(run.Length, run.Length)], [.. offsets.AsSpan(2 * run.Length)]);
    }

    /// <summary>What <see cref="Of"/> needs.</summary>
    public static int BytesOf(ReadOnlySpan<RowNeeds> run)
    {
        const int LargestOnStack = 192;
        return Lay(run, run.Length <= LargestOnStack / 3 ? stackalloc int[3 * run.Length] : new int[3 * run.Length]);
    }

    /// <summary>
    /// For each beginning of <paramref name="run"/>, by its number of stages, what no placement undercuts: kept rows, and at each stage what waits from there
    /// on, arrives and leaves.
    /// </summary>
    public static void LowerBounds(ReadOnlySpan<RowNeeds> run, Span<int> bounds)
    {
        int kept = 0, before = 0;   // before: the most at any stage before the last
        for (int stage = 0; stage < run.Length; stage++)
        {
            ref readonly RowNeeds needs = ref run[stage];
            int last = needs.WaitingBytes + needs.RowBytes;
            kept += needs.KeptBytes;
            before += needs.WaitingBytes;
            bounds[stage + 1] = kept + Math.Max(before, last);
            before = Math.Max(before, needs.OverwritesInput ? last : last + needs.OutputRowBytes);
        }

        bounds[0] = 0;
    }

    /// <summary>Lays the stages both ways; the offsets are those of the way that needs less.</summary>
    /// <returns>Bytes of all.</returns>
    private static int Lay(ReadOnlySpan<RowNeeds> run, Span<int> offsets)
    {
        Span<int> kept = offsets[..run.Length], waiting = offsets.Slice(run.Length, run.Length), arrivals = offsets[(2 * run.Length)..];
        int ground = 0;
        for (int stage = 0; stage < run.Length; stage++)
        {
            kept[stage] = ground;
            ground += run[stage].KeptBytes;
        }

        for (int stage = run.Length - 1; stage >= 0; stage--)
        {
            waiting[stage] = ground;
            ground += run[stage].WaitingBytes;
        }

        int high = run.Length < 2 ? int.MaxValue : LayArrivals(run, true, ground, waiting, arrivals), low = LayArrivals(run, false, ground, waiting, arrivals);
        return low <= high ? low : LayArrivals(run, true, ground, waiting, arrivals);
    }

    /// <summary>Lays the rows on their way, the first at the upper end or on what waits.</summary>
    /// <returns>Bytes of all.</returns>
    private static int LayArrivals(ReadOnlySpan<RowNeeds> run, bool beginsHigh, int top, ReadOnlySpan<int> waiting, Span<int> arrivals)
    {
        // A low row knows its first byte; a high one how far below the upper end it begins, as a number below 0 until the end is known.
        int bytes = top;
        for (int stage = 0; stage < run.Length; stage++)
        {
            bool isOver = stage > 0 && run[stage - 1].OverwritesInput, isOverWaiting = isOver && run[stage - 1].WaitingBytes > 0;
            bool isBeforeHigh = stage > 0 && arrivals[stage - 1] < 0;
            int floor = stage == 0 ? top : waiting[stage - 1] + run[stage - 1].WaitingBytes, size = run[stage].RowBytes;
            bool isHigh = stage == 0 ? beginsHigh : !isOverWaiting && isOver == isBeforeHigh;
            arrivals[stage] = isOverWaiting ? waiting[stage - 1] : isOver ? arrivals[stage - 1] : isHigh ? -size : floor;
            bytes = Math.Max(bytes, isHigh ? floor - arrivals[stage] : arrivals[stage] + size);
            if (stage == 0 || isHigh == isBeforeHigh) continue;
            int lower = isHigh ? stage - 1 : stage, higher = isHigh ? stage : stage - 1;
            bytes = Math.Max(bytes, arrivals[lower] + run[lower].RowBytes - arrivals[higher]);
        }

        foreach (ref int arrival in arrivals) arrival += arrival < 0 ? bytes : 0;
        return bytes;
    }
}
