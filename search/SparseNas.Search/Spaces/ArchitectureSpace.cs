using System.Collections.Immutable;
using System.Numerics;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>
/// The blueprints that a study's options allow for one input shape. Every blueprint it draws can be assembled, because choices are drawn only
/// among those that fit the running extent and leave at least one way to finish.
/// </summary>
public sealed class ArchitectureSpace
{
    private readonly Dictionary<(int Blocks, Extent Extent), BigInteger> counts = [];
    private readonly Dictionary<Extent, (ImmutableArray<BlockGeometry> Sliding, ImmutableArray<BlockGeometry> Residual, ImmutableArray<BlockGeometry> Parallel)> fitting = [];
    private readonly Lock gate = new();

    /// <summary>Binds options to an input.</summary>
    /// <param name="name">Name of the study, for errors.</param>
    /// <param name="options">What may be built.</param>
    /// <param name="input">Shape of one sample.</param>
    /// <param name="classes">Number of classes.</param>
    /// <exception cref="StudyException">Nothing can be built.</exception>
    public ArchitectureSpace(string name, SpaceOptions options, Shape input, int classes)
    {
        Options = options;
        Input = input;
        Classes = classes;
        Size = InputStages.Aggregate(BigInteger.Zero, (sum, stage) => sum + Counts(stage).Aggregate(BigInteger.Zero, (a, b) => a + b)) * HeadCount;
        if (Size.IsZero)
        {
            throw new StudyException(name,
            [
                $"$.space: empty: no sequence of {options.MinimumBlocks} to {options.MaximumBlocks} blocks fits an input of {input}; "
                + "allow fewer blocks, smaller kernels, stride 1, no pooling or \"same\" padding",
            ]);
        }
    }

    /// <summary>What may be built.</summary>
    public SpaceOptions Options { get; }

    /// <summary>Shape of one sample.</summary>
    public Shape Input { get; }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>The exact number of blueprints.</summary>
    public BigInteger Size { get; }

    /// <summary>Input stages that fit.</summary>
    internal ImmutableArray<InputStage> InputStages =>
        [.. from grey in Input.Channels == 3 ? Options.Greyscale : [false]
            from factor in Options.DownsampleFactors
            where BlockGeometry.AfterInput(Input, factor) is not null
            select new InputStage(grey, factor)];

    /// <summary>A share of gathered values is a choice only where there is no global pooling.</summary>
    private int HeadCount => Options.GlobalPooling.Sum(pooled => pooled ? 1 : Options.GatherShares.Length) * Options.HiddenFeatures.Length;

    /// <summary>A random blueprint: the number of blocks, then each choice of each block in turn, all uniform among what fits.</summary>
    public Blueprint Sample(SeededRandom random)
    {
        ImmutableArray<InputStage> stages = [.. InputStages.Where(stage => Counts(stage).Any(count => !count.IsZero))];
        InputStage stage = stages[random.Next(stages.Length)];
        int[] lengths = [.. Enumerable.Range(Options.MinimumBlocks, Options.MaximumBlocks - Options.MinimumBlocks + 1).Where(n => !Counts(stage)[n - Options.MinimumBlocks].IsZero)];
        Extent extent = BlockGeometry.AfterInput(Input, stage.DownsampleFactor)!.Value;
        var blocks = ImmutableArray.CreateBuilder<Block>();
        for (int left = Pick(lengths, random); left > 0; left--)
        {
            Block block = SampleBlock(blocks.Count + 1, extent, left - 1, random)!;
            extent = BlockGeometry.Of(block).After(extent)!.Value;
            blocks.Add(block);
        }

        bool isPooled = Pick(Options.GlobalPooling, random);
        int hidden = Pick(Options.HiddenFeatures, random);
        return new Blueprint(stage, blocks.ToImmutable(), new Head(isPooled, hidden, isPooled ? 1 : Pick(Options.GatherShares, random)));
    }

    /// <summary>A random block for the extent, such that <paramref name="blocksLeft"/> more can follow; null when none fits.</summary>
    internal Block? SampleBlock(int id, Extent extent, int blocksLeft, SeededRandom random)
    {
        BlockKind[] kinds = [.. Options.Kinds.Where(kind => Fitting(kind, extent).Any(geometry => !Count(blocksLeft, geometry.After(extent)!.Value).IsZero))];
        if (kinds.Length == 0) return null;
        BlockKind chosen = Pick(kinds, random);
        BlockGeometry[] geometries = [.. Fitting(chosen, extent).Where(geometry => !Count(blocksLeft, geometry.After(extent)!.Value).IsZero)];
        BlockGeometry g = Pick(geometries, random);
        bool norm = Pick(Options.BatchNorm, random);
        return chosen switch
        {
            BlockKind.Conv => new ConvBlock(id, Pick(Options.Channels, random), g.Kernel, g.Stride, g.Padding, norm, g.Pooling),
            BlockKind.Separable => new SeparableBlock(id, Pick(Options.Channels, random), g.Kernel, g.Stride, g.Padding, norm, g.Pooling),
            BlockKind.DownsampledConv => new DownsampledBlock(
                id, Pick(Options.InnerChannels, random), Pick(Options.Channels, random), g.Kernel, g.Stride, g.Padding, norm, g.Pooling),
            BlockKind.Depthwise => new DepthwiseBlock(id, g.Kernel, g.Stride, g.Padding, norm, g.Pooling),
            BlockKind.Residual => new ResidualBlock(id, Pick(Options.InnerChannels, random), g.Kernel, norm, g.Pooling),
            BlockKind.Parallel => SampleParallel(id, g, norm, random),
            _ => throw new InvalidOperationException($"Block kind {chosen} is not handled here."),
        };
    }

    private ParallelBlock SampleParallel(int id, BlockGeometry g, bool norm, SeededRandom random)
    {
        JoinKind join = Pick(Options.Joins, random);
        return new ParallelBlock(
            id, Pick(Options.Channels, random), join == JoinKind.Concat ? Pick(Options.InnerChannels, random) : 0, g.Kernel, Pick(SideKernels(g.Kernel), random), join,
            g.Stride, norm, g.Pooling);
    }

    private int[] SideKernels(int kernel) => [.. Options.SideKernels.Where(side => side < kernel)];

    /// <summary>The extent in front of block <paramref name="position"/>, or null when the blueprint does not fit so far.</summary>
    internal Extent? ExtentBefore(Blueprint blueprint, int position)
    {
        Extent? extent = BlockGeometry.AfterInput(Input, blueprint.Input.DownsampleFactor);
        for (int index = 0; index < position && extent is not null; index++) extent = BlockGeometry.Of(blueprint.Blocks[index]).After(extent.Value);
        return extent;
    }

    /// <summary>Whether every choice of <paramref name="blueprint"/> is allowed and fits.</summary>
    public bool Contains(Blueprint blueprint) =>
        blueprint.Blocks.Length >= Options.MinimumBlocks && blueprint.Blocks.Length <= Options.MaximumBlocks
        && InputStages.Contains(blueprint.Input)
        && Options.GlobalPooling.Contains(blueprint.Head.HasGlobalPooling)
        && Options.HiddenFeatures.Contains(blueprint.Head.HiddenFeatures)
        && (blueprint.Head.HasGlobalPooling ? blueprint.Head.GatherShare == 1 : Options.GatherShares.Contains(blueprint.Head.GatherShare))
        && blueprint.Blocks.Select(block => block.Id).Distinct().Count() == blueprint.Blocks.Length
        && blueprint.Blocks.All(Allows)
        && ExtentBefore(blueprint, blueprint.Blocks.Length) is not null;

    private bool Allows(Block block) =>
        Options.Kinds.Contains(block.Kind) && Options.Kernels.Contains(block.Kernel)
        && Options.BatchNorm.Contains(block.HasBatchNorm) && Options.Poolings.Contains(block.Pooling)
        && (block is not SlidingBlock sliding || (Options.Strides.Contains(sliding.Stride) && (block is ParallelBlock || Options.Paddings.Contains(sliding.Padding))))
        && (block is not WideBlock wide || Options.Channels.Contains(wide.Channels))
        && block switch
        {
            DownsampledBlock b => Options.InnerChannels.Contains(b.InnerChannels),
            ResidualBlock b => Options.InnerChannels.Contains(b.InnerChannels),
            ParallelBlock b => b.Padding == Padding.Same && Options.Joins.Contains(b.Join) && SideKernels(b.Kernel).Contains(b.SideKernel)
                && (b.Join == JoinKind.Concat ? Options.InnerChannels.Contains(b.SideChannels) : b.SideChannels == 0),
            _ => true,
        };

    /// <summary>Number of block sequences for each allowed length.</summary>
    private BigInteger[] Counts(InputStage stage)
    {
        Extent extent = BlockGeometry.AfterInput(Input, stage.DownsampleFactor)!.Value;
        return [.. Enumerable.Range(Options.MinimumBlocks, Options.MaximumBlocks - Options.MinimumBlocks + 1).Select(blocks => Count(blocks, extent))];
    }

    /// <summary>Number of sequences of <paramref name="blocks"/> blocks that fit <paramref name="extent"/>.</summary>
    private BigInteger Count(int blocks, Extent extent)
    {
        if (blocks == 0) return BigInteger.One;
        lock (gate)
        {
            if (counts.TryGetValue((blocks, extent), out BigInteger known)) return known;
            BigInteger sum = 0;
            foreach (BlockKind kind in Options.Kinds)
            {
                BigInteger ways = 0;
                foreach (BlockGeometry geometry in Fitting(kind, extent)) ways += Count(blocks - 1, geometry.After(extent)!.Value) * SidesOf(kind, geometry);
                sum += ways * VariantsOf(kind);
            }

            return counts[(blocks, extent)] = sum;
        }
    }

    /// <summary>Choices of a block of this kind that do not change its extent.</summary>
    private int VariantsOf(BlockKind kind) => Options.BatchNorm.Length * kind switch
    {
        BlockKind.Conv or BlockKind.Separable => Options.Channels.Length,
        BlockKind.DownsampledConv => Options.Channels.Length * Options.InnerChannels.Length,
        BlockKind.Depthwise => 1,
        BlockKind.Residual => Options.InnerChannels.Length,
        BlockKind.Parallel => Options.Channels.Length * Options.Joins.Sum(join => join == JoinKind.Concat ? Options.InnerChannels.Length : 1),
        _ => throw new InvalidOperationException($"Block kind {kind} is not handled here."),
    };

    private int SidesOf(BlockKind kind, BlockGeometry geometry) => kind == BlockKind.Parallel ? SideKernels(geometry.Kernel).Length : 1;

    private ImmutableArray<BlockGeometry> Fitting(BlockKind kind, Extent extent)
    {
        lock (gate)
        {
            if (!fitting.TryGetValue(extent, out var found))
            {
                found = fitting[extent] = (
                    Fitting(extent, Options.Strides, Options.Paddings), Fitting(extent, [1], [Padding.Same]),
                    [.. Fitting(extent, Options.Strides, [Padding.Same]).Where(geometry => SideKernels(geometry.Kernel).Length > 0)]);
            }

            return kind switch { BlockKind.Residual => found.Residual, BlockKind.Parallel => found.Parallel, _ => found.Sliding };
        }
    }

    private ImmutableArray<BlockGeometry> Fitting(Extent extent, ImmutableArray<int> strides, ImmutableArray<Padding> paddings) =>
        [.. from kernel in Options.Kernels
            from stride in strides
            from padding in paddings
            from pooling in Options.Poolings
            let geometry = new BlockGeometry(kernel, stride, padding, pooling)
            where geometry.After(extent) is not null
            select geometry];

    private static T Pick<T>(IReadOnlyList<T> values, SeededRandom random) => values[random.Next(values.Count)];
}
