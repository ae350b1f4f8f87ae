using System.Collections.Immutable;
using SparseNas.Codegen.Emission.Code;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission;

/// <summary>A method that moves rows, and how often one inference calls it.</summary>
/// <param name="Method">The method.</param>
/// <param name="Runs">Calls in one inference.</param>
internal sealed record FlowMethod(Method Method, int Runs);

/// <summary>Where a row of the image belongs in the arena while fewer than some number of rows of its window are in place.</summary>
/// <param name="Before">That number.</param>
/// <param name="OffsetBytes">Its first byte when no row is,</param>
/// <param name="StepBytes">and how much further for each that is.</param>
internal readonly record struct RowPlace(int Before, int OffsetBytes, int StepBytes);

/// <summary>
/// What lies between row stages: for each, a method that takes the row that has just arrived, lets it wait until a window is full, then has the output
/// row made, moves the rows that later windows need to the front and hands the new row on. A stage whose window is one row needs no method: its caller
/// does that work.
/// </summary>
internal sealed class RowFlow
{
    private readonly QuantizedNetwork network;
    private readonly MemoryPlan plan;
    private readonly ImmutableArray<OperatorCode> steps;

    private RowFlow(QuantizedNetwork network, MemoryPlan plan, ImmutableArray<OperatorCode> steps)
    {
        this.network = network;
        this.plan = plan;
        this.steps = steps;
    }

    /// <summary>What Reset and Run call, then the methods of a plan's stages, the input's first.</summary>
    /// <param name="network">Integer network.</param>
    /// <param name="plan">A plan with row Stages.</param>
    /// <param name="steps">Code for all operators; the stages' comes first, in their order.</param>
    public static ImmutableArray<FlowMethod> Methods(QuantizedNetwork network, MemoryPlan plan, ImmutableArray<OperatorCode> steps)
    {
        RowFlow flow = new(network, plan, steps);
        return
        [
            new FlowMethod(new Method("BeginRows", ["No row has come; above the image lie rows of padding."], Block.Of(flow.Begin())), 1),
            new FlowMethod(new Method("FinishRows", ["Rows of padding below the image, which complete the last windows."], Block.Of(flow.Finish())), 1),
            .. Enumerable.Range(0, plan.Rows.Length).Where(at => at == 0 || !flow.IsImmediate(at)).Select(at => new FlowMethod(
                new Method(Name(plan.Rows[at]), [flow.Describe(at)], Block.Of(flow.Take(at))), plan.Rows[at].Rows.Input + plan.Rows[at].RowsAfter)),
        ];
    }

    /// <summary>
    /// What PushRow, RowOffset and RowArrived do before <see cref="Name"/> is called, for their cost: they are printed with the rest of the model's
    /// interface, because PushRow has a parameter, which costs what reading the arena's field does.
    /// </summary>
    public static ImmutableArray<Method> Push(MemoryPlan plan)
    {
        StaticNumber nextRow = new("nextRow");
        RowStage first = plan.Rows[0];
        If throwsIfComplete = new(new Condition(nextRow, Comparison.GreaterOrEqual, first.Rows.Input), Block.Of(), null, 0);
        return
        [
            new Method("PushRow", [], Block.Of(new Call("get_RowOffset"), new MoveBytes(OperatorSite.Arena, 0, first.ArrivalOffset, first.RowBytes), new Call("RowArrived"))),
            new Method("get_RowOffset", [], Block.Of([throwsIfComplete, .. Places(first).SkipLast(1).Select(place =>
                new If(new Condition(RowNumbers.Filled(first), Comparison.Less, place.Before), Block.Of(), null, 0))])),
            new Method("RowArrived", [], Block.Of(throwsIfComplete, new SetNumber(nextRow, (Expression)nextRow + 1))),
        ];
    }

    /// <summary>Where a row of the image belongs: the cases in order, the last for all that are left.</summary>
    public static ImmutableArray<RowPlace> Places(RowStage first)
    {
        var places = ImmutableArray.CreateBuilder<RowPlace>();
        if (first.RowsKept < 0 && first.Rows.Kernel > 1) places.Add(new RowPlace(0, first.ArrivalOffset, 0));
        for (int row = 0; row < first.Rows.Kernel;)
        {
            int rows = 1;
            while (row + rows < first.Rows.Kernel && first.RowOffsets[row + rows] == first.RowOffsets[row] + (rows * first.RowBytes)) rows++;
            int step = rows == 1 ? 0 : first.RowBytes;
            places.Add(new RowPlace(row + rows, first.RowOffsets[row] - (row * step), step));
            row += rows;
        }

        return places.DrainToImmutable();
    }

    /// <summary>The numbers that a stage uses, with what they begin with.</summary>
    public static IEnumerable<(StaticNumber Number, int First)> Numbers(RowStage stage)
    {
        if (stage.Rows is not { Kernel: 1, Stride: 1 }) yield return (RowNumbers.Filled(stage), stage.RowsBefore);
        if (stage.Target == RowTarget.Tensor && stage.Rows.Output > 1) yield return (RowNumbers.Next(stage), stage.TargetOffset);
        if (stage.Target == RowTarget.Accumulators) yield return (RowNumbers.Added(stage.Operators[0]), 0);
    }

    private IEnumerable<Statement> Begin() =>
    [
        .. Stages.SelectMany(Numbers).Select(pair => new SetNumber(pair.Number, pair.First)),
        .. Stages.SelectMany(stage => stage.RowOffsets.Take(stage.RowsBefore).SelectMany(offset => Pad(stage, offset))),
        .. Stages.Where(AddsCodes).Select(stage => new ClearBytes(OperatorSite.Arena, stage.TargetOffset, stage.TargetRowBytes)),
    ];

    private IEnumerable<Statement> Finish()
    {
        int filled = Stages[0].RowsBefore;
        for (int row = 0; row < Stages[0].Rows.Input; row++) filled = Stages[0].FilledAfter(filled);
        for (int at = 0; at < Stages.Length; at++)
        {
            for (int row = 0; row < Stages[at].RowsAfter; row++)
            {
                foreach (Statement pad in Pad(Stages[at], at == 0 ? Stages[0].PlaceOf(filled) : Stages[at].ArrivalOffset)) yield return pad;
                yield return new Call(Name(Stages[at]));
                if (at == 0) filled = Stages[0].FilledAfter(filled);
            }
        }
    }

    /// <summary>Fills a row with the code of padding: a byte, then copies of what is there, twice as long each time.</summary>
    private IEnumerable<Statement> Pad(RowStage stage, int offset)
    {
        int source = stage.Operators[0] - 1, zeroPoint = network.FormatOf(source).ZeroPoint * (plan.Packed.Contains(source) ? 17 : 1);
        if (zeroPoint == 0) return [new ClearBytes(OperatorSite.Arena, offset, stage.RowBytes)];
        List<Statement> statements = [new Store(OperatorSite.Arena, offset, zeroPoint)];
        for (int done = 1; done < stage.RowBytes; done *= 2)
        {
            statements.Add(new MoveBytes(OperatorSite.Arena, offset, offset + done, Math.Min(done, stage.RowBytes - done)));
        }

        return statements;
    }

    private bool AddsCodes(RowStage stage) => stage.Target == RowTarget.Accumulators && network.Operators[stage.Operators[0]] is QuantizedMean;

    private ImmutableArray<RowStage> Stages => plan.Rows;

    /// <summary>The method that takes rows for a stage.</summary>
    public static string Name(RowStage stage) => $"TakeRow{stage.Operators[^1]}";

    private string Describe(int at)
    {
        RowStage stage = Stages[at];
        string window = stage.Rows.Kernel == 1 ? "each row" : $"windows of {stage.Rows.Kernel} rows";
        string place = at == 0 ? "in its place" : $"at {stage.ArrivalOffset}";
        return $"A row for {steps[at].Method.Name} lies {place}: {window}, step {stage.Rows.Stride}, {Math.Max(stage.RowsKept, 0)} kept.";
    }

    private bool IsImmediate(int at) => Stages[at].Rows is { Kernel: 1, Stride: 1 };

    /// <summary>What happens when a row has arrived.</summary>
    private IEnumerable<Statement> Take(int at)
    {
        RowStage stage = Stages[at];
        if (IsImmediate(at)) return Make(at);
        StaticNumber filled = RowNumbers.Filled(stage);
        (double skipped, double waiting) = Shares(stage);
        Statement work = stage.Rows.Kernel == 1 ? Block.Of(Make(at))
            : new If(new Condition(filled, Comparison.Less, stage.Rows.Kernel - 1), Block.Of(Wait(at)), Block.Of(Make(at)), waiting);
        return stage.RowsKept >= 0 ? [work]
            : [new If(new Condition(filled, Comparison.Less, 0), Block.Of(new SetNumber(filled, (Expression)filled + 1)), Block.Of(work), skipped)];
    }

    /// <summary>The row waits for its window: it moves to the place that is next to be filled, unless it lies there because it came from outside.</summary>
    private IEnumerable<Statement> Wait(int at)
    {
        RowStage stage = Stages[at];
        StaticNumber filled = RowNumbers.Filled(stage);
        if (at == 0)
        {
            yield return new SetNumber(filled, (Expression)filled + 1);
            yield break;
        }

        int kept = Math.Max(stage.RowsKept, 0), waiting = stage.Rows.Kernel - 1 - kept;
        Statement Move(int row) => new MoveBytes(
            OperatorSite.Arena, stage.ArrivalOffset, ((Expression)filled * stage.RowBytes) + (stage.RowOffsets[row] - (row * stage.RowBytes)), stage.RowBytes);
        bool isOneBlock = kept == 0 || waiting == 0 || stage.RowOffsets[kept] == stage.RowOffsets[0] + (kept * stage.RowBytes);
        yield return isOneBlock ? Move(0) : new If(new Condition(filled, Comparison.Less, kept), Block.Of(Move(0)), Block.Of(Move(kept)), (double)kept / (kept + waiting));
        yield return new SetNumber(filled, (Expression)filled + 1);
    }

    /// <summary>Makes an output row, moves the rows that stay to the front, and hands the new row on.</summary>
    private IEnumerable<Statement> Make(int at)
    {
        RowStage stage = Stages[at];
        yield return new Call(steps[at].Method.Name);
        foreach (Statement move in Keep(stage)) yield return move;
        if (stage.Rows.Stride > 1) yield return new SetNumber(RowNumbers.Filled(stage), stage.RowsKept);
        if (stage.Target == RowTarget.Accumulators) yield return new SetNumber(RowNumbers.Added(stage.Operators[0]), (Expression)RowNumbers.Added(stage.Operators[0]) + 1);
        if (stage.Target == RowTarget.Tensor && stage.Rows.Output > 1)
        {
            yield return new SetNumber(RowNumbers.Next(stage), (Expression)RowNumbers.Next(stage) + stage.TargetRowBytes);
        }

        if (at == Stages.Length - 1) yield break;
        if (!IsImmediate(at + 1))
        {
            yield return new Call(Name(Stages[at + 1]));
            yield break;
        }

        foreach (Statement statement in Make(at + 1)) yield return statement;
    }

    /// <summary>Moves of rows that later windows need, neighbours in one go.</summary>
    private static IEnumerable<Statement> Keep(RowStage stage)
    {
        for (int row = 0; row < stage.RowsKept;)
        {
            int from = stage.RowOffsets[row + stage.Rows.Stride], to = stage.RowOffsets[row], rows = 1;
            while (row + rows < stage.RowsKept && stage.RowOffsets[row + rows] == to + (rows * stage.RowBytes)
                && stage.RowOffsets[row + rows + stage.Rows.Stride] == from + (rows * stage.RowBytes)) rows++;
            yield return new MoveBytes(OperatorSite.Arena, from, to, rows * stage.RowBytes);
            row += rows;
        }
    }

    /// <summary>Of the rows that arrive, the share that is left out, and of the others the share that waits.</summary>
    private static (double Skipped, double Waiting) Shares(RowStage stage)
    {
        int rows = stage.Rows.Input + stage.RowsAfter, filled = stage.RowsBefore, skipped = 0, waiting = 0;
        for (int row = 0; row < rows; row++)
        {
            if (filled < 0) skipped++;
            else if (filled < stage.Rows.Kernel - 1) waiting++;
            filled = stage.FilledAfter(filled);
        }

        return ((double)skipped / rows, (double)waiting / Math.Max(rows - skipped, 1));
    }
}
