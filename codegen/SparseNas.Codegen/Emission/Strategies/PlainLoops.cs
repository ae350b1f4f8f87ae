using SparseNas.Codegen.Emission.Plain;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Strategies;

/// <summary>Nested loops over static arrays: small, slow, for every operator.</summary>
internal sealed class PlainLoops : IEmissionStrategy
{
    /// <inheritdoc/>
    public IEnumerable<OperatorCode> Offers(EmissionScope scope, OperatorSite site, OperatorSite? pool, bool clampByTable) =>
        pool is null ? [PlainCode.Of(site)] : pool.Operator is QuantizedMaxPool ? [PlainKernel.Joined(site, pool)] : [];
}
