using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>Lays out the layers of a blueprint. Where an activation has height 1 (a signal), kernels and windows have one row.</summary>
internal sealed class BlueprintAssembler(Shape input)
{
    private readonly ImmutableArray<Node>.Builder nodes = ImmutableArray.CreateBuilder<Node>();
    private Extent extent = new(input.Height, input.Width);
    private int channels = input.Channels;

    private bool IsSignal => extent.Height == 1;

    private int Last => nodes.Count - 1;

    public Architecture Assemble(string name, Blueprint blueprint, int classes)
    {
        if (blueprint.Input.IsGrey)
        {
            Append(NodeNames.Greyscale, new Greyscale());
            channels = 1;
        }

        if (blueprint.Input.DownsampleFactor > 1) Append(NodeNames.Downsample, new Downsample(blueprint.Input.DownsampleFactor));
        extent = BlockGeometry.AfterInput(input, blueprint.Input.DownsampleFactor) ?? extent;   // what does not fit is refused by the architecture's laws
        foreach (Block block in blueprint.Blocks)
        {
            Append(block);
            extent = BlockGeometry.Of(block).After(extent) ?? extent;
        }

        if (blueprint.Head.HasGlobalPooling) Append(NodeNames.GlobalPool, new GlobalAveragePool());
        if (blueprint.Head.HiddenFeatures > 0)
        {
            Append(NodeNames.Hidden, new Dense(blueprint.Head.HiddenFeatures));
            Append(NodeNames.HiddenRelu, new Relu());
        }

        Append(NodeNames.Logits, new Dense(classes));
        return new Architecture(name, input, classes, nodes.ToImmutable());
    }

    private void Append(Block block)
    {
        int entry = Last;
        switch (block)
        {
            case ConvBlock b:
                Append(NodeNames.Of(b.Id, NodeNames.Conv), Conv(b.Channels, b.Kernel, b.Stride, b.Padding, !b.HasBatchNorm));
                channels = b.Channels;
                break;
            case SeparableBlock b:
                Append(NodeNames.Of(b.Id, NodeNames.Depthwise), Depthwise(b.Kernel, b.Stride, b.Padding, hasBias: false));
                Append(NodeNames.Of(b.Id, NodeNames.Pointwise), new Conv2D(b.Channels, 1, 1, HasBias: !b.HasBatchNorm));
                channels = b.Channels;
                break;
            case DownsampledBlock b:
                Append(NodeNames.Of(b.Id, NodeNames.Reduce), new Conv2D(b.InnerChannels, 1, 1, HasBias: false));
                Append(NodeNames.Of(b.Id, NodeNames.Core), Conv(b.Channels, b.Kernel, b.Stride, b.Padding, !b.HasBatchNorm));
                channels = b.Channels;
                break;
            case DepthwiseBlock b:
                Append(NodeNames.Of(b.Id, NodeNames.Depthwise), Depthwise(b.Kernel, b.Stride, b.Padding, !b.HasBatchNorm));
                break;
            case ResidualBlock b:
                Append(NodeNames.Of(b.Id, NodeNames.Conv), Conv(b.InnerChannels, b.Kernel, 1, Padding.Same, !b.HasBatchNorm));
                AppendNormAndRelu(b, NodeNames.InnerRelu);
                Append(NodeNames.Of(b.Id, NodeNames.Project), new Conv2D(channels, 1, 1));
                nodes.Add(new Node(NodeNames.Of(b.Id, NodeNames.Sum), new Add(), [entry, Last]));
                Append(NodeNames.Of(b.Id, NodeNames.Relu), new Relu());
                AppendPool(b);
                return;
            case ParallelBlock b:
                AppendBranches(b, entry);
                AppendPool(b);
                channels = b.OutputChannels;
                return;
            default:
                throw UnknownBlock.Of(block);
        }

        AppendNormAndRelu(block, NodeNames.Relu);
        AppendPool(block);
    }

    /// <summary>Sums meet before the ReLU; what stands side by side after it, so that the ReLUs fold into the convolutions and nothing is left to compute.</summary>
    private void AppendBranches(ParallelBlock b, int entry)
    {
        bool isSum = b.Join == JoinKind.Add;
        int main = AppendBranch(NodeNames.Conv, NodeNames.Norm, NodeNames.Relu, b.Channels, b.Kernel);
        int side = AppendBranch(NodeNames.Side, NodeNames.SideNorm, NodeNames.SideRelu, isSum ? b.Channels : b.SideChannels, b.SideKernel);
        nodes.Add(new Node(NodeNames.Of(b.Id, isSum ? NodeNames.Sum : NodeNames.Joined), isSum ? new Add() : new Concat(), [main, side]));
        if (isSum) Append(NodeNames.Of(b.Id, NodeNames.Relu), new Relu());

        int AppendBranch(string conv, string norm, string relu, int outputs, int kernel)
        {
            nodes.Add(new Node(NodeNames.Of(b.Id, conv), Conv(outputs, kernel, b.Stride, Padding.Same, !b.HasBatchNorm), [entry]));
            if (b.HasBatchNorm) Append(NodeNames.Of(b.Id, norm), new BatchNorm());
            if (!isSum) Append(NodeNames.Of(b.Id, relu), new Relu());
            return Last;
        }
    }

    private void AppendNormAndRelu(Block block, string relu)
    {
        if (block.HasBatchNorm) Append(NodeNames.Of(block.Id, NodeNames.Norm), new BatchNorm());
        Append(NodeNames.Of(block.Id, relu), new Relu());
    }

    private void AppendPool(Block block)
    {
        int size = block.Pooling.Size, rows = IsSignal ? 1 : size;
        if (block.Pooling.Kind == PoolKind.Max) Append(NodeNames.Of(block.Id, NodeNames.Pool), new MaxPool(rows, size, size));
        if (block.Pooling.Kind == PoolKind.Average) Append(NodeNames.Of(block.Id, NodeNames.Pool), new AvgPool(rows, size, size));
    }

    private Conv2D Conv(int outputs, int kernel, int stride, Padding padding, bool hasBias) =>
        new(outputs, IsSignal ? 1 : kernel, kernel, stride, padding, hasBias);

    private DepthwiseConv2D Depthwise(int kernel, int stride, Padding padding, bool hasBias) =>
        new(IsSignal ? 1 : kernel, kernel, stride, padding, hasBias);

    private void Append(string name, LayerSpec layer) => nodes.Add(new Node(name, layer, [Last]));
}

/// <summary>Names of nodes: the correspondence between parent and child networks rests on them.</summary>
internal static class NodeNames
{
    public const string Greyscale = "greyscale", Downsample = "downsample", GlobalPool = "gap", Hidden = "hidden", HiddenRelu = "hidden_relu", Logits = "logits";
    public const string Conv = "conv", Depthwise = "depthwise", Pointwise = "point", Reduce = "reduce", Core = "core", Project = "project";
    public const string Norm = "norm", Relu = "relu", InnerRelu = "inner_relu", Sum = "add", Pool = "pool";

    public const string Side = "side", SideNorm = "side_norm", SideRelu = "side_relu", Joined = "concat";

    public static string Of(int blockId, string part) => $"b{blockId}_{part}";
}
