using SparseNas.Codegen.Emission.Code;
using SparseNas.Codegen.Emission.Kernels;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Strategies;

/// <summary>
/// Depthwise convolution with weights as immediates and inputs straight from the arena: each input is used once per position, so locals would gain
/// nothing. Taps in the padding are left out: in columns by writing the border positions separately, in rows by a condition around a kernel row.
/// Channels follow one another within a pixel, as plans that overlap input and output expect.
/// </summary>
internal sealed class DirectDepthwise : IEmissionStrategy
{
    /// <inheritdoc/>
    public IEnumerable<OperatorCode> Offers(EmissionScope scope, OperatorSite site, OperatorSite? pool, bool clampByTable) =>
        pool is null && site is { Layer: DepthwiseConv2D, IsInputPacked: false, IsOutputPacked: false } && Enumerable.Range(0, site.Output.Channels).All(channel => site.BoundOf(channel).FitsInt32)
            ? [new Builder(scope, site, clampByTable).Build()] : [];

    private sealed class Builder
    {
        private readonly OperatorSite site;
        private readonly WeightMatrix matrix;
        private readonly Window rows, columns;
        private readonly int zeroPoint;
        private readonly Variable arena = Variable.Array("arena", DeviceType.Bytes), sum = Variable.Value("sum");
        private readonly Variable source = Variable.Counter("source"), target = Variable.Counter("target");
        private readonly ClampTable? clamp;
        private readonly Variable? clampArray;
        private readonly OutputStage output;

        public Builder(EmissionScope scope, OperatorSite site, bool clampByTable)
        {
            this.site = site;
            matrix = WeightMatrix.Of(site);
            (rows, columns) = site.Windows;
            zeroPoint = ((QuantizedKernel)site.Operator).Kernel.InputZeroPoint;
            clamp = clampByTable ? scope.ClampTableOf(site) : null;
            clampArray = clamp is null ? null : Variable.Array("clamp", DeviceType.Bytes);
            output = new OutputStage(site, arena, clamp, clampArray);
        }

        private int Channels => site.Input.Channels;

        public OperatorCode Build()
        {
            Statement loops = For.Times("row", rows.Output, row =>
            [
                new Declare(source, (row * (rows.Stride * site.Input.Width * Channels))
                    + (site.InputOffset() - (((rows.Before * site.Input.Width) + columns.Before) * Channels))),
                new Declare(target, (row * (columns.Output * Channels)) + site.OutputOffset),
                .. Columns(row),
            ]);
            IEnumerable<Statement> head = clamp is null ? [new Declare(arena, OperatorSite.Arena)]
                : [new Declare(arena, OperatorSite.Arena), new Declare(clampArray!, clamp.Reference)];
            Block body = Tidy.Of(Block.Of([.. head, new Declare(sum, null), .. output.Declarations, loops]));
            string how = clamp is null ? "direct" : "direct, clamp table";
            return new OperatorCode(how, [site.Index], new Method(site.MethodName, StepComment.Of(site, how), body), [], clamp) { Runs = site.Runs };
        }

        /// <summary>Positions whose window leaves the image to the left, those inside in a loop, those that leave it to the right.</summary>
        private IEnumerable<Statement> Columns(Expression row)
        {
            int first = 0, end = columns.Output;
            while (first < end && columns.Start(first) < 0) first++;
            while (end > first && columns.Start(end - 1) + columns.Kernel > columns.Input) end--;
            int ahead = 0;
            for (int column = 0; column < first; column++) foreach (Statement statement in Position(row, column, ahead++)) yield return statement;
            if (end > first)
            {
                if (ahead > 0) foreach (Statement statement in Advance(ahead)) yield return statement;
                int inside = first;
                yield return For.Times("column", end - first, _ => [.. Position(row, inside, 0), .. Advance(1)]);
                ahead = 0;
            }

            for (int column = end; column < columns.Output; column++) foreach (Statement statement in Position(row, column, ahead++)) yield return statement;
        }

        private IEnumerable<Statement> Advance(int positions) =>
        [
            new Assign(source, (Expression)source + (positions * columns.Stride * Channels)),
            new Assign(target, (Expression)target + (positions * Channels)),
        ];

        private IEnumerable<Statement> Position(Expression row, int column, int ahead) =>
            Enumerable.Range(0, Channels).SelectMany(channel => Value(row, column, ahead, channel));

        private IEnumerable<Statement> Value(Expression row, int column, int ahead, int channel)
        {
            long constant = matrix.Biases[channel];
            Expression? always = null;
            List<(int KernelRow, Expression? Taps, int Constant)> conditional = [];
            for (int kernelRow = 0; kernelRow < rows.Kernel; kernelRow++)
            {
                (Expression? taps, int inside, int outside) = Row(kernelRow, column, ahead, channel);
                constant += (long)zeroPoint * outside;   // what the folded zero point took for taps in the padding
                Statement[] probe = [.. WindowLocals.Guard(rows, kernelRow, row, [new Comment("inside")], [])];
                if (probe is [Comment])
                {
                    always = always is null ? taps : taps is null ? always : always + taps;
                    continue;
                }

                constant += (long)zeroPoint * inside;
                if (probe.Length > 0 && taps is not null) conditional.Add((kernelRow, taps, -zeroPoint * inside));
            }

            Expression total = always is null ? (int)constant : constant == 0 ? always : (Expression)(int)constant + always;
            Expression pixel = (Expression)target + (ahead * Channels);
            if (conditional.Count == 0) return output.Write(channel, total, 0, pixel);
            List<Statement> statements = [new Assign(sum, total)];
            foreach ((int kernelRow, Expression? taps, int rowConstant) in conditional)
            {
                Expression more = (Expression)sum + taps!;
                statements.AddRange(WindowLocals.Guard(rows, kernelRow, row, [new Assign(sum, more + rowConstant)], []));
            }

            return [.. statements, .. output.Write(channel, sum, 0, pixel)];
        }

        /// <summary>The taps of one kernel row that lie inside the image's columns, and the sums of weights inside and outside.</summary>
        private (Expression? Taps, int Inside, int Outside) Row(int kernelRow, int column, int ahead, int channel)
        {
            Expression? taps = null;
            int inside = 0, outside = 0;
            for (int kernelColumn = 0; kernelColumn < columns.Kernel; kernelColumn++)
            {
                int weight = matrix[channel, (((kernelRow * columns.Kernel) + kernelColumn) * Channels) + channel];
                int position = columns.Start(column) + kernelColumn;
                if (position < 0 || position >= columns.Input)
                {
                    outside += weight;
                    continue;
                }

                inside += weight;
                if (weight == 0) continue;
                int index = site.RowShift(kernelRow) + (((ahead * columns.Stride) + kernelColumn) * Channels) + channel;
                Expression product = arena[(Expression)source + index] * weight;
                taps = taps is null ? product : taps + product;
            }

            return (taps, inside, outside);
        }
    }
}
