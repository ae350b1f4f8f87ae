using System.Collections.Immutable;
using SparseNas.Codegen.Emission.Code;
using SparseNas.Codegen.Emission.Plain;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Strategies;

/// <summary>
/// Weights in a table, arrays hoisted to locals, taps unrolled in blocks: for layers with too many weights to write as immediates. Needs windows
/// without padding; the table costs flash and heap.
/// </summary>
internal sealed class HoistedTables : IEmissionStrategy
{
    private const int BlockTaps = 8;

    /// <inheritdoc/>
    public IEnumerable<OperatorCode> Offers(EmissionScope scope, OperatorSite site, OperatorSite? pool, bool clampByTable)
    {
        return pool is null && site.Operator is QuantizedKernel && Suits(site) ? [Of(site, null)] : [];
    }

    /// <summary>Whether the loops suit a kernel.</summary>
    public static bool Suits(OperatorSite site) => site.Layer is not DepthwiseConv2D && !site.Accumulates && !site.IsInputPacked && !site.IsOutputPacked && !HasPadding(site) && HasEvenRows(site);

    /// <summary>The code; with a resource, weights are read from it instead of a table.</summary>
    public static OperatorCode Of(OperatorSite site, WeightResource? resource) => new Builder(site, resource).Build();

    /// <summary>Whether the rows under the window lie at one distance from each other.</summary>
    private static bool HasEvenRows(OperatorSite site) => Enumerable.Range(1, site.Windows.Rows.Kernel - 1).All(row => site.RowShift(row) == row * site.RowShift(1));

    private static bool HasPadding(OperatorSite site)
    {
        (Window rows, Window columns) = site.Windows;
        return IsPadded(rows) || IsPadded(columns);
        static bool IsPadded(Window axis) => axis.Before > 0 || axis.Start(axis.Output - 1) + axis.Kernel > axis.Input;
    }

    private sealed class Builder
    {
        private readonly OperatorSite site;
        private readonly QuantizedKernel op;
        private readonly Table weightTable, biasTable;
        private readonly Table? multiplierTable;
        private readonly WeightResource? resource;
        private readonly Variable arena = Variable.Array("arena", DeviceType.Bytes), weights;
        private readonly Variable sum = Variable.Value("sum"), weight = Variable.Counter("weight"), source = Variable.Counter("source");

        public Builder(OperatorSite site, WeightResource? resource)
        {
            this.site = site;
            this.resource = resource;
            weights = Variable.Array("weights", resource is null ? DeviceType.SBytes : DeviceType.Bytes);
            op = (QuantizedKernel)site.Operator;
            weightTable = new Table($"Weights{site.Index}", DeviceType.SBytes, [.. op.Kernel.Weights.Select(value => (int)value)]);
            int taps = op.Kernel.Weights.Length / op.Kernel.Biases.Length;
            biasTable = new Table($"Biases{site.Index}", DeviceType.Ints, [.. op.Kernel.Biases.Select((bias, output) =>
                bias - (op.Kernel.InputZeroPoint * op.Kernel.Weights.AsSpan().Slice(output * taps, taps).ToArray().Sum(value => (int)value)))]);
            multiplierTable = op.Requantization is { Multipliers.Length: > 1 } many
                ? new Table($"Multipliers{site.Index}", DeviceType.Shorts, many.Multipliers) : null;
        }

        public OperatorCode Build()
        {
            Statement loops = For.Times("row", site.Output.Height, row => [For.Times("column", site.Output.Width, column => Position(row, column))]);
            Block body = Tidy.Of(Block.Of([new Declare(arena, OperatorSite.Arena), new Declare(weights, resource is null ? weightTable.Reference : null), loops]));
            ImmutableArray<Table> tables = [.. resource is null ? [weightTable] : Array.Empty<Table>(), biasTable, .. multiplierTable is null ? Array.Empty<Table>() : [multiplierTable]];
            (string name, string how) = resource is null ? ("hoisted tables", "arrays hoisted, taps unrolled") : ("streamed", "weights read from flash, taps unrolled");
            return new OperatorCode(name, [site.Index], new Method(site.MethodName, StepComment.Of(site, how), body), tables) { Resource = resource, Runs = site.Runs };
        }

        private IEnumerable<Statement> Position(Expression row, Expression column) =>
        [
            new Declare(weight, 0),
            For.Times("output", site.Output.Channels, output => Value(row, column, output)),
        ];

        private IEnumerable<Statement> Value(Expression row, Expression column, Expression output)
        {
            (Window rows, Window columns) = site.Windows;
            int line = columns.Kernel * site.Input.Channels, pitch = rows.Kernel > 1 ? site.RowShift(1) : 0;
            Expression first = (((row * rows.Stride * site.Input.Width) + (column * columns.Stride)) * site.Input.Channels) + site.InputOffset();
            if (resource is not null)
            {
                yield return new Assign(weights, resource.Read(output * resource.ChunkWeights));
                yield return new Assign(weight, 0);
            }

            yield return new Declare(sum, biasTable.Reference[output]);
            yield return new Declare(source, first);
            yield return For.Times("kernelRow", rows.Kernel, _ => [.. Line(line), new Assign(source, (Expression)source + (pitch - (line / BlockTaps * BlockTaps)))]);
            Expression pixel = ((row * site.Output.Width) + column) * site.Output.Channels;
            IEnumerable<Statement> result = op.Requantization is { } requantization
                ? PlainOutput.Code(site, requantization, sum, multiplierTable?.Reference[output] ?? requantization.Multipliers[0], pixel, output)
                : PlainOutput.Logit(sum, ((pixel + output) * sizeof(int)) + site.OutputOffset);
            foreach (Statement statement in result) yield return statement;
        }

        /// <summary>One kernel row: whole blocks in a loop, then what is left.</summary>
        private IEnumerable<Statement> Line(int taps)
        {
            int blocks = taps / BlockTaps, rest = taps % BlockTaps;
            if (blocks > 0)
            {
                yield return For.Times("block", blocks, _ =>
                [
                    Sum(BlockTaps),
                    new Assign(weight, (Expression)weight + BlockTaps),
                    new Assign(source, (Expression)source + BlockTaps),
                ]);
            }

            if (rest > 0)
            {
                yield return Sum(rest);
                yield return new Assign(weight, (Expression)weight + rest);
            }
        }

        private Assign Sum(int taps)
        {
            Expression total = sum;
            for (int tap = 0; tap < taps; tap++) total += Weight(tap) * arena[(Expression)source + tap];
            return new Assign(sum, total);
        }

        private Expression Weight(int ahead) =>
            resource is null ? weights[(Expression)weight + ahead] : weights[(Expression)weight + ahead] - WeightResource.Bias;
    }
}
