using System.Collections.Immutable;
using System.Globalization;
using SparseNas.Networks;
using SparseNas.Training;

namespace SparseNas.Search;

/// <summary>
/// From a candidate to a neighbour in its space, one choice apart. The child's weights are another step: <see cref="WeightInheritance"/>.
/// </summary>
public static class Morphisms
{
    private const int Attempts = 400;

    /// <summary>Every kind.</summary>
    public static ImmutableArray<MorphismKind> Kinds { get; } = [.. Enum.GetValues<MorphismKind>()];

    /// <summary>
    /// A random neighbour: kinds are drawn until one applies. A space with a single candidate has no neighbours; then the candidate itself comes back.
    /// </summary>
    public static Candidate Mutate(Candidate candidate, SearchSpace space, SeededRandom random)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (TryApply(Kinds[random.Next(Kinds.Length)], candidate, space, random) is { } child) return child;
        }

        return candidate;
    }

    /// <summary>A random neighbour by one kind of change, or null when the draw does not apply, is not allowed or changes nothing.</summary>
    public static Candidate? TryApply(MorphismKind kind, Candidate candidate, SearchSpace space, SeededRandom random)
    {
        Candidate? child = kind switch
        {
            MorphismKind.ChangeTraining => Retrained(candidate, space.Training, random) with { Origin = "other training" },
            MorphismKind.ChangePruning => Repruned(candidate, space.Pruning, random),
            MorphismKind.ChangeBits => Rebitted(candidate, space.Quantization, random),
            _ => Reshaped(kind, candidate.Blueprint, space.Architectures, random) is var (blueprint, origin)
                ? candidate with { Blueprint = blueprint, Origin = origin }
                : null,
        };
        return child is null || SameChoices(child, candidate) || !space.Contains(child) ? null : child;
    }

    private static bool SameChoices(Candidate a, Candidate b) =>
        a.Blueprint.Equals(b.Blueprint) && a.Training == b.Training && a.TeacherWeight == b.TeacherWeight && a.Pruning == b.Pruning;

    private static Candidate Retrained(Candidate candidate, TrainingSpace space, SeededRandom random) =>
        space.Teacher is { Weight.IsOpen: true } teacher && random.Next(4) == 0
            ? candidate with { TeacherWeight = teacher.Weight.Move(candidate.TeacherWeight, random) }
            : candidate with { Training = Moved(candidate.Training, space, random) };

    private static TrainingOptions Moved(TrainingOptions training, TrainingSpace space, SeededRandom random) => random.Next(3) switch
    {
        0 => training with { BatchSize = Other(space.BatchSizes, training.BatchSize, random) ?? training.BatchSize },
        1 => training with { LearningRate = (float)space.LearningRate.Move(training.LearningRate, random) },
        _ => training with { WeightDecay = (float)space.WeightDecay.Move(training.WeightDecay, random) },
    };

    private static Candidate? Repruned(Candidate candidate, PruningSpace space, SeededRandom random)
    {
        PruningStructure structure = space.Structures[random.Next(space.Structures.Length)];
        PruningChoice old = candidate.Pruning;
        PruningChoice pruning = structure == PruningStructure.None ? PruningChoice.None
            : new PruningChoice(
                structure, space.Methods[random.Next(space.Methods.Length)],
                old.Structure == PruningStructure.None ? space.Sparsity.Sample(random) : space.Sparsity.Move(old.Sparsity, random));
        string text = structure == PruningStructure.None ? "no pruning"
            : $"prune {pruning.Sparsity.ToString("P0", CultureInfo.InvariantCulture)} of {structure.ToString().ToLowerInvariant()}";
        return candidate with { Pruning = pruning, Origin = text };
    }

    private static Candidate? Rebitted(Candidate candidate, QuantizationSpace space, SeededRandom random)
    {
        Blueprint blueprint = candidate.Blueprint;
        int position = space.IsPerLayer ? random.Next(blueprint.Blocks.Length + 1) : -1;
        int old = position < 0 || position == blueprint.Blocks.Length ? blueprint.Head.WeightBits : blueprint.Blocks[position].WeightBits;
        if (Other(space.WeightBits, old, random) is not { } bits) return null;
        if (position < 0) return candidate with { Blueprint = blueprint.WithWeightBits(() => bits), Origin = $"{bits}-bit weights" };
        return position == blueprint.Blocks.Length
            ? candidate with { Blueprint = blueprint with { Head = blueprint.Head with { WeightBits = bits } }, Origin = $"{bits}-bit weights in the head" }
            : candidate with
            {
                Blueprint = blueprint with { Blocks = blueprint.Blocks.SetItem(position, blueprint.Blocks[position] with { WeightBits = bits }) },
                Origin = $"{bits}-bit weights in block {blueprint.Blocks[position].Id}",
            };
    }

    private static (Blueprint Blueprint, string Origin)? Reshaped(MorphismKind kind, Blueprint blueprint, ArchitectureSpace space, SeededRandom random)
    {
        switch (kind)
        {
            case MorphismKind.Deepen or MorphismKind.AddBranch:
                return Inserted(kind, blueprint, space, random);
            case MorphismKind.ChangeHead:
                Head head = random.Next(2) == 0
                    ? blueprint.Head with { HasGlobalPooling = !blueprint.Head.HasGlobalPooling, GatherShare = 1 }
                    : blueprint.Head with { HiddenFeatures = Neighbour(space.Options.HiddenFeatures, blueprint.Head.HiddenFeatures, random) };
                return (blueprint with { Head = head }, $"head {(head.HasGlobalPooling ? "gap" : "dense")} hidden {head.HiddenFeatures}");
            case MorphismKind.ChangeGather when !blueprint.Head.HasGlobalPooling:
                double share = space.Options.GatherShares[random.Next(space.Options.GatherShares.Length)];
                return (blueprint with { Head = blueprint.Head with { GatherShare = share } }, string.Create(CultureInfo.InvariantCulture, $"head reads {share:P0} of its values"));
            case MorphismKind.ChangeGather:
                return null;
            case MorphismKind.Scale:
                double phi = (random.Next(2) == 0 ? 1 : -1) * random.Next(1, 3);
                return (CompoundScaling.Within(space, blueprint, phi, random), string.Create(CultureInfo.InvariantCulture, $"scaled by {phi:+0;-0}"));
            case MorphismKind.ChangeInput:
                InputStage input = space.InputStages[random.Next(space.InputStages.Length)];
                return (blueprint with { Input = input }, $"input {(input.IsGrey ? "grey " : "")}downsampled by {input.DownsampleFactor}");
        }

        if (blueprint.Blocks.IsEmpty) return null;
        int position = random.Next(blueprint.Blocks.Length);
        Block block = blueprint.Blocks[position];
        if (kind is MorphismKind.Remove or MorphismKind.RemoveBranch)
        {
            bool applies = block is ResidualBlock == (kind == MorphismKind.RemoveBranch);
            return applies ? (blueprint with { Blocks = blueprint.Blocks.RemoveAt(position) }, $"remove block {block.Id}") : null;
        }

        if (kind == MorphismKind.RemoveSide && block is ParallelBlock pair)
        {
            int all = pair.Join == JoinKind.Concat && space.Options.Channels.Contains(pair.OutputChannels) ? pair.OutputChannels : pair.Channels;
            Block single = new ConvBlock(pair.Id, all, pair.Kernel, pair.Stride, pair.Padding, pair.HasBatchNorm, pair.Pooling) { WeightBits = pair.WeightBits };
            return (blueprint with { Blocks = blueprint.Blocks.SetItem(position, single) }, $"branches of block {pair.Id} as one convolution");
        }

        return Changed(kind, block, space.Options, random) is { } changed
            ? (blueprint with { Blocks = blueprint.Blocks.SetItem(position, changed) }, Describe(kind, changed))
            : null;
    }

    /// <summary>A new block that keeps the extent, so that it can begin as the identity; the space decides whether it fits.</summary>
    private static (Blueprint Blueprint, string Origin)? Inserted(MorphismKind kind, Blueprint blueprint, ArchitectureSpace space, SeededRandom random)
    {
        int position = random.Next(blueprint.Blocks.Length + 1);
        if (space.ExtentBefore(blueprint, position) is not { } extent) return null;
        Block? drawn = space.SampleBlock(blueprint.NextId, extent, 0, random);
        if (drawn is null || drawn is ResidualBlock != (kind == MorphismKind.AddBranch)) return null;
        Block block = drawn with { Pooling = Pooling.None, WeightBits = blueprint.Head.WeightBits };
        if (block is SlidingBlock sliding) block = sliding with { Stride = 1 };
        if (block is WideBlock wide && position > 0 && OutputChannels(blueprint, position - 1) is { } channels && space.Options.Channels.Contains(channels))
        {
            block = wide is DownsampledBlock ? block : Widened(wide, channels);
        }

        return (blueprint with { Blocks = blueprint.Blocks.Insert(position, block) }, $"insert {block.Kind} block {block.Id} at {position + 1}");
    }

    /// <summary>Channels after a block: those of the last block that chooses them; null when that is the input.</summary>
    private static int? OutputChannels(Blueprint blueprint, int position)
    {
        for (; position >= 0; position--)
        {
            if (blueprint.Blocks[position] is WideBlock wide) return wide.OutputChannels;
        }

        return null;
    }

    private static Block? Changed(MorphismKind kind, Block block, SpaceOptions options, SeededRandom random) => kind switch
    {
        MorphismKind.Widen when block is WideBlock b && Above(options.Channels, b.Channels, random) is { } channels => Widened(b, channels),
        MorphismKind.Narrow when block is WideBlock b && Below(options.Channels, b.Channels, random) is { } channels => Widened(b, channels),
        MorphismKind.WidenInside when Inner(block) is { } inner && Above(options.InnerChannels, inner, random) is { } channels => WithInner(block, channels),
        MorphismKind.NarrowInside when Inner(block) is { } inner && Below(options.InnerChannels, inner, random) is { } channels => WithInner(block, channels),
        MorphismKind.GrowKernel when block is ParallelBlock b && random.Next(2) == 0 =>
            Above(options.SideKernels, b.SideKernel, random) is { } kernel ? b with { SideKernel = kernel } : null,
        MorphismKind.ShrinkKernel when block is ParallelBlock b && random.Next(2) == 0 =>
            Below(options.SideKernels, b.SideKernel, random) is { } kernel ? b with { SideKernel = kernel } : null,
        MorphismKind.AddSide when block is ConvBlock { Padding: Padding.Same } b => Branched(b, options, random),
        MorphismKind.GrowKernel when Above(options.Kernels, block.Kernel, random) is { } kernel => block with { Kernel = kernel },
        MorphismKind.ShrinkKernel when Below(options.Kernels, block.Kernel, random) is { } kernel => block with { Kernel = kernel },
        MorphismKind.ToggleStride when block is SlidingBlock b => b with { Stride = 3 - b.Stride },
        MorphismKind.TogglePadding when block is SlidingBlock b => b with { Padding = b.Padding == Padding.Same ? Padding.Valid : Padding.Same },
        MorphismKind.ChangePooling => block with { Pooling = options.Poolings[random.Next(options.Poolings.Length)] },
        MorphismKind.ToggleBatchNorm => block with { HasBatchNorm = !block.HasBatchNorm },
        MorphismKind.ChangeForm when block is ParallelBlock b => b.Join == JoinKind.Add
            ? b with { Join = JoinKind.Concat, SideChannels = options.InnerChannels[random.Next(options.InnerChannels.Length)] }
            : b with { Join = JoinKind.Add, SideChannels = 0 },
        MorphismKind.ChangeForm when block is WideBlock b => OtherForm(b, options, random) with { WeightBits = b.WeightBits },
        _ => null,
    };

    private static ParallelBlock Branched(ConvBlock b, SpaceOptions options, SeededRandom random)
    {
        JoinKind join = options.Joins[random.Next(options.Joins.Length)];
        int side = join == JoinKind.Concat ? options.InnerChannels[random.Next(options.InnerChannels.Length)] : 0;
        int kernel = options.SideKernels[random.Next(options.SideKernels.Length)];
        return new ParallelBlock(b.Id, b.Channels, side, b.Kernel, kernel, join, b.Stride, b.HasBatchNorm, b.Pooling) { WeightBits = b.WeightBits };
    }

    private static Block Widened(WideBlock block, int channels) => block with { Channels = channels };

    private static int? Inner(Block block) => block switch
    {
        DownsampledBlock b => b.InnerChannels,
        ResidualBlock b => b.InnerChannels,
        ParallelBlock { Join: JoinKind.Concat } b => b.SideChannels,
        _ => null,
    };

    private static Block WithInner(Block block, int channels) => block switch
    {
        DownsampledBlock b => b with { InnerChannels = channels },
        ResidualBlock b => b with { InnerChannels = channels },
        ParallelBlock b => b with { SideChannels = channels },
        _ => throw UnknownBlock.Of(block),
    };

    private static Block OtherForm(WideBlock b, SpaceOptions options, SeededRandom random) => random.Next(3) switch
    {
        0 => new ConvBlock(b.Id, b.Channels, b.Kernel, b.Stride, b.Padding, b.HasBatchNorm, b.Pooling),
        1 => new SeparableBlock(b.Id, b.Channels, b.Kernel, b.Stride, b.Padding, b.HasBatchNorm, b.Pooling),
        _ => new DownsampledBlock(
            b.Id, options.InnerChannels[random.Next(options.InnerChannels.Length)], b.Channels, b.Kernel, b.Stride, b.Padding, b.HasBatchNorm, b.Pooling),
    };

    private static string Describe(MorphismKind kind, Block block) => kind switch
    {
        MorphismKind.Widen or MorphismKind.Narrow => $"{kind.ToString().ToLowerInvariant()} block {block.Id} to {((WideBlock)block).Channels} channels",
        MorphismKind.WidenInside or MorphismKind.NarrowInside => $"inside of block {block.Id} to {Inner(block)} channels",
        MorphismKind.GrowKernel or MorphismKind.ShrinkKernel => $"kernel of block {block.Id} to {block.Kernel}",
        MorphismKind.ToggleStride => $"stride of block {block.Id} to {block.Sliding.Stride}",
        MorphismKind.TogglePadding => $"padding of block {block.Id} to {block.Sliding.Padding.ToString().ToLowerInvariant()}",
        MorphismKind.ChangePooling => $"pooling of block {block.Id} to {block.Pooling.Kind.ToString().ToLowerInvariant()} {block.Pooling.Size}",
        MorphismKind.ToggleBatchNorm => $"batch norm of block {block.Id} {(block.HasBatchNorm ? "on" : "off")}",
        MorphismKind.AddSide => $"a {((ParallelBlock)block).SideKernel}x{((ParallelBlock)block).SideKernel} branch beside block {block.Id}",
        MorphismKind.ChangeForm when block is ParallelBlock b => $"branches of block {block.Id} {(b.Join == JoinKind.Add ? "add up" : "side by side")}",
        MorphismKind.ChangeForm => $"block {block.Id} as {block.Kind}",
        _ => kind.ToString(),
    };

    /// <summary>One of the next two larger values, so that steps stay small in a fine list.</summary>
    private static int? Above(ImmutableArray<int> ascending, int value, SeededRandom random)
    {
        int first = ascending.Count(other => other <= value), count = Math.Min(2, ascending.Length - first);
        return count <= 0 ? null : ascending[first + random.Next(count)];
    }

    /// <summary>One of the next two smaller values.</summary>
    private static int? Below(ImmutableArray<int> ascending, int value, SeededRandom random)
    {
        int end = ascending.Count(other => other < value), count = Math.Min(2, end);
        return count <= 0 ? null : ascending[end - 1 - random.Next(count)];
    }

    private static int Neighbour(ImmutableArray<int> ascending, int value, SeededRandom random) =>
        (random.Next(2) == 0 ? Above(ascending, value, random) : Below(ascending, value, random)) ?? value;

    private static int? Other(ImmutableArray<int> values, int value, SeededRandom random)
    {
        ImmutableArray<int> others = values.Remove(value);
        return others.IsEmpty ? null : others[random.Next(others.Length)];
    }
}
