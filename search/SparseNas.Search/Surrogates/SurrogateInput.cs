using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>
/// A candidate as a surrogate sees it. Conditional parameters follow Arc kernels (Swersky et al. 2014): an absent one is the origin, a present one lies on a
/// circle around it, so absent and present are equally far whatever the value. Figures that are known before training are features like others.
/// </summary>
/// <param name="Size">Logarithms of parameters, multiplications, memory and head inputs, depth and shape: what a network could know.</param>
/// <param name="Training">Hyperparameters, epochs of the lineage, pruning and bits.</param>
/// <param name="Layers">Arc embedding of block after block.</param>
/// <param name="Blueprint">The graph, for the edit distance.</param>
public sealed record SurrogateInput(ImmutableArray<double> Size, ImmutableArray<double> Training, ImmutableArray<double> Layers, Blueprint Blueprint)
{
    /// <summary>The blueprint as its edit distance needs it.</summary>
    internal BlueprintSketch Sketch { get; } = BlueprintSketch.Of(Blueprint);

    /// <summary>Describes a candidate.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="forecast">Its forecast.</param>
    /// <param name="space">Its space.</param>
    /// <param name="epochsOfLineage">Epochs that its weights will have seen.</param>
    public static SurrogateInput Of(Candidate candidate, Forecast forecast, ArchitectureSpace space, int epochsOfLineage)
    {
        Blueprint blueprint = candidate.Blueprint;
        Extent last = space.ExtentBefore(blueprint, blueprint.Blocks.Length)!.Value;
        int channels = blueprint.Blocks.OfType<WideBlock>().LastOrDefault()?.OutputChannels ?? space.Input.Channels;
        int headInputs = blueprint.Head.HasGlobalPooling ? channels : blueprint.Head.Gathered(channels * last.Height * last.Width);
        PruningChoice pruning = candidate.Pruning;
        ImmutableArray<double> size =
        [
            Log(forecast.ParameterBytes) / 8, Log(forecast.Macs) / 12, Log(forecast.WorkingMemoryPeakBytes) / 8, Log(headInputs) / 6, Log(channels) / 4,
            blueprint.Blocks.Length / 4.0, Log(last.Height * last.Width) / 6, blueprint.Head.HasGlobalPooling ? 0.5 : 0, Log(1 + blueprint.Head.HiddenFeatures) / 6,
            blueprint.Input.DownsampleFactor / 3.0, blueprint.Input.IsGrey ? 0.5 : 0,
        ];
        ImmutableArray<double> training =
        [
            Log(candidate.Training.LearningRate) / 3, Log(candidate.Training.BatchSize) / 3, Log(1e-6 + candidate.Training.WeightDecay) / 8, Log(epochsOfLineage) / 2,
            pruning.Sparsity, pruning.Structure == PruningStructure.Channels ? 0.5 : 0, 0.2 * (int)pruning.Method, blueprint.WeightBits.Average() / 6.0, candidate.TeacherWeight,
        ];
        return new SurrogateInput(size, training, [.. Enumerable.Range(0, space.Options.MaximumBlocks).SelectMany(slot => Embed(blueprint, slot))], blueprint);
    }

    /// <summary>The parameters of one slot, as pairs; absent ones are (0, 0).</summary>
    private static IEnumerable<double> Embed(Blueprint blueprint, int slot)
    {
        Block? block = slot < blueprint.Blocks.Length ? blueprint.Blocks[slot] : null;
        double?[] values =
        [
            block is null ? null : (double)block.Kind / 5,
            block is null ? null : block.Kernel / 7.0,
            block is null ? null : block.Pooling.Kind == PoolKind.None ? 0 : block.Pooling.Size / 3.0,
            block is null ? null : block.HasBatchNorm ? 1 : 0,
            block is WideBlock wide ? Math.Min(1, Log(wide.Channels) / 4) : null,
            block is SlidingBlock sliding ? sliding.Stride - 1 : null,
            block is SlidingBlock padded ? (padded.Padding == Padding.Same ? 0 : 1) : null,
            InnerChannelsOf(block) is { } inner ? Math.Min(1, Log(inner) / 4) : null,
            block is ParallelBlock parallel ? parallel.SideKernel / 7.0 : null,
            block is ParallelBlock joined ? (joined.Join == JoinKind.Add ? 0 : 1) : null,
            block is null ? null : block.WeightBits / 8.0,
        ];
        foreach (double? value in values)
        {
            yield return value is null ? 0 : 0.5 * Math.Sin(Math.PI * 0.5 * value.Value);
            yield return value is null ? 0 : 0.5 * Math.Cos(Math.PI * 0.5 * value.Value);
        }
    }

    private static int? InnerChannelsOf(Block? block) => block switch
    {
        DownsampledBlock b => b.InnerChannels,
        ResidualBlock b => b.InnerChannels,
        ParallelBlock { Join: JoinKind.Concat } b => b.SideChannels,
        _ => null,
    };

    private static double Log(double value) => Math.Log(value);
}
