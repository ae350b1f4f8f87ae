using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>
/// Compound scaling (Tan and Le 2019): depth grows by 1.2^φ, width by 1.1^φ and resolution by 1.15^φ together. Depth repeats blocks that keep
/// their extent and channels, width counts channels, resolution is what downsampling leaves of the input.
/// </summary>
/// <example><code>
/// Blueprint larger = CompoundScaling.Scale(blueprint, phi: 2, input);
/// ScaledBlueprint? best = CompoundScaling.Under(blueprint, input, classes, forecast => forecast.ParameterBytes &lt;= 2048);
/// </code></example>
public static class CompoundScaling
{
    /// <summary>Growth of depth, width and resolution for φ = 1.</summary>
    public const double DepthBase = 1.2, WidthBase = 1.1, ResolutionBase = 1.15;

    /// <summary>Largest and smallest φ that <see cref="Under"/> tries.</summary>
    public const double LargestPhi = 12;

    private const double PhiStep = 0.25;

    /// <summary>A blueprint scaled by φ.</summary>
    /// <param name="blueprint">What is scaled.</param>
    /// <param name="phi">Above 0 to grow, below to shrink; 0 changes nothing.</param>
    /// <param name="input">Shape of one sample: the resolution cannot exceed it.</param>
    public static Blueprint Scale(Blueprint blueprint, double phi, Shape input)
    {
        Blueprint wide = blueprint.WithChannels(channels => Math.Max(1, (int)Math.Round(channels * Math.Pow(WidthBase, phi))));
        return Deepened(wide, phi) with { Input = blueprint.Input with { DownsampleFactor = Factor(blueprint.Input.DownsampleFactor, phi, input) } };
    }

    /// <summary>The largest φ, in steps of a quarter, whose network assembles and keeps the budget; null when none does.</summary>
    /// <param name="blueprint">What is scaled.</param>
    /// <param name="candidate">Pruning and training that the forecast counts with.</param>
    /// <param name="input">Shape of one sample.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="fits">The budget.</param>
    public static ScaledBlueprint? Under(Blueprint blueprint, Candidate candidate, Shape input, int classes, Func<Forecast, bool> fits)
    {
        for (double phi = LargestPhi; phi >= -LargestPhi; phi -= PhiStep)
        {
            if (TryScale(blueprint, phi, candidate, input, classes) is { } scaled && fits(scaled.Forecast)) return scaled;
        }

        return null;
    }

    /// <summary>A blueprint scaled by φ with its forecast, or null when it does not fit the input any more.</summary>
    /// <inheritdoc cref="Under"/>
    public static ScaledBlueprint? TryScale(Blueprint blueprint, double phi, Candidate candidate, Shape input, int classes)
    {
        Blueprint scaled = Scale(blueprint, phi, input);
        try
        {
            return new ScaledBlueprint(phi, scaled, Forecast.Of(candidate with { Blueprint = scaled }, input, classes));
        }
        catch (ArchitectureException)
        {
            return null;   // too many strides or too large a kernel for what downsampling leaves
        }
    }

    /// <summary>The scaled blueprint moved to the nearest choices of a space, which decides whether it fits.</summary>
    internal static Blueprint Within(ArchitectureSpace space, Blueprint blueprint, double phi, SeededRandom random)
    {
        SpaceOptions options = space.Options;
        double width = Math.Pow(WidthBase, phi);
        Blueprint wide = blueprint.WithChannels(
            channels => Nearest(options.Channels, channels * width), inner => Nearest(options.InnerChannels, inner * width));
        Blueprint deep = Deepened(wide, phi + (random.NextDouble() * Math.Sign(phi)));   // a few blocks never round up otherwise
        int factor = Factor(blueprint.Input.DownsampleFactor, phi, space.Input);
        return deep with { Input = blueprint.Input with { DownsampleFactor = Nearest(options.DownsampleFactors, factor) } };
    }

    /// <summary>
    /// ⌊n · 1.2^φ + ½⌋ blocks: repetitions stand behind the block that they repeat, spread evenly; the last repetitions, then the last blocks
    /// that keep their extent, go first. A repetition has stride 1 and no pooling.
    /// </summary>
    private static Blueprint Deepened(Blueprint blueprint, double phi)
    {
        int count = blueprint.Blocks.Length, wanted = Math.Max(Math.Min(count, 1), (int)Math.Floor((count * Math.Pow(DepthBase, phi)) + 0.5));
        Blueprint result = blueprint;
        for (int added = 0; result.Blocks.Length < wanted && count > 0; added++)
        {
            int origin = added % count;
            int position = result.Blocks.IndexOf(blueprint.Blocks[origin]) + 1;
            Block repeated = Repetition(blueprint.Blocks[origin], result.NextId);
            result = result with { Blocks = result.Blocks.Insert(position, repeated) };
        }

        for (int position = result.Blocks.Length - 1; result.Blocks.Length > wanted && position >= 0; position--)
        {
            Block block = result.Blocks[position];
            if (block.Sliding is (1, Padding.Same) && block.Pooling.Kind == PoolKind.None) result = result with { Blocks = result.Blocks.RemoveAt(position) };
        }

        return result;
    }

    private static Block Repetition(Block block, int id)
    {
        Block repeated = block with { Id = id, Pooling = Pooling.None };
        return repeated is SlidingBlock sliding ? sliding with { Stride = 1, Padding = Padding.Same } : repeated;
    }

    /// <summary>The downsampling whose resolution is nearest to 1.15^φ times the old one; 1 to 4, where the input allows it.</summary>
    private static int Factor(int old, double phi, Shape input)
    {
        double wished = Math.Pow(ResolutionBase, phi) / old;
        return Enumerable.Range(1, 4).Where(factor => BlockGeometry.AfterInput(input, factor) is not null)
            .MinBy(factor => Math.Abs(Math.Log(wished * factor)));
    }

    private static int Nearest(ImmutableArray<int> ascending, double value) => ascending.MinBy(choice => Math.Abs(Math.Log(choice / value)));
}

/// <summary>A result of compound scaling.</summary>
/// <param name="Phi">φ.</param>
/// <param name="Blueprint">The scaled choices.</param>
/// <param name="Forecast">What it will cost at least.</param>
public sealed record ScaledBlueprint(double Phi, Blueprint Blueprint, Forecast Forecast);
