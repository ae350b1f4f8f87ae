using System.Collections.Immutable;
using SparseNas.Codegen.Emission.Code;
using SparseNas.Codegen.Emission.Kernels;
using SparseNas.Codegen.Emission.Plain;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Strategies;

/// <summary>
/// Layers that add up rows. A dense layer has a method for every row, with that row's weights as immediates, as a dense layer over that row alone would
/// have; a global average adds a channel's whole row in one expression.
/// </summary>
internal sealed class RowSums : IEmissionStrategy
{
    /// <summary>Rows beyond which a method for each is not worth their number.</summary>
    private const int MostRows = 32;

    /// <summary>Columns beyond which one expression for a row is too deep.</summary>
    private const int MostColumns = 64;

    /// <summary>Channels beyond which a loop over them is all that is worth its bytes.</summary>
    private const int MostUnrolled = 64;

    private static readonly ImmutableArray<KernelShape> Shapes =
    [
        .. Enumerable.SelectMany<int, KernelShape>([0, 4, 8, 16, 32], chunk =>
        [
            new(DeviceType.Long, 16, SumForm.Products, Reuse.None, chunk, false),
            new(DeviceType.Int, 8, SumForm.Products, Reuse.None, chunk, false),
            new(DeviceType.Int, 1, SumForm.Products, Reuse.None, chunk, false),
            new(DeviceType.Int, 1, SumForm.Grouped, Reuse.None, chunk, false),
        ]),
    ];

    /// <inheritdoc/>
    public IEnumerable<OperatorCode> Offers(EmissionScope scope, OperatorSite site, OperatorSite? pool, bool clampByTable)
    {
        if (pool is not null || !site.Accumulates) return [];
        return site.Operator is QuantizedMean ? (site.Input.Width <= MostColumns ? Mean(site) : []) : site.Runs <= MostRows ? Dense(scope, site) : [];
    }

    private static IEnumerable<OperatorCode> Dense(EmissionScope scope, OperatorSite site)
    {
        if (!Enumerable.Range(0, site.Output.Channels).All(output => site.BoundOf(output).FitsInt32)) yield break;
        ImmutableArray<OperatorSite> rows = [.. Enumerable.Range(0, site.Runs).Select(site.OfRow)];
        foreach (KernelShape shape in Shapes)
        {
            OperatorCode?[] codes = [.. rows.Select(row => WindowKernel.Of(scope, row, null, shape))];
            if (codes.Any(code => code is null)) continue;
            List<Method> units = [.. codes.Select((code, row) => code!.Method with { Name = $"{site.MethodName}_row{row}", Summary = [$"Row {row}."] })];
            if (site.Requantization is not null) units.Add(Finish(site));
            Method every = new(site.MethodName, StepComment.Of(site, shape + ", a method for each row"), Block.Of());
            every = RowDispatch.Of(every, RowNumbers.Added(site.Index), site.Runs, [.. units], unit => unit.Name);
            yield return new OperatorCode(shape + ", by rows", [site.Index], every, []) { Units = [.. units], Rows = site.Runs };
        }
    }

    /// <summary>Turns the sums into codes, in the order in which no code lies over a sum that is still needed.</summary>
    private static Method Finish(OperatorSite site)
    {
        Variable arena = Variable.Array("arena", DeviceType.Bytes), sum = Variable.Value("sum");
        OutputStage output = new(site, arena, null, null);
        Statement[] codes = [.. Enumerable.Range(0, site.Output.Channels).SelectMany(channel => output
            .Write(channel, sum, 0, site.OutputOffset)
            .Prepend(new Assign(sum, PlainRowSum.Stored(arena, (channel * sizeof(int)) + site.OutputOffset))))];
        return new Method(
            $"{site.MethodName}_codes", ["All rows have come: sums become codes."],
            Block.Of([new Declare(arena, OperatorSite.Arena), new Declare(sum, null), .. output.Declarations, .. codes]));
    }

    /// <summary>Channels in a loop, which is short, or one after the other, which is fast.</summary>
    private static IEnumerable<OperatorCode> Mean(OperatorSite site)
    {
        Variable arena = Variable.Array("arena", DeviceType.Bytes);
        IEnumerable<Statement> Sums(MeanSums.EachChannel each) => MeanSums.Of(site, arena, each, (sum, channel) =>
            [new Assign(sum, Enumerable.Range(0, site.Input.Width).Aggregate(
                (Expression)sum, (total, column) => total + site.Code(arena, column * site.InputPixelBytes, channel, site.InputOffset())))]);
        OperatorCode Code(string name, MeanSums.EachChannel each) => new(
            name, [site.Index], new Method(site.MethodName, StepComment.Of(site, "a row in one expression"), Block.Of([new Declare(arena, OperatorSite.Arena), .. Sums(each)])), []) { Runs = site.Runs };
        yield return Code("row sums", body => For.Times("channel", site.Output.Channels, body));
        if (site.Output.Channels <= MostUnrolled) yield return Code("row sums, unrolled", body => Block.Of(Enumerable.Range(0, site.Output.Channels).Select(channel => Block.Of(body(channel)))));
    }
}
