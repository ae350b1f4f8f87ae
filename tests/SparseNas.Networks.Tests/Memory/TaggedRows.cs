using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Networks.Tests.Memory;

/// <summary>
/// Runs the row stages of a plan on tags: rows arrive one by one, wait, complete windows, move. Every byte carries the tensor and the byte of it that
/// it stands for; padding and sums have tags of their own.
/// </summary>
internal sealed class TaggedRows(OperatorGraph graph, MemoryPlan plan, (int Tensor, int Byte)[] tags)
{
    private const int Padding = -100, Sums = -200;

    private readonly ActivationLayout layout = new(graph, plan.Packed);
    private readonly int[] filled = new int[plan.Rows.Length], made = new int[plan.Rows.Length];
    private string? fault;

    /// <summary>Null when every stage found the rows it needs, else the first fault.</summary>
    public string? Run()
    {
        for (int stage = 0; stage < plan.Rows.Length; stage++)
        {
            RowStage s = plan.Rows[stage];
            for (int row = 0; row < s.RowsBefore; row++) Fill(s.RowOffsets[row], s.RowBytes, (Padding, 0));
            filled[stage] = s.RowsBefore;
        }

        for (int row = 0; row < graph.Input.Height; row++)
        {
            WriteRow(Architecture.InputIndex, row, plan.Rows[0].PlaceOf(filled[0]));
            Feed(0);
        }

        for (int stage = 0; stage < plan.Rows.Length; stage++)
        {
            for (int row = 0; row < plan.Rows[stage].RowsAfter; row++)
            {
                Fill(stage == 0 ? plan.Rows[0].PlaceOf(filled[0]) : plan.Rows[stage].ArrivalOffset, plan.Rows[stage].RowBytes, (Padding, 0));
                Feed(stage);
            }

            if (made[stage] != plan.Rows[stage].Rows.Output) fault ??= $"stage {stage} made {made[stage]} of {plan.Rows[stage].Rows.Output} rows";
        }

        int last = plan.Rows[^1].Operators[^1];
        if (fault is null && plan.Rows[^1].Target == RowTarget.Accumulators)
        {
            Check(plan.Rows[^1].TargetOffset, plan.Rows[^1].TargetRowBytes, at => (Sums, at), "sums");
            for (int row = 0; row < graph.OutputOf(last).Height; row++) WriteRow(last, row, plan.Of(last).OffsetBytes);
        }

        return fault;
    }

    /// <summary>A row lies where it arrives: one of the image, or of padding below it, in its place of the window.</summary>
    private void Feed(int stage)
    {
        RowStage s = plan.Rows[stage];
        if (filled[stage] < 0)
        {
            filled[stage]++;
            return;
        }

        if (filled[stage] < s.Rows.Kernel - 1)
        {
            if (stage > 0) Move(s.ArrivalOffset, s.RowOffsets[filled[stage]], s.RowBytes);
            filled[stage]++;
            return;
        }

        Make(stage);
        for (int row = 0; row < s.RowsKept; row++) Move(s.RowOffsets[row + s.Rows.Stride], s.RowOffsets[row], s.RowBytes);
        filled[stage] = s.RowsKept;
        if (s.Target == RowTarget.NextStage) Feed(stage + 1);
    }

    /// <summary>One output row, value by value: what it reads must be there when it is written.</summary>
    private void Make(int stage)
    {
        RowStage s = plan.Rows[stage];
        int row = made[stage]++, last = s.Operators[^1], source = s.Operators[0] - 1;
        if (s.Target == RowTarget.Accumulators)
        {
            Check(s.ArrivalOffset, s.RowBytes, at => (source, (row * s.RowBytes) + at), $"row {row} of stage {stage}");
            if (row > 0) Check(s.TargetOffset, s.TargetRowBytes, at => (Sums, at), $"sums at row {row}");
            for (int at = 0; at < s.TargetRowBytes; at++) tags[s.TargetOffset + at] = (Sums, at);
            return;
        }

        Shape x = graph.OutputOf(source), output = graph.OutputOf(last);
        (_, Window columns) = LayerWindows.Of(graph.Operators[s.Operators[0]].Layer, x);
        if (s.Operators.Length == 2)
        {
            columns = LayerWindows.Joined(columns, LayerWindows.Of(graph.Operators[last].Layer, graph.Operators[s.Operators[0]].Output).Columns);
        }

        bool allChannels = s.Operators.Length == 2 || graph.Operators[last].Layer is Conv2D or Greyscale;
        int target = s.TargetOffset + (s.Target == RowTarget.Tensor ? row * s.TargetRowBytes : 0);
        for (int column = 0; column < output.Width; column++)
        {
            for (int channel = 0; channel < output.Channels; channel++)
            {
                Read(s, source, row, columns, column, allChannels ? null : channel);
                (int first, int count) = Bytes(last, output.Index(0, column, channel));
                for (int at = first; at < first + count; at++) tags[target + at] = (last, (row * s.TargetRowBytes) + at);
            }
        }
    }

    private void Read(RowStage s, int source, int row, Window columns, int column, int? channel)
    {
        Shape x = graph.OutputOf(source);
        for (int slot = 0; slot < s.Rows.Kernel; slot++)
        {
            int imageRow = s.Rows.Start(row) + slot;
            for (int c = Math.Max(columns.Start(column), 0); c < Math.Min(columns.Start(column) + columns.Kernel, x.Width); c++)
            {
                for (int i = channel ?? 0; i <= (channel ?? x.Channels - 1); i++)
                {
                    (int first, int count) = Bytes(source, x.Index(0, c, i));
                    bool isPadding = imageRow < 0 || imageRow >= x.Height;
                    Check(s.RowOffsets[slot] + first, count, at => isPadding ? (Padding, 0) : (source, (imageRow * s.RowBytes) + first + at),
                        $"{graph.Operators[s.Operators[0]].Name} row {row} column {column}: input row {imageRow} column {c}");
                }
            }
        }
    }

    private (int First, int Count) Bytes(int tensor, int element)
    {
        int channels = graph.OutputOf(tensor).Channels, width = layout.IsLogits(tensor) ? ActivationLayout.LogitBytes : 1;
        return layout.IsPacked(tensor) ? ((element / channels * layout.PixelBytes(tensor)) + (element % channels / 2), 1) : (element * width, width);
    }

    private void Check(int offset, int bytes, Func<int, (int Tensor, int Byte)> wanted, string what)
    {
        for (int at = 0; at < bytes && fault is null; at++)
        {
            if (tags[offset + at] != wanted(at)) fault = $"{what}: byte {at} is {tags[offset + at]} instead of {wanted(at)}";
        }
    }

    private void WriteRow(int tensor, int row, int offset)
    {
        for (int at = 0; at < layout.RowBytes(tensor); at++) tags[offset + at] = (tensor, (row * layout.RowBytes(tensor)) + at);
    }

    private void Move(int from, int to, int bytes) => tags.AsSpan(from, bytes).ToArray().CopyTo(tags, to);

    private void Fill(int offset, int bytes, (int, int) tag) => tags.AsSpan(offset, bytes).Fill(tag);
}
