using System.Collections.Immutable;
using SparseNas.Codegen.Emission.Code;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Kernels;

/// <summary>
/// A convolution, depthwise convolution or dense layer with immediates for weights, alone or with the pooling that follows it (maxima of windows, or the global mean). For each
/// position in raster order: bring the window into locals, sum each word, then requantise and store. All reads of a position come before its first
/// write, so an output may lie over consumed input exactly as the plan says.
/// </summary>
internal sealed class WindowKernel
{
    private readonly OperatorSite site, last;
    private readonly KernelShape shape;
    private readonly WeightMatrix matrix;
    private readonly ImmutableArray<LaneGroup> groups;
    private readonly Window rows, columns, poolRows, poolColumns;
    private readonly Variable arena = Variable.Array("arena", DeviceType.Bytes);
    private readonly RowCursor cursor;
    private readonly WindowLocals window;
    private readonly IOutputStage output;
    private readonly MeanStage? mean;
    private readonly PooledLanes lanes;
    private readonly ChunkedPosition chunked;
    private readonly ClampTable? clamp;
    private readonly Variable? clampArray;
    private readonly int[] tapUses;

    private WindowKernel(EmissionScope scope, OperatorSite site, OperatorSite? pool, KernelShape shape, WeightMatrix matrix, ImmutableArray<LaneGroup> groups)
    {
        this.site = site;
        this.shape = shape;
        this.matrix = matrix;
        this.groups = groups;
        last = pool ?? site;
        (Window kernelRows, Window kernelColumns) = site.Windows;
        (poolRows, poolColumns) = pool is { Operator: QuantizedMaxPool } ? pool.Windows : (new Window(kernelRows.Output, 1, 1, 0, kernelRows.Output), new Window(kernelColumns.Output, 1, 1, 0, kernelColumns.Output));
        rows = Joined(kernelRows, poolRows);
        columns = Joined(kernelColumns, poolColumns);
        clamp = shape.ClampByTable ? scope.ClampTableOf(site) : null;
        clampArray = clamp is null ? null : Variable.Array("clamp", DeviceType.Bytes);
        cursor = new RowCursor(Variable.Counter("source"), Variable.Counter("target"), columns.Stride * site.InputPixelBytes, last.OutputPixelBytes);
        window = new WindowLocals(site, arena, shape.Word, rows, columns, ((QuantizedKernel)site.Operator).Kernel.InputZeroPoint);
        OutputStage codes = new(site, arena, clamp, clampArray);
        mean = pool is { Operator: QuantizedMean } ? new MeanStage(codes, new OutputStage(pool, arena, null, null, "OfMean"), pool) : null;
        output = mean is null ? codes : mean;
        lanes = new PooledLanes(groups, matrix, poolRows.Kernel, poolColumns.Kernel, shape.Word, output);
        chunked = new ChunkedPosition(groups, matrix, shape, site.Windows, Channels);
        tapUses = [.. Enumerable.Range(0, matrix.Taps).Select(tap => groups.Count(group => group.Factor(matrix, tap) != 0))];
    }

    /// <summary>The kernel in a shape; null when an accumulator does not fit the word, or the shape does not suit the layer.</summary>
    /// <param name="scope">What the model's operators share.</param>
    /// <param name="site">The operator.</param>
    /// <param name="pool">The pooling that alone reads it, computed in the same pass; or null.</param>
    /// <param name="shape">The choices.</param>
    /// <param name="parts">
    /// Methods to share the outputs of a dense layer among: its code may be too large for one assembly. Outputs keep their order, so that a plan may
    /// let the last of them lie over the input.
    /// </param>
    public static OperatorCode? Of(EmissionScope scope, OperatorSite site, OperatorSite? pool, KernelShape shape, int parts = 1)
    {
        if (site.Accumulates && !site.IsRowShare) return null;
        WeightMatrix matrix = WeightMatrix.Of(site);
        List<WindowKernel> kernels = [];
        int size = (matrix.Outputs + parts - 1) / parts;
        if (parts > 1 && LaneGroup.Pack(site, [.. Enumerable.Range(0, matrix.Outputs)], shape.Word, shape.MaxLanes) is { } whole)
        {
            int lanes = whole.Max(group => group.Lanes.Length);
            size = (size + lanes - 1) / lanes * lanes;   // full words but for the last part
        }

        foreach (int[] outputs in Enumerable.Range(0, matrix.Outputs).Chunk(size))
        {
            if (LaneGroup.Pack(site, outputs, shape.Word, shape.MaxLanes) is not { } groups) return null;
            kernels.Add(new WindowKernel(scope, site, pool, shape, matrix, groups));
        }

        WindowKernel first = kernels[0];
        if (!first.Suits) return null;
        string how = shape + (pool is null ? "" : pool.Operator is QuantizedMean ? ", mean fused" : ", max fused") + (kernels.Count > 1 ? $", {kernels.Count} parts" : "");
        ImmutableArray<string> comment = pool is null ? StepComment.Of(site, how) : StepComment.Of(site, pool, how);
        ImmutableArray<Method> units =
            [.. kernels.Select((kernel, part) => new Method(kernel.last.MethodName + (kernels.Count > 1 ? $"_part{part}" : ""), comment, kernel.Body()))];
        ImmutableArray<int> operators = pool is null ? [site.Index] : [site.Index, pool.Index];
        return new OperatorCode(how, operators, units[0] with { Name = first.last.MethodName }, [], first.clamp) { Units = units, Runs = site.Runs };
    }

    /// <summary>Whether any two outputs of the layer share a word.</summary>
    public static bool HasLanes(OperatorSite site, DeviceType word, int maxLanes) =>
        LaneGroup.Pack(site, [.. Enumerable.Range(0, site.Output.Channels)], word, maxLanes) is { } groups && groups.Any(group => group.Lanes.Length > 1);

    private int Channels => site.Input.Channels;

    private int PixelBytes => last.OutputPixelBytes;

    private bool IsPooled => poolRows.Kernel * poolColumns.Kernel > 1;

    private int Overlap => columns.Kernel - columns.Stride;

    private SlidingRow Sliding => new(
        rows, columns, window, cursor,
        [
            .. from patchRow in Enumerable.Range(0, rows.Kernel)
               from channel in Enumerable.Range(0, Channels)
               where Enumerable.Range(0, columns.Kernel).Any(column => Uses(patchRow, column, channel) > 0)
               select (patchRow, channel),
        ],
        Sums);

    /// <summary>Depthwise outputs read one channel each: lanes gain nothing, and outputs must keep their order for plans that overlap.</summary>
    private bool Suits => (site.Layer is not DepthwiseConv2D || groups.All(group => group.IsScalar)) && shape.Reuse switch
    {
        Reuse.Direct => shape.ChunkTaps == 0,
        Reuse.None => shape.ChunkTaps == 0 || (shape.ChunkTaps < tapUses.Count(uses => uses > 0)
            && (shape.Positions == 1 || (!IsPooled && Overlap > 0 && columns.Output >= shape.Positions))),
        _ => shape.ChunkTaps == 0 && Overlap > 0 && columns.Output > 1 && (shape.Reuse == Reuse.Shift || Overlap >= columns.Before),
    };

    /// <summary>The axis of the patch that one pooled value needs.</summary>
    private static Window Joined(Window kernel, Window pool) =>
        new(kernel.Input, ((pool.Kernel - 1) * kernel.Stride) + kernel.Kernel, pool.Stride * kernel.Stride, kernel.Before, pool.Output);

    private Block Body()
    {
        Statement loops = For.Times("row", rows.Output, Row);
        Statement[] behind = mean is null ? [] : [.. mean.Finish()];
        List<Statement> statements = [new Declare(arena, OperatorSite.Arena)];
        if (clamp is not null) statements.Add(new Declare(clampArray!, clamp.Reference));
        return Tidy.Of(Block.Of([.. statements, .. lanes.Declarations, .. output.Declarations, loops, .. behind]));
    }

    private IEnumerable<Statement> Row(Expression row)
    {
        Expression first = (row * (rows.Stride * site.Input.Width * site.InputPixelBytes))
            + (site.InputOffset() + ((((-rows.Before * site.Input.Width) - columns.Before) * site.InputPixelBytes)));
        Expression pixel = (row * (columns.Output * PixelBytes)) + last.OutputOffset;
        if (columns.Output == 1 && row is IntConstant) return Position(row, 0, first, pixel);
        return
        [
            new Declare(cursor.Source, first),
            new Declare(cursor.Target, pixel),
            .. shape.Reuse switch
            {
                Reuse.Shift => Sliding.Shifting(row),
                Reuse.Rotate => Sliding.Rotating(row),
                _ when shape.ChunkTaps > 0 => Blocks(row),
                _ => [For.Times("column", columns.Output, column => [.. Position(row, column, cursor.Source, cursor.Target), .. cursor.Advance(1, column)])],
            },
        ];
    }

    /// <summary>One position without reuse: loads, then sums and stores.</summary>
    private IEnumerable<Statement> Position(Expression row, Expression column, Expression from, Expression pixel)
    {
        if (shape.ChunkTaps > 0)
        {
            Statement[] statements = IsPooled ? [.. PooledChunk(row, column, from, pixel)] : [.. Chunked(1, row, column, columns, from, pixel)];
            return [.. chunked.Declarations, .. statements];
        }

        Dictionary<(int, int, int), Expression> values = [];
        List<Statement> loads = [];
        for (int patchRow = 0; patchRow < rows.Kernel; patchRow++)
        {
            for (int patchColumn = 0; patchColumn < columns.Kernel; patchColumn++)
            {
                for (int channel = 0; channel < Channels; channel++)
                {
                    int uses = Uses(patchRow, patchColumn, channel);
                    if (uses == 0) continue;
                    (Expression value, IEnumerable<Statement> load) = Load(
                        uses, window.Read(from, patchRow, patchColumn, channel), window[patchRow, patchColumn, channel], isDeclared: false,
                        inside => Guarded(row, patchRow, columns, column, patchColumn, inside));
                    values[(patchRow, patchColumn, channel)] = value;
                    loads.AddRange(load);
                }
            }
        }

        return [.. loads, .. Sums(pixel, (patchRow, patchColumn, channel) => values[(patchRow, patchColumn, channel)])];
    }

    /// <summary>Neighbouring positions in a loop, then those that are left.</summary>
    private IEnumerable<Statement> Blocks(Expression row)
    {
        if (IsPooled)
        {
            Statement loop = For.Times("column", columns.Output, column => [.. PooledChunk(row, column, cursor.Source, cursor.Target), .. cursor.Advance(1, column)]);
            return [.. chunked.Declarations, loop];
        }

        int size = shape.Positions, blocks = columns.Output / size, left = columns.Output % size;
        Window axis = Joined(columns, new Window(columns.Output, size, size, 0, blocks));
        List<Statement> statements = [For.Times("column", blocks, column => [.. Chunked(size, row, column, axis, cursor.Source, cursor.Target), .. cursor.Advance(size, column)])];
        int ahead = blocks == 1 ? size : 0;   // a single block is no loop and advances nothing
        if (left > 0)
        {
            statements.AddRange(Chunked(
                left, row, blocks, axis, cursor.SourceAt(ahead), cursor.TargetAt(ahead)));
        }

        return [.. chunked.Declarations, .. statements];
    }

    /// <summary>Neighbouring positions whose inputs come in chunks.</summary>
    private IEnumerable<Statement> Chunked(int positions, Expression row, Expression column, Window axis, Expression from, Expression pixel)
    {
        (IReadOnlyList<Statement> statements, Expression[,] sums) = chunked.Sum(
            [.. Enumerable.Range(0, positions).Select(position => (0, position))], LoadInto(row, column, axis, from));
        return
        [
            .. statements,
            .. from position in Enumerable.Range(0, positions)
               from @group in Enumerable.Range(0, groups.Length)
               from statement in lanes.Single(groups[@group], sums[position, @group], pixel + (position * PixelBytes))
               select statement,
        ];
    }

    /// <summary>All positions under a pooling window, whose inputs come in chunks.</summary>
    private IEnumerable<Statement> PooledChunk(Expression row, Expression column, Expression from, Expression pixel)
    {
        (int Row, int Column)[] positions =
            [.. from a in Enumerable.Range(0, poolRows.Kernel) from b in Enumerable.Range(0, poolColumns.Kernel) select (a, b)];
        (IReadOnlyList<Statement> statements, Expression[,] sums) = chunked.Sum(positions, LoadInto(row, column, columns, from));
        return [.. statements, .. groups.SelectMany((words, at) => lanes.Statements(words, (a, b) => sums[(a * poolColumns.Kernel) + b, at], pixel))];
    }

    private ChunkedPosition.LoadTap LoadInto(Expression row, Expression column, Window axis, Expression from) =>
        (patchRow, patchColumn, channel, uses, into) => Load(
            uses, window.Read(from, patchRow, patchColumn, channel), into, isDeclared: true,
            inside => Guarded(row, patchRow, axis, column, patchColumn, inside));

    /// <summary>A value under the window: the element itself where it is used once, else a local with the statements that fill it.</summary>
    private (Expression Value, IEnumerable<Statement> Load) Load(
        int uses, Expression inside, Variable local, bool isDeclared, Func<IEnumerable<Statement>, IEnumerable<Statement>> guard)
    {
        IEnumerable<Statement> probe = guard([new Comment("in")]);
        bool always = probe.FirstOrDefault() is Comment;
        if (!probe.Any()) return (window.Padding, []);
        if (always && (uses == 1 || shape.Reuse == Reuse.Direct)) return (inside, []);
        Statement Give(Expression value) => isDeclared ? new Assign(local, value) : new Declare(local, value);
        return always ? (local, [Give(inside)]) : (local, [Give(window.Padding), .. guard([new Assign(local, inside)])]);
    }

    /// <summary>Statements that run only where a patch position lies inside the image.</summary>
    private IEnumerable<Statement> Guarded(Expression row, int patchRow, Window axis, Expression column, int patchColumn, IEnumerable<Statement> inside) =>
        WindowLocals.Guard(rows, patchRow, row, WindowLocals.Guard(axis, patchColumn, column, inside, []), []);

    /// <summary>The words that read a patch position, over all positions of the pooling window.</summary>
    private int Uses(int patchRow, int patchColumn, int channel)
    {
        (Window kernelRows, Window kernelColumns) = site.Windows;
        int uses = 0;
        for (int a = 0; a < poolRows.Kernel; a++)
        {
            for (int b = 0; b < poolColumns.Kernel; b++)
            {
                int kernelRow = patchRow - (a * kernelRows.Stride), kernelColumn = patchColumn - (b * kernelColumns.Stride);
                if (kernelRow < 0 || kernelRow >= kernelRows.Kernel || kernelColumn < 0 || kernelColumn >= kernelColumns.Kernel) continue;
                int tap = (((kernelRow * kernelColumns.Kernel) + kernelColumn) * Channels) + channel;
                uses += tapUses[tap];
            }
        }

        return uses;
    }

    /// <summary>Sums and stores all outputs of one position; with pooling, of all positions under its window.</summary>
    private IEnumerable<Statement> Sums(Expression pixel, Func<int, int, int, Expression> patch)
    {
        (Window kernelRows, Window kernelColumns) = site.Windows;
        Expression Sum(LaneGroup group, int a, int b) => WeightedSum.Of(
            group, matrix, Start(group), Enumerable.Range(0, matrix.Taps), tap =>
            {
                int channel = tap % Channels, position = tap / Channels;
                return patch((a * kernelRows.Stride) + (position / kernelColumns.Kernel), (b * kernelColumns.Stride) + (position % kernelColumns.Kernel), channel);
            }, shape.Form);
        return groups.SelectMany(group => lanes.Statements(group, (a, b) => Sum(group, a, b), pixel));
    }

    private Expression? Start(LaneGroup group) => StartOf(group, matrix);

    /// <summary>A word whose taps are all zero.</summary>
    internal static Expression ConstantOf(LaneGroup group, WeightMatrix matrix) =>
        StartOf(group, matrix) ?? (group.Word == DeviceType.Int ? 0 : new LongConstant(0));

    /// <summary>The constant a word starts from; nothing for zero.</summary>
    internal static Expression? StartOf(LaneGroup group, WeightMatrix matrix)
    {
        long start = group.Start(matrix);
        return start == 0 ? null : group.Word == DeviceType.Int ? (int)start : new LongConstant(start);
    }
}
