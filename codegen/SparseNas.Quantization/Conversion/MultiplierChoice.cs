using System.Collections.Immutable;

namespace SparseNas.Quantization.Conversion;

/// <summary>
/// Multipliers and their common shift for the ratios input scale · weight scale / output scale of an operator's channels. A weight scale is
/// free within its grid, so the kernel builder moves it to where its multiplier is exact; what a narrow multiplier costs is then only a
/// slightly coarser (or slightly clipped) grid, never a wrong gain.
/// </summary>
/// <param name="Shift">1 to 46.</param>
/// <param name="Multipliers">1 to 32,767 each.</param>
internal sealed record MultiplierChoice(int Shift, ImmutableArray<int> Multipliers)
{
    /// <summary>Largest relative move of a weight scale that costs nothing: half a code at the end of an 8-bit grid.</summary>
    public const double FreeMove = 1.0 / 256;

    private const int LargestMultiplier = 32767;
    private const int MaxShift = 46;

    /// <summary>The ratio that channel <paramref name="channel"/> really gets.</summary>
    public double Ratio(int channel) => Math.ScaleB(Multipliers[channel], -Shift);

    /// <summary>
    /// The smallest shift at which no scale moves further than <see cref="FreeMove"/>, or the largest that keeps 15 bits.
    /// </summary>
    public static MultiplierChoice Narrowest(ReadOnlySpan<double> ratios)
    {
        int last = LargestShift(ratios);
        for (int shift = 1; shift < last; shift++)
        {
            MultiplierChoice choice = At(ratios, shift);
            if (choice.LargestMove(ratios) <= FreeMove) return choice;
        }

        return At(ratios, last);
    }

    /// <summary>
    /// Powers of two, each the nearest above its ratio (or just below, within <see cref="FreeMove"/>), at the smallest shift that serves
    /// the smallest ratio.
    /// </summary>
    public static MultiplierChoice PowersOfTwo(ReadOnlySpan<double> ratios)
    {
        double smallest = double.PositiveInfinity;
        foreach (double ratio in ratios) smallest = Math.Min(smallest, ratio);
        int shift = Math.Clamp(-Math.ILogB(smallest), 1, LargestShift(ratios));
        var multipliers = ImmutableArray.CreateBuilder<int>(ratios.Length);
        foreach (double ratio in ratios)
        {
            double exact = Math.ScaleB(ratio, shift) * (1 - FreeMove);
            multipliers.Add(1 << Math.Clamp((int)Math.Ceiling(Math.Log2(exact)), 0, 14));
        }

        return new MultiplierChoice(shift, multipliers.MoveToImmutable());
    }

    /// <summary>
    /// The multipliers at <paramref name="shift"/>: the nearest where that is close, else the next above so that no weight is clipped.
    /// </summary>
    public static MultiplierChoice At(ReadOnlySpan<double> ratios, int shift)
    {
        var multipliers = ImmutableArray.CreateBuilder<int>(ratios.Length);
        foreach (double ratio in ratios)
        {
            double exact = Math.ScaleB(ratio, shift), nearest = Math.Round(exact);
            double chosen = Math.Abs(nearest - exact) <= FreeMove * exact ? nearest : Math.Ceiling(exact);
            multipliers.Add((int)Math.Clamp(chosen, 1, LargestMultiplier));
        }

        return new MultiplierChoice(shift, multipliers.MoveToImmutable());
    }

    /// <summary>Largest relative difference between a wished and a real ratio.</summary>
    public double LargestMove(ReadOnlySpan<double> ratios)
    {
        double largest = 0;
        for (int channel = 0; channel < ratios.Length; channel++)
            largest = Math.Max(largest, Math.Abs((Ratio(channel) / ratios[channel]) - 1));
        return largest;
    }

    private static int LargestShift(ReadOnlySpan<double> ratios)
    {
        double largest = 0;
        foreach (double ratio in ratios) largest = Math.Max(largest, ratio);
        return Math.Clamp(14 - Math.ILogB(largest), 1, MaxShift);
    }
}
