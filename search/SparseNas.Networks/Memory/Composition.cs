using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>
/// A beginning that runs by rows and the rest stored whole, in one arena. The two meet in one tensor, which the rows fill and the rest reads; for the
/// packing the rows' memory is one more buffer.
/// </summary>
internal sealed class Composition
{
    private readonly PlanProblem problem;
    private readonly ReadOnlyMemory<RowNeeds> run;
    private readonly PackedArena arena;

    private Composition(PlanProblem problem, ReadOnlyMemory<RowNeeds> run, PackedArena arena)
    {
        this.problem = problem;
        this.run = run;
        this.arena = arena;
    }

    /// <summary>Number of stages that run by rows.</summary>
    public int Stages => run.Length;

    /// <summary>Size of the arena.</summary>
    public int ArenaBytes => arena.Bytes;

    /// <summary>Whether no other offsets need less.</summary>
    public bool IsSmallest => arena.IsSmallest;

    /// <summary>The tensor between the two parts, the first that is stored whole.</summary>
    public static int FirstWhole(ReadOnlySpan<RowNeeds> run) => run.IsEmpty ? Architecture.InputIndex : run[^1].Last;

    /// <summary>Bytes that the last row stage fills while rows arrive: a tensor, or sums.</summary>
    public static int LeftBytes(PlanProblem problem, in RowNeeds last) =>
        last.Accumulates ? last.OutputRowBytes : problem.TensorBytes(last.Last);

    /// <summary>Packs both parts together; null when they take more than <paramref name="most"/> bytes.</summary>
    public static Composition? Of(PlanProblem problem, ImmutableArray<int> order, ReadOnlyMemory<RowNeeds> run, int most)
    {
        int rowBytes = RowPlacement.BytesOf(run.Span);
        PackedArena? arena = problem.IsChain
            ? ArenaOfChain(problem, run.Span, rowBytes, most) : ArenaPacker.Pack(Packing.Of(problem, order, run.Span, rowBytes), most);
        return arena is null ? null : new Composition(problem, run, arena);
    }

    private static PackedArena? ArenaOfChain(PlanProblem problem, ReadOnlySpan<RowNeeds> run, int rowBytes, int most)
    {
        const int LargestOnStack = 512;
        int room = BufferChain.RoomOf(problem);
        return ChainPacker.Pack(BufferChain.Of(problem, run, rowBytes, room <= LargestOnStack ? stackalloc int[room] : new int[room]), most);
    }

    /// <summary>The tensor between, then those behind it by index.</summary>
    private PlannedBuffer[] Whole(ImmutableArray<int> order)
    {
        int first = FirstWhole(run.Span), at = run.IsEmpty ? 0 : 1;
        (int[] firstStep, int[] lastStep) = Packing.Lifetimes(problem, order, first);
        var whole = new PlannedBuffer[order.Length - first];
        for (int tensor = first; tensor < order.Length; tensor++)
        {
            whole[tensor - first] = tensor > first && problem.IsJoined(tensor)
                ? NeverStored(tensor)
                : new PlannedBuffer(tensor, arena.Offsets[at++], problem.TensorBytes(tensor), firstStep[tensor + 1], lastStep[tensor + 1]);
        }

        return whole;
    }

    private static PlannedBuffer NeverStored(int tensor) => new(tensor, 0, 0, int.MaxValue, int.MinValue);

    /// <summary>The plan.</summary>
    public MemoryPlan ToPlan(ImmutableArray<int> order, OrderMethod method)
    {
        PlannedBuffer[] whole = Whole(order);
        if (run.IsEmpty) return new MemoryPlan(order, method, [.. whole], ArenaBytes, LocalBytes: 0) { Packed = problem.Packed, HasBestOffsets = IsSmallest };
        RowPlacement placement = RowPlacement.Of(run.Span);
        int rowsOffset = arena.Offsets[0], lastStep = FirstWhole(run.Span);
        var buffers = ImmutableArray.CreateBuilder<PlannedBuffer>(order.Length + 1);
        var rows = ImmutableArray.CreateBuilder<PlannedBuffer>((2 * run.Length) + 1);
        var stages = ImmutableArray.CreateBuilder<RowStage>(run.Length);
        for (int at = 0; at < run.Length; at++)
        {
            RowNeeds needs = run.Span[at];
            int source = needs.First - 1, step = needs.Last;
            int kept = placement.Kept[at] + rowsOffset, waiting = placement.Waiting[at] + rowsOffset, arrival = placement.Arrivals[at] + rowsOffset;
            if (needs.KeptBytes > 0) rows.Add(new PlannedBuffer(source, kept, needs.KeptBytes, -1, lastStep));
            if (needs.WaitingBytes > 0) rows.Add(new PlannedBuffer(source, waiting, needs.WaitingBytes, -1, step));
            buffers.Add(new PlannedBuffer(source, arrival, needs.RowBytes, source, step));
            if (needs.Last > needs.First) buffers.Add(NeverStored(needs.First));
            bool isLast = at == run.Length - 1;
            RowTarget target = !isLast ? RowTarget.NextStage : needs.Accumulates ? RowTarget.Accumulators : RowTarget.Tensor;
            stages.Add(new RowStage(
                needs.Last > needs.First ? [needs.First, needs.Last] : [needs.First], needs.Rows, needs.RowBytes, WindowOf(needs, kept, waiting, arrival), target,
                isLast ? whole[0].OffsetBytes : placement.Arrivals[at + 1] + rowsOffset, needs.OutputRowBytes));
        }

        // The tensor between lives from the first row on; sums make room for its values when the last row has come.
        PlannedBuffer between = whole[0];
        if (run.Span[^1] is { Accumulates: true } sums) rows.Add(between with { SizeBytes = sums.OutputRowBytes, FirstStep = -1, LastStep = lastStep });
        else between = between with { FirstStep = -1 };
        buffers.Add(between);
        buffers.AddRange(whole.AsSpan(1));
        return new MemoryPlan(order, method, buffers.MoveToImmutable(), ArenaBytes, LocalBytes: 0)
        {
            Rows = stages.MoveToImmutable(), RowBuffers = rows.DrainToImmutable(), Packed = problem.Packed, HasBestOffsets = IsSmallest,
        };
    }

    /// <summary>Where the rows of a window lie, oldest first: those kept, those that waited, the one that arrives.</summary>
    private static ImmutableArray<int> WindowOf(in RowNeeds needs, int kept, int waiting, int arrival)
    {
        int keptRows = needs.KeptBytes / needs.RowBytes;
        var window = ImmutableArray.CreateBuilder<int>(needs.Rows.Kernel);
        for (int row = 0; row < needs.Rows.Kernel - 1; row++)
        {
            window.Add(row < keptRows ? kept + (row * needs.RowBytes) : waiting + ((row - keptRows) * needs.RowBytes));
        }

        window.Add(arrival);
        return window.MoveToImmutable();
    }
}
