using SparseNas.Codegen.Emission.Code;
using SparseNas.Codegen.Emission.Kernels;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Strategies;

/// <summary>The ways of bringing inputs to a kernel, the same for all strategies with immediates for weights.</summary>
internal static class KernelOffers
{
    /// <summary>Taps beyond which a whole window in locals is not worth trying.</summary>
    private const int MostLocals = 250;

    /// <summary>Byte code beyond which a dense layer is shared among several methods, and how many at most.</summary>
    private const int LargePartBytes = 64_000, MostParts = 8;

    /// <summary>Weights beyond which only the promising ways are tried.</summary>
    private const int LargeWeights = 4_000;

    private static readonly int[] Chunks = [4, 8, 16, 32], LargeChunks = [16], BlockChunks = [4, 8], Blocks = [2, 3, 4];

    /// <summary>One kernel for each way that suits the layer.</summary>
    public static IEnumerable<OperatorCode> Of(
        EmissionScope scope, OperatorSite site, OperatorSite? pool, DeviceType word, int maxLanes, SumForm form, bool clampByTable)
    {
        if (site.Operator is not QuantizedKernel || site.Accumulates) yield break;
        if (form == SumForm.Grouped && ((QuantizedKernel)site.Operator).Kernel.Bits == 8 && site.Layer is not DepthwiseConv2D) yield break;   // too few magnitudes repeat
        if (word == DeviceType.Int && maxLanes > 1 && !WindowKernel.HasLanes(site, word, maxLanes)) yield break;   // the same as immediates
        bool isLarge = ((QuantizedKernel)site.Operator).Kernel.NonZeroCount > LargeWeights;
        if (isLarge && word == DeviceType.Int && ((QuantizedKernel)site.Operator).Kernel.Bits == 8) yield break;   // lanes always win there
        int taps = site.Windows.Rows.Kernel * site.Windows.Columns.Kernel * site.Input.Channels;
        IEnumerable<(Reuse Reuse, int Chunk, int Positions)> ways =
        [
            (Reuse.Direct, 0, 1),
            .. taps <= MostLocals ? [(Reuse.None, 0, 1), (Reuse.Shift, 0, 1), (Reuse.Rotate, 0, 1)] : Array.Empty<(Reuse, int, int)>(),
            .. (isLarge ? LargeChunks : Chunks).Where(chunk => chunk < taps).Select(chunk => (Reuse.None, chunk, 1)),
            .. site.Output.Width > 1 && site.Layer is Conv2D
                ? BlockChunks.Where(chunk => chunk < taps).SelectMany(chunk => Blocks.Select(positions => (Reuse.None, chunk, positions))) : [],
        ];
        foreach ((Reuse reuse, int chunk, int positions) in ways)
        {
            KernelShape shape = new(word, maxLanes, form, reuse, chunk, clampByTable) { Positions = positions };
            if (WindowKernel.Of(scope, site, pool, shape) is not { } code) continue;
            yield return code;
            for (int parts = 2; parts <= MostParts && site.Layer is Dense && code is { Count.IlBytes: > LargePartBytes } && IsLarge(code); parts++)
            {
                code = WindowKernel.Of(scope, site, pool, shape, parts)!;
                yield return code;
            }
        }
    }

    private static bool IsLarge(OperatorCode code) => code.UnitCounts.Any(count => count.IlBytes > LargePartBytes);
}

/// <summary>Weights as immediates, one product per tap: no heap for weights, zeros cost nothing.</summary>
internal sealed class Immediates : IEmissionStrategy
{
    /// <inheritdoc/>
    public IEnumerable<OperatorCode> Offers(EmissionScope scope, OperatorSite site, OperatorSite? pool, bool clampByTable) =>
        KernelOffers.Of(scope, site, pool, DeviceType.Int, 1, SumForm.Products, clampByTable);
}

/// <summary>Taps with weights of one magnitude are added first and multiplied once: for few bits, where magnitudes repeat.</summary>
internal sealed class GroupedTaps : IEmissionStrategy
{
    /// <inheritdoc/>
    public IEnumerable<OperatorCode> Offers(EmissionScope scope, OperatorSite site, OperatorSite? pool, bool clampByTable) =>
        KernelOffers.Of(scope, site, pool, DeviceType.Int, 1, SumForm.Grouped, clampByTable);
}

/// <summary>Several outputs in one 64-bit word, so that one multiplication serves them all; legal because lanes are as wide as the weights ask for.</summary>
internal sealed class PackedLanes : IEmissionStrategy
{
    private const int MostLanes = 16;

    /// <inheritdoc/>
    public IEnumerable<OperatorCode> Offers(EmissionScope scope, OperatorSite site, OperatorSite? pool, bool clampByTable) =>
        KernelOffers.Of(scope, site, pool, DeviceType.Long, MostLanes, SumForm.Products, clampByTable);
}

/// <summary>The same in a 32-bit word: fewer lanes, but no conversion of inputs to 64 bits.</summary>
internal sealed class PackedIntLanes : IEmissionStrategy
{
    private const int MostLanes = 8;

    /// <inheritdoc/>
    public IEnumerable<OperatorCode> Offers(EmissionScope scope, OperatorSite site, OperatorSite? pool, bool clampByTable) =>
        KernelOffers.Of(scope, site, pool, DeviceType.Int, MostLanes, SumForm.Products, clampByTable);
}
