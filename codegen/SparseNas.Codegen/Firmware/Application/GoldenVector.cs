using System.Collections.Immutable;

namespace SparseNas.Codegen.Firmware.Application;

/// <summary>An input with the output that the reference executor computed: what the device must reproduce to the last bit.</summary>
/// <param name="Input">Raw input bytes, [H,W,C].</param>
/// <param name="Logits">The last operator's accumulators, one per class.</param>
public sealed record GoldenVector(ImmutableArray<byte> Input, ImmutableArray<int> Logits)
{
    /// <summary>The class with the largest logit; the first of equals.</summary>
    public int Class => Logits.IndexOf(Logits.Max());
}
