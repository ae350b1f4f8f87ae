namespace SparseNas.Networks;

/// <summary>What a row stage needs, before it has a place.</summary>
/// <param name="First">What it computes: this operator,</param>
/// <param name="Last">and this one, behind it, in one pass; the same when it computes one.</param>
/// <param name="Rows">How its window runs over input rows.</param>
/// <param name="RowBytes">Bytes of an input row.</param>
/// <param name="OutputRowBytes">Bytes of an output row; of all sums when it accumulates.</param>
/// <param name="Accumulates">Whether it sums over all rows instead of giving rows; it is the last stage then.</param>
/// <param name="OverwritesInput">
/// Whether an output row may lie over a row of its window, because the window's rows are not needed afterwards and each value is written behind what
/// is still to be read of its row.
/// </param>
internal readonly record struct RowNeeds(int First, int Last, Window Rows, int RowBytes, int OutputRowBytes, bool Accumulates, bool OverwritesInput)
{
    /// <summary>Bytes of rows that survive an output row.</summary>
    public int KeptBytes => Math.Max(Rows.Kernel - Rows.Stride, 0) * RowBytes;

    /// <summary>Bytes of rows that wait for the last row of a window and are not needed behind it.</summary>
    public int WaitingBytes => (Math.Min(Rows.Stride, Rows.Kernel) - 1) * RowBytes;
}

/// <summary>
/// The run of operators from the input on that can work row by row: each alone reads the one before it. It ends with the first operator that needs
/// everything at once, and with a dense layer or global average, which sum row by row.
/// </summary>
internal static class RowRun
{
    /// <summary>The longest such run; every beginning of it is one as well.</summary>
    public static ReadOnlyMemory<RowNeeds> Of(PlanProblem problem)
    {
        var run = new RowNeeds[problem.Graph.Operators.Length];
        int source = Architecture.InputIndex, stages = 0;
        while (OnlyReader(problem, source) is { } op)
        {
            bool isJoined = problem.IsJoined(op) && OnlyReader(problem, op) is { } pool && problem.Graph.Operators[pool].Layer is MaxPool;
            if (Needs(problem.Graph, problem.Layout, op, isJoined ? op + 1 : null) is not { } needs) break;
            run[stages++] = needs;
            if (needs.Accumulates) break;
            source = needs.Last;
        }

        return run.AsMemory(0, stages);
    }

    /// <summary>The operator that alone reads a tensor and nothing else; in topological order it is the next one.</summary>
    private static int? OnlyReader(PlanProblem problem, int tensor)
    {
        int next = tensor + 1;
        return next < problem.Graph.Operators.Length && problem.Graph.Operators[next].Inputs is [var only] && only == tensor && problem.ReaderCount(tensor) == 1 ? next : null;
    }

    private static RowNeeds? Needs(OperatorGraph graph, ActivationLayout layout, int op, int? pool)
    {
        LayerSpec layer = graph.Operators[op].Layer;
        Shape input = graph.InputOf(op);
        int source = graph.Operators[op].Inputs[0], last = pool ?? op;
        switch (layer)
        {
            case Dense or GlobalAveragePool when input.Height > 1:
                int sums = graph.Operators[op].Output.Channels * layout.SumBytes(op);
                return new RowNeeds(op, op, new Window(input.Height, 1, 1, 0, input.Height), layout.RowBytes(source), sums, true, false);
            case Conv2D or DepthwiseConv2D or MaxPool or AvgPool or Downsample or Greyscale or Relu:
                (Window rows, Window columns) = LayerWindows.Of(layer, input);
                if (pool is { } joined)
                {
                    (Window poolRows, Window poolColumns) = LayerWindows.Of(graph.Operators[joined].Layer, graph.Operators[op].Output);
                    (rows, columns) = (LayerWindows.Joined(rows, poolRows), LayerWindows.Joined(columns, poolColumns));
                }

                bool isByChannel = pool is null && layer is not (Conv2D or Greyscale) && !layout.IsPacked(source) && !layout.IsPacked(last) && !layout.IsLogits(last);
                bool overwrites = rows.Kernel <= rows.Stride && layout.RowBytes(last) <= layout.RowBytes(source) && WritesBehind(layout, columns, source, last, isByChannel);
                return new RowNeeds(op, last, rows, layout.RowBytes(source), layout.RowBytes(last), false, overwrites);
            default:
                return null;
        }
    }

    /// <summary>Whether each pixel, and each value of it, ends before what is still to be read begins, when both rows begin at one place.</summary>
    private static bool WritesBehind(ActivationLayout layout, Window columns, int source, int output, bool isByChannel)
    {
        int read = layout.PixelBytes(source), written = layout.PixelBytes(output), last = layout.IsPacked(output) ? 0 : 1;
        for (int column = 0; column < columns.Output; column++)
        {
            int own = Math.Max(columns.Start(column), 0) * read, next = Math.Max(columns.Start(column + 1), 0) * read, end = (column + 1) * written;
            if (column + 1 < columns.Output && end > next) return false;
            if (isByChannel ? column * written > own : written > last && end - last > own) return false;
        }

        return true;
    }
}
