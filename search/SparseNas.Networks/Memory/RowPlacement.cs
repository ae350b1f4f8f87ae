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
    /// <summary>Places the first <paramref name="count"/> stages of <paramref name="run"/>; beginning above or below, whichever needs less.</summary>
    public static RowPlacement Of(ReadOnlySpan<RowNeeds> run)
    {
        RowPlacement low = Of(run, beginsHigh: false);
        return run.Length < 2 ? low : Of(run, beginsHigh: true) is { } high && high.Bytes < low.Bytes ? high : low;
    }

    /// <summary>No placement can be smaller: kept rows, and at each stage what waits, arrives and leaves.</summary>
    public static int LowerBoundBytes(ReadOnlySpan<RowNeeds> run)
    {
        int kept = 0, waiting = 0, most = 0;
        for (int stage = run.Length - 1; stage >= 0; stage--)
        {
            RowNeeds needs = run[stage];
            kept += needs.KeptBytes;
            waiting += needs.WaitingBytes;
            int leaves = stage == run.Length - 1 || needs.OverwritesInput ? 0 : needs.OutputRowBytes;
            most = Math.Max(most, waiting + needs.RowBytes + leaves);
        }

        return kept + most;
    }

    private static RowPlacement Of(ReadOnlySpan<RowNeeds> run, bool beginsHigh)
    {
        int count = run.Length, kept = 0;
        var keptOffsets = new int[count];
        var waiting = new int[count];
        for (int stage = 0; stage < count; stage++)
        {
            keptOffsets[stage] = kept;
            kept += run[stage].KeptBytes;
        }

        int top = kept;
        for (int stage = count - 1; stage >= 0; stage--)
        {
            waiting[stage] = top;
            top += run[stage].WaitingBytes;
        }

        // A low row knows its first byte, a high one how far below the upper end it begins; a row over the one it was computed from shares that.
        var isHigh = new bool[count];
        var begin = new int[count];
        int bytes = top;
        for (int stage = 0; stage < count; stage++)
        {
            bool isOver = stage > 0 && run[stage - 1].OverwritesInput;
            bool isOverWaiting = isOver && run[stage - 1].WaitingBytes > 0;
            int ground = stage == 0 ? top : waiting[stage - 1] + run[stage - 1].WaitingBytes, size = run[stage].RowBytes;
            isHigh[stage] = stage == 0 ? beginsHigh : !isOverWaiting && (isOver ? isHigh[stage - 1] : !isHigh[stage - 1]);
            begin[stage] = isOverWaiting ? waiting[stage - 1] : isOver ? begin[stage - 1] : isHigh[stage] ? size : ground;
            bytes = Math.Max(bytes, isHigh[stage] ? ground + begin[stage] : begin[stage] + size);
            if (stage == 0 || isHigh[stage] == isHigh[stage - 1]) continue;
            int lower = isHigh[stage] ? stage - 1 : stage, higher = isHigh[stage] ? stage : stage - 1;
            bytes = Math.Max(bytes, begin[lower] + run[lower].RowBytes + begin[higher]);
        }

        var arrivals = new int[count];
        for (int stage = 0; stage < count; stage++) arrivals[stage] = isHigh[stage] ? bytes - begin[stage] : begin[stage];
        return new RowPlacement(bytes, [.. keptOffsets], [.. waiting], [.. arrivals]);
    }
}
