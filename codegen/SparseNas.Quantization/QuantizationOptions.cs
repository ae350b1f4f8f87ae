using System.Collections.Immutable;

namespace SparseNas.Quantization;

/// <summary>How the range of an activation tensor is chosen from what it was seen to hold.</summary>
public enum CalibrationMethod
{
    /// <summary>Smallest to largest value seen: nothing is clipped, outliers cost resolution.</summary>
    MinMax,

    /// <summary>All but the outermost share of values; see <see cref="QuantizationOptions.ClippedShare"/>.</summary>
    Percentile,

    /// <summary>The range with the least mean squared error between a value and its code, clipping included.</summary>
    MeanSquaredError,
}

/// <summary>How a layer with 8-bit weights multiplies its accumulators back to codes.</summary>
public enum RequantizationKind
{
    /// <summary>The narrowest multipliers that cost no accuracy.</summary>
    Multiplier,

    /// <summary>
    /// Powers of two alone, so that a device only shifts; a weight grid becomes up to twice as coarse (7 to 8 bits effective). Weights
    /// below 8 bits, whose grids cannot afford it, keep multipliers.
    /// </summary>
    PowerOfTwo,
}

/// <summary>Widths of one layer's numbers where they differ from the network's.</summary>
/// <param name="Layer">Name of the architecture's node.</param>
/// <param name="WeightBits">8, 4, 3, 2 or 1 (ternary).</param>
/// <param name="ActivationBits">Width of the layer's output: 8 down to 4.</param>
public sealed record LayerBits(string Layer, int WeightBits, int ActivationBits);

/// <summary>Everything about a quantisation except the network and the calibration samples.</summary>
public sealed record QuantizationOptions
{
    /// <summary>Bits per weight: 8, 4, 3, 2 (−2 .. 1) or 1 (ternary: −1, 0, 1).</summary>
    public int WeightBits { get; init; } = 8;

    /// <summary>Bits per activation: 8 down to 4. The input always has 8.</summary>
    public int ActivationBits { get; init; } = 8;

    /// <summary>Layers with widths of their own.</summary>
    public ImmutableArray<LayerBits> Layers { get; init; } = [];

    /// <summary>How ranges are chosen.</summary>
    public CalibrationMethod Calibration { get; init; } = CalibrationMethod.MeanSquaredError;

    /// <summary>
    /// Share of values that <see cref="CalibrationMethod.Percentile"/> clips, 0 to below 0.5, on each side that is not zero.
    /// </summary>
    public double ClippedShare { get; init; } = 1e-4;

    /// <summary>Samples used for calibration: the first so many, at least 1.</summary>
    public int CalibrationSamples { get; init; } = 1000;

    /// <summary>Multipliers of any value, or powers of two.</summary>
    public RequantizationKind Requantization { get; init; } = RequantizationKind.Multiplier;

    /// <summary>The widths of layer <paramref name="name"/>.</summary>
    public LayerBits For(string name) =>
        Layers.FirstOrDefault(layer => layer.Layer == name) ?? new LayerBits(name, WeightBits, ActivationBits);

    /// <summary>Refuses options outside their ranges.</summary>
    /// <param name="layers">The names that exist.</param>
    /// <exception cref="ArgumentException">Any option is out of range; every mistake is listed.</exception>
    public void Check(IEnumerable<string> layers)
    {
        List<string> problems = [];
        HashSet<string> names = [.. layers];
        foreach (LayerBits bits in Layers.Prepend(new LayerBits("every layer", WeightBits, ActivationBits)))
        {
            if (!WeightWidth.All.Contains(bits.WeightBits))
                problems.Add($"{bits.Layer}: weight bits must be 8, 4, 3, 2 or 1 (ternary), but are {bits.WeightBits}");
            if (bits.ActivationBits is < 4 or > 8)
                problems.Add($"{bits.Layer}: 4 <= activation bits <= 8 must hold, but got {bits.ActivationBits}");
        }

        problems.AddRange(Layers.Where(bits => !names.Contains(bits.Layer))
            .Select(bits => $"'{bits.Layer}' is not a layer; layers are {string.Join(", ", names)}"));
        if (!(ClippedShare >= 0 && ClippedShare < 0.5)) problems.Add($"0 <= clipped share < 0.5 must hold, but got {ClippedShare}");
        if (CalibrationSamples < 1) problems.Add($"calibration samples >= 1 must hold, but got {CalibrationSamples}");
        if (problems.Count > 0) throw new ArgumentException($"Quantisation options: {string.Join("; ", problems)}.");
    }
}
