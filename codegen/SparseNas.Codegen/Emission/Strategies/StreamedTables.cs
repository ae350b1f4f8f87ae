using SparseNas.Codegen.Emission.Plain;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Strategies;

/// <summary>
/// Weights stay in flash as a resource; each output reads its own into a chunk and uses them in loops: for layers with more weights than an assembly
/// can hold as code or initialisers, or a heap as tables. Needs a firmware with the resource manager.
/// </summary>
/// <param name="fewestWeights">Weights below which a table takes less than the resource manager's own assembly.</param>
internal sealed class StreamedTables(int fewestWeights = 2_048) : IEmissionStrategy
{
    /// <summary>Weights of one output beyond which two chunks of them are too much for any heap that this is meant for.</summary>
    private const int LargestChunk = 8_192;

    /// <inheritdoc/>
    public IEnumerable<OperatorCode> Offers(EmissionScope scope, OperatorSite site, OperatorSite? pool, bool clampByTable)
    {
        if (pool is not null || site.Accumulates || site.Operator is not QuantizedKernel op || op.Kernel.Weights.Length < fewestWeights) return [];
        int chunk = op.Kernel.Weights.Length / op.Kernel.Biases.Length;
        if (chunk > LargestChunk) return [];
        WeightResource resource = new($"Weights{site.Index}", op.Kernel.Weights, chunk);
        return [HoistedTables.Suits(site) ? HoistedTables.Of(site, resource) : PlainKernel.Of(site, resource)];
    }
}
