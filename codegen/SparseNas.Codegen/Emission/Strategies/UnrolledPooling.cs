using SparseNas.Codegen.Emission.Code;
using SparseNas.Codegen.Emission.Kernels;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Strategies;

/// <summary>
/// Maximum and mean pooling with the window, the channels and some columns unrolled: running positions instead of index arithmetic, and their steps
/// shared by several values.
/// </summary>
internal sealed class UnrolledPooling : IEmissionStrategy
{
    /// <summary>Window positions beyond which a loop is shorter by enough.</summary>
    private const int LargestWindow = 128;

    /// <summary>Values computed between two steps of the running positions, at most.</summary>
    private const int MostValues = 64;

    private static readonly int[] Factors = [1, 2, 4, 7, 8, 14];

    /// <inheritdoc/>
    public IEnumerable<OperatorCode> Offers(EmissionScope scope, OperatorSite site, OperatorSite? pool, bool clampByTable)
    {
        if (pool is not null || site.Accumulates || site.Operator is not (QuantizedMaxPool or QuantizedMean)) return [];
        (Window rows, Window columns) = site.Windows;
        if (rows.Kernel * columns.Kernel > LargestWindow) return [];
        return Factors.Where(factor => factor == 1 || (factor <= columns.Output && factor * site.Input.Channels <= MostValues))
            .Select(factor => new Builder(scope, site, clampByTable).Build(factor));
    }

    private sealed class Builder
    {
        private readonly OperatorSite site;
        private readonly Window rows, columns;
        private readonly Variable arena = Variable.Array("arena", DeviceType.Bytes);
        private readonly Variable source = Variable.Counter("source"), target = Variable.Counter("target");
        private readonly Variable largest = Variable.Value("largest"), value = Variable.Value("value");
        private readonly ClampTable? clamp;
        private readonly Variable? clampArray;
        private readonly OutputStage output;

        public Builder(EmissionScope scope, OperatorSite site, bool clampByTable)
        {
            this.site = site;
            (rows, columns) = site.Windows;
            clamp = clampByTable && site.Requantization is not null ? scope.ClampTableOf(site) : null;
            clampArray = clamp is null ? null : Variable.Array("clamp", DeviceType.Bytes);
            output = new OutputStage(site, arena, clamp, clampArray);
        }

        private int Channels => site.Input.Channels;

        private int ValueBytes => site.IsLast ? sizeof(int) : 1;

        public OperatorCode Build(int factor)
        {
            Statement loops = For.Times("row", rows.Output, row =>
            [
                new Declare(source, (row * (rows.Stride * site.Input.Width * site.InputPixelBytes)) + site.InputOffset()),
                new Declare(target, (row * (columns.Output * site.OutputPixelBytes)) + site.OutputOffset),
                .. factor * Channels <= MostValues || site.IsInputPacked || site.IsOutputPacked ? Unrolled(factor) : [ChannelByChannel()],
            ]);
            IEnumerable<Statement> head = clamp is null ? [new Declare(arena, OperatorSite.Arena)]
                : [new Declare(arena, OperatorSite.Arena), new Declare(clampArray!, clamp.Reference)];
            Block body = Tidy.Of(Block.Of([.. head, new Declare(largest, null), new Declare(value, null), .. output.Declarations, loops]));
            string how = $"unrolled {factor}{(clamp is null ? "" : ", clamp table")}";
            return new OperatorCode(how, [site.Index], new Method(site.MethodName, StepComment.Of(site, "window " + how), body), [], clamp) { Runs = site.Runs };
        }

        /// <summary>Whole groups of columns in a loop, then the columns that are left.</summary>
        private IEnumerable<Statement> Unrolled(int factor)
        {
            int repetitions = columns.Output / factor, rest = columns.Output % factor;
            if (repetitions == 1) (repetitions, rest) = (0, columns.Output);
            Statement[] loop = repetitions == 0 ? [] :
            [
                For.Times("column", repetitions, _ =>
                [
                    .. Values(factor),
                    new Assign(source, (Expression)source + (factor * columns.Stride * site.InputPixelBytes)),
                    new Assign(target, (Expression)target + (factor * site.OutputPixelBytes)),
                ]),
            ];
            return [.. loop, .. Values(rest)];
        }

        private IEnumerable<Statement> Values(int count) =>
            from column in Enumerable.Range(0, count)
            from channel in Enumerable.Range(0, Channels)
            from statement in Value(column * columns.Stride * site.InputPixelBytes, channel, (Expression)target + (column * site.OutputPixelBytes))
            select statement;

        private Statement ChannelByChannel() => For.Times("column", columns.Output, _ =>
        [
            For.Times("channel", Channels, _ =>
            [
                .. Value(0, 0, target),
                new Assign(source, (Expression)source + 1),
                new Assign(target, (Expression)target + ValueBytes),
            ]),
            new Assign(source, (Expression)source + ((columns.Stride - 1) * Channels)),
        ]);

        private IEnumerable<Expression> Window(int ahead, int channel) =>
            from row in Enumerable.Range(0, rows.Kernel)
            from column in Enumerable.Range(0, columns.Kernel)
            select site.Code(arena, (Expression)source + (ahead + site.RowShift(row) + (column * site.InputPixelBytes)), channel, 0);

        private IEnumerable<Statement> Value(int ahead, int channel, Expression pixel) => site.Operator switch
        {
            QuantizedMaxPool op => Maximum(op, ahead, channel, pixel),
            QuantizedMean op => output.Write(channel, Window(ahead, channel).Aggregate((sum, x) => sum + x), -rows.Kernel * columns.Kernel * op.InputZeroPoint, pixel),
            _ => throw new InvalidOperationException($"{site.Place}: '{site.Operator.GetType().Name}' has no window."),
        };

        private Statement Store(Expression pixel, int channel, Expression code) => site.IsOutputPacked
            ? PackedCodes.Store(arena, pixel, channel, 0, code) : new Store(arena, pixel + channel, code);

        private IEnumerable<Statement> Maximum(QuantizedMaxPool op, int ahead, int channel, Expression pixel)
        {
            Expression[] window = [.. Window(ahead, channel)];
            if (window.Length == 1 && !(op.Operator.HasRelu && op.Output.ZeroPoint > 0))
            {
                yield return Store(pixel, channel, window[0]);
                yield break;
            }

            yield return new Assign(largest, window[0]);
            for (int at = 1; at < window.Length; at++)
            {
                yield return new Assign(value, window[at]);
                yield return new If(
                    new Condition(value, Comparison.Greater, largest), Block.Of(new Assign(largest, value)), null, BranchLikelihood.BeatsEarlier(at));
            }

            if (op.Operator.HasRelu && op.Output.ZeroPoint > 0)
            {
                yield return new If(
                    new Condition(largest, Comparison.Less, op.Output.ZeroPoint), Block.Of(new Assign(largest, op.Output.ZeroPoint)), null, 0.1);
            }

            yield return Store(pixel, channel, largest);
        }
    }
}
