using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>
/// A beginning that runs by rows and the rest stored whole, in one arena. The two meet in one tensor, which the rows fill and the rest reads; for the
/// packing the rows' memory is one more buffer.
/// </summary>
internal sealed class Composition
{
    private readonly PlanProblem problem;
    private readonly RowPlacement placement;
    private readonly int rowsOffset;
    private readonly PlannedBuffer[] whole;   // the tensor between, then those behind it

    private Composition(PlanProblem problem, ImmutableArray<RowNeeds> run, RowPlacement placement, int rowsOffset, PlannedBuffer[] whole, PackedArena arena)
    {
        this.problem = problem;
        Run = run;
        this.placement = placement;
        this.rowsOffset = rowsOffset;
        this.whole = whole;
        ArenaBytes = arena.Bytes;
        IsSmallest = arena.IsSmallest;
    }

    /// <summary>What runs by rows.</summary>
    public ImmutableArray<RowNeeds> Run { get; }

    /// <summary>Size of the arena.</summary>
    public int ArenaBytes { get; }

    /// <summary>Whether no other offsets need less.</summary>
    public bool IsSmallest { get; }

    /// <summary>Bytes that the last row stage fills while rows arrive: a tensor, or sums.</summary>
    public static int LeftBytes(PlanProblem problem, RowNeeds last) =>
        last.Accumulates ? last.OutputRowBytes : problem.TensorBytes(last.Operators[^1]);

    /// <summary>Packs both parts together; null when they take more than <paramref name="most"/> bytes.</summary>
    public static Composition? Of(PlanProblem problem, ImmutableArray<int> order, ImmutableArray<RowNeeds> run, int most)
    {
        RowPlacement placement = RowPlacement.Of(run.AsSpan());
        Packing packing = Packing.Of(problem, order, run.AsSpan(), placement.Bytes);
        if (ArenaPacker.Pack(packing, most) is not { } arena) return null;
        int first = run.IsEmpty ? Architecture.InputIndex : run[^1].Operators[^1];
        var whole = new PlannedBuffer[order.Length - first];
        for (int at = run.IsEmpty ? 0 : 1; at < packing.Count; at++)
        {
            PlannedBuffer buffer = packing.Buffers[at];
            whole[buffer.Tensor - first] = buffer with { OffsetBytes = arena.Offsets[at] };
        }

        for (int at = 0; at < whole.Length; at++) whole[at] ??= NeverStored(first + at);
        return new Composition(problem, run, placement, arena.Offsets[0], whole, arena);
    }

    private static PlannedBuffer NeverStored(int tensor) => new(tensor, 0, 0, int.MaxValue, int.MinValue);

    /// <summary>The plan.</summary>
    public MemoryPlan ToPlan(ImmutableArray<int> order, OrderMethod method)
    {
        if (Run.IsEmpty) return new MemoryPlan(order, method, [.. whole], ArenaBytes, LocalBytes: 0) { Packed = problem.Packed, HasBestOffsets = IsSmallest };
        int lastStep = Run[^1].Operators[^1];
        var buffers = ImmutableArray.CreateBuilder<PlannedBuffer>();
        var rows = ImmutableArray.CreateBuilder<PlannedBuffer>();
        var stages = ImmutableArray.CreateBuilder<RowStage>();
        for (int at = 0; at < Run.Length; at++)
        {
            RowNeeds needs = Run[at];
            int source = needs.Operators[0] - 1, step = needs.Operators[^1];
            int kept = placement.Kept[at] + rowsOffset, waiting = placement.Waiting[at] + rowsOffset, arrival = placement.Arrivals[at] + rowsOffset;
            if (needs.KeptBytes > 0) rows.Add(new PlannedBuffer(source, kept, needs.KeptBytes, -1, lastStep));
            if (needs.WaitingBytes > 0) rows.Add(new PlannedBuffer(source, waiting, needs.WaitingBytes, -1, step));
            buffers.Add(new PlannedBuffer(source, arrival, needs.RowBytes, source, step));
            if (needs.Operators.Length > 1) buffers.Add(NeverStored(needs.Operators[0]));
            int keptRows = needs.KeptBytes / needs.RowBytes;
            ImmutableArray<int> window = [.. Enumerable.Range(0, needs.Rows.Kernel).Select(row =>
                row == needs.Rows.Kernel - 1 ? arrival : row < keptRows ? kept + (row * needs.RowBytes) : waiting + ((row - keptRows) * needs.RowBytes))];
            bool isLast = at == Run.Length - 1;
            RowTarget target = !isLast ? RowTarget.NextStage : needs.Accumulates ? RowTarget.Accumulators : RowTarget.Tensor;
            stages.Add(new RowStage(
                needs.Operators, needs.Rows, needs.RowBytes, window, target,
                isLast ? whole[0].OffsetBytes : placement.Arrivals[at + 1] + rowsOffset, needs.OutputRowBytes));
        }

        // The tensor between lives from the first row on; sums make room for its values when the last row has come.
        PlannedBuffer between = whole[0];
        if (Run[^1].Accumulates) rows.Add(between with { SizeBytes = Run[^1].OutputRowBytes, FirstStep = -1, LastStep = lastStep });
        else between = between with { FirstStep = -1 };
        return new MemoryPlan(order, method, [.. buffers, between, .. whole.AsSpan(1)], ArenaBytes, LocalBytes: 0)
        {
            Rows = stages.ToImmutable(), RowBuffers = rows.ToImmutable(), Packed = problem.Packed, HasBestOffsets = IsSmallest,
        };
    }
}
