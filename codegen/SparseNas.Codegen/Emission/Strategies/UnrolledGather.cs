using SparseNas.Codegen.Emission.Code;
using SparseNas.Codegen.Emission.Plain;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Strategies;

/// <summary>
/// Selected values one after the other, indices as immediates: no heap for a table. In place, a value that already lies where it belongs costs
/// nothing.
/// </summary>
internal sealed class UnrolledGather : IEmissionStrategy
{
    /// <inheritdoc/>
    public IEnumerable<OperatorCode> Offers(EmissionScope scope, OperatorSite site, OperatorSite? pool, bool clampByTable)
    {
        if (pool is not null || site.Operator is not QuantizedGather op) return [];
        Variable arena = Variable.Array("arena", DeviceType.Bytes), code = Variable.Value("code");
        IEnumerable<Statement> moves = op.Indices.SelectMany((index, feature) =>
        {
            int from = site.InputOffset() + index, to = site.Plan.Of(site.Index).OffsetBytes + feature;
            if (op.Minimum == 0) return from == to ? [] : new Statement[] { new Store(arena, to, arena[from]) };
            Statement load = feature == 0 ? new Declare(code, arena[from]) : new Assign(code, arena[from]);
            return [load, PlainGather.AtLeastMinimum(site, code), new Store(arena, to, code)];
        });
        Block body = Block.Of([new Declare(arena, OperatorSite.Arena), .. moves]);
        return [new OperatorCode("unrolled", [site.Index], new Method(site.MethodName, StepComment.Of(site, "one move after the other"), body), [])];
    }
}
