using SparseNas.Codegen.Emission.Code;
using SparseNas.Codegen.Emission.Kernels;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Strategies;

/// <summary>Maximum and mean pooling with the window unrolled and running positions instead of index arithmetic.</summary>
internal sealed class UnrolledPooling : IEmissionStrategy
{
    /// <summary>Window positions beyond which a loop is shorter by enough.</summary>
    private const int LargestWindow = 128;

    /// <inheritdoc/>
    public IEnumerable<OperatorCode> Offers(EmissionScope scope, OperatorSite site, OperatorSite? pool, bool clampByTable)
    {
        if (pool is not null || site.Operator is not (QuantizedMaxPool or QuantizedMean)) return [];
        (Window rows, Window columns) = site.Windows;
        return rows.Kernel * columns.Kernel > LargestWindow ? [] : [new Builder(scope, site, clampByTable).Build()];
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

        public OperatorCode Build()
        {
            int skipped = (columns.Stride - 1) * Channels;   // behind the channels of a window's first pixel
            Statement loops = For.Times("row", rows.Output, row =>
            [
                new Declare(source, (row * (rows.Stride * site.Input.Width * Channels)) + site.InputOffset()),
                new Declare(target, (row * (columns.Output * Channels * ValueBytes)) + site.OutputOffset),
                For.Times("column", columns.Output, _ =>
                [
                    For.Times("channel", Channels, _ =>
                    [
                        .. Value(),
                        new Assign(source, (Expression)source + 1),
                        new Assign(target, (Expression)target + ValueBytes),
                    ]),
                    new Assign(source, (Expression)source + skipped),
                ]),
            ]);
            IEnumerable<Statement> head = clamp is null ? [new Declare(arena, OperatorSite.Arena)]
                : [new Declare(arena, OperatorSite.Arena), new Declare(clampArray!, clamp.Reference)];
            Block body = Tidy.Of(Block.Of([.. head, .. output.Declarations, loops]));
            string how = clamp is null ? "unrolled" : "unrolled, clamp table";
            return new OperatorCode(how, [site.Index], new Method(site.MethodName, StepComment.Of(site, "window " + how), body), [], clamp);
        }

        private IEnumerable<Expression> Window() =>
            from row in Enumerable.Range(0, rows.Kernel)
            from column in Enumerable.Range(0, columns.Kernel)
            select arena[(Expression)source + (((row * site.Input.Width) + column) * Channels)];

        private IEnumerable<Statement> Value() => site.Operator switch
        {
            QuantizedMaxPool op => Maximum(op),
            QuantizedMean op => output.Write(0, Window().Aggregate((sum, x) => sum + x), -rows.Kernel * columns.Kernel * op.InputZeroPoint, target),
            _ => throw new InvalidOperationException($"{site.Place}: '{site.Operator.GetType().Name}' has no window."),
        };

        private IEnumerable<Statement> Maximum(QuantizedMaxPool op)
        {
            Expression[] window = [.. Window()];
            yield return new Declare(largest, window[0]);
            yield return new Declare(value, null);
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

            yield return new Store(arena, target, largest);
        }
    }
}
