using System.Collections.Immutable;

namespace SparseNas.Quantization;

/// <summary>
/// From a 32-bit accumulator to an activation code. Rounding is defined here once (half up, by an arithmetic shift) and is the same in the
/// reference executor, in generated code and so on the device:
/// <c>q = clamp(ZeroPoint + ((acc · Multiplier[channel] + 2^(Shift−1)) &gt;&gt; Shift), Minimum, Maximum)</c> with a 64-bit product.
/// </summary>
/// <param name="Multipliers">One per output channel, or a single one for all; 0 .. 32,767.</param>
/// <param name="Shift">1 to 46, the same for all channels.</param>
/// <param name="ZeroPoint">Zero point of the output.</param>
/// <param name="Minimum">Smallest code: the zero point after a ReLU, else 0.</param>
/// <param name="Maximum">Largest code.</param>
public sealed record Requantization(ImmutableArray<int> Multipliers, int Shift, int ZeroPoint, int Minimum, int Maximum)
{
    /// <summary>Multiplier of <paramref name="channel"/>.</summary>
    public int Multiplier(int channel) => Multipliers.Length == 1 ? Multipliers[0] : Multipliers[channel];

    /// <summary>The code for accumulator <paramref name="accumulator"/> of <paramref name="channel"/>.</summary>
    public int Apply(int accumulator, int channel)
    {
        long product = ((long)accumulator * Multiplier(channel)) + (1L << (Shift - 1));
        return (int)Math.Clamp(ZeroPoint + (product >> Shift), Minimum, Maximum);
    }
}
