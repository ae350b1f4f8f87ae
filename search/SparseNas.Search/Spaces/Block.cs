using System.Collections.Immutable;
using System.Text.Json.Serialization;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>The kinds of blocks a space may allow.</summary>
public enum BlockKind
{
    /// <summary><see cref="ConvBlock"/>.</summary>
    Conv,

    /// <summary><see cref="SeparableBlock"/>.</summary>
    Separable,

    /// <summary><see cref="DownsampledBlock"/>.</summary>
    DownsampledConv,

    /// <summary><see cref="DepthwiseBlock"/>.</summary>
    Depthwise,

    /// <summary><see cref="ResidualBlock"/>.</summary>
    Residual,

    /// <summary><see cref="ParallelBlock"/>.</summary>
    Parallel,
}

/// <summary>How two branches meet.</summary>
public enum JoinKind
{
    /// <summary>They add up.</summary>
    Add,

    /// <summary>They stand side by side.</summary>
    Concat,
}

/// <summary>How a block makes its output smaller.</summary>
public enum PoolKind
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Largest value of each window.</summary>
    Max,

    /// <summary>Mean of each window.</summary>
    Average,
}

/// <summary>Pooling at the end of a block; windows do not overlap.</summary>
/// <param name="Kind">Kind.</param>
/// <param name="Size">Extent and stride of the window; 1 for none.</param>
public readonly record struct Pooling(PoolKind Kind, int Size)
{
    /// <summary>No pooling.</summary>
    public static Pooling None { get; } = new(PoolKind.None, 1);

    /// <summary>The values that pooling may have in a study file.</summary>
    public static ImmutableSortedDictionary<string, Pooling> Names { get; } = ImmutableSortedDictionary.CreateRange(
        StringComparer.Ordinal,
        [
            KeyValuePair.Create("none", None),
            KeyValuePair.Create("max2", new Pooling(PoolKind.Max, 2)),
            KeyValuePair.Create("max3", new Pooling(PoolKind.Max, 3)),
            KeyValuePair.Create("avg2", new Pooling(PoolKind.Average, 2)),
            KeyValuePair.Create("avg3", new Pooling(PoolKind.Average, 3)),
        ]);
}

/// <summary>
/// A few layers that are chosen together; each ends with a ReLU and its pooling. The set is closed. The identity stays with a block through all
/// morphisms, so that a child finds its parent's weights by name.
/// </summary>
/// <param name="Id">Unique within the blueprint, 1 or more.</param>
/// <param name="Kernel">Extent of the square kernel (1 row where the input has height 1).</param>
/// <param name="HasBatchNorm">Whether a batch norm precedes the ReLU.</param>
/// <param name="Pooling">What follows the ReLU.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ConvBlock), "conv")]
[JsonDerivedType(typeof(SeparableBlock), "separable")]
[JsonDerivedType(typeof(DownsampledBlock), "downsampledConv")]
[JsonDerivedType(typeof(DepthwiseBlock), "depthwise")]
[JsonDerivedType(typeof(ResidualBlock), "residual")]
[JsonDerivedType(typeof(ParallelBlock), "parallel")]
public abstract record Block(int Id, int Kernel, bool HasBatchNorm, Pooling Pooling)
{
    /// <summary>Bits per weight of its kernels: 8, 4, 3 or 2.</summary>
    public int WeightBits { get; init; } = 8;

    /// <summary>The kind of the block.</summary>
    [JsonIgnore]
    public BlockKind Kind => this switch
    {
        ConvBlock => BlockKind.Conv,
        SeparableBlock => BlockKind.Separable,
        DownsampledBlock => BlockKind.DownsampledConv,
        DepthwiseBlock => BlockKind.Depthwise,
        ResidualBlock => BlockKind.Residual,
        ParallelBlock => BlockKind.Parallel,
        _ => throw UnknownBlock.Of(this),
    };

    /// <summary>How its kernel slides; a residual block keeps the extent.</summary>
    [JsonIgnore]
    public (int Stride, Padding Padding) Sliding => this switch
    {
        SlidingBlock b => (b.Stride, b.Padding),
        ResidualBlock => (1, Padding.Same),
        _ => throw UnknownBlock.Of(this),
    };
}

/// <summary>A block whose kernel has a stride and a border rule.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Kernel">Kernel extent.</param>
/// <param name="Stride">1 or 2.</param>
/// <param name="Padding">Border rule.</param>
/// <param name="HasBatchNorm">Batch norm.</param>
/// <param name="Pooling">Pooling.</param>
public abstract record SlidingBlock(int Id, int Kernel, int Stride, Padding Padding, bool HasBatchNorm, Pooling Pooling)
    : Block(Id, Kernel, HasBatchNorm, Pooling);

/// <summary>A block that chooses a number of channels.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Channels">Output channels, of the main branch where there are two.</param>
/// <param name="Kernel">Kernel extent.</param>
/// <param name="Stride">1 or 2.</param>
/// <param name="Padding">Border rule.</param>
/// <param name="HasBatchNorm">Batch norm.</param>
/// <param name="Pooling">Pooling.</param>
public abstract record WideBlock(int Id, int Channels, int Kernel, int Stride, Padding Padding, bool HasBatchNorm, Pooling Pooling)
    : SlidingBlock(Id, Kernel, Stride, Padding, HasBatchNorm, Pooling)
{
    /// <summary>Channels that the next block reads.</summary>
    [JsonIgnore]
    public virtual int OutputChannels => Channels;
}

/// <summary>Convolution → batch norm → ReLU → pooling.</summary>
/// <inheritdoc cref="WideBlock" path="/param"/>
public sealed record ConvBlock(int Id, int Channels, int Kernel, int Stride, Padding Padding, bool HasBatchNorm, Pooling Pooling)
    : WideBlock(Id, Channels, Kernel, Stride, Padding, HasBatchNorm, Pooling);

/// <summary>Depthwise convolution → 1x1 convolution → batch norm → ReLU → pooling: a convolution of rank 1 per input channel.</summary>
/// <inheritdoc cref="WideBlock" path="/param"/>
public sealed record SeparableBlock(int Id, int Channels, int Kernel, int Stride, Padding Padding, bool HasBatchNorm, Pooling Pooling)
    : WideBlock(Id, Channels, Kernel, Stride, Padding, HasBatchNorm, Pooling);

/// <summary>SpArSe's downsampled convolution: 1x1 convolution to fewer channels → convolution → batch norm → ReLU → pooling.</summary>
/// <param name="Id">Identity.</param>
/// <param name="InnerChannels">Channels between the two convolutions.</param>
/// <param name="Channels">Output channels.</param>
/// <param name="Kernel">Kernel extent.</param>
/// <param name="Stride">1 or 2.</param>
/// <param name="Padding">Border rule.</param>
/// <param name="HasBatchNorm">Batch norm.</param>
/// <param name="Pooling">Pooling.</param>
public sealed record DownsampledBlock(
    int Id, int InnerChannels, int Channels, int Kernel, int Stride, Padding Padding, bool HasBatchNorm, Pooling Pooling)
    : WideBlock(Id, Channels, Kernel, Stride, Padding, HasBatchNorm, Pooling);

/// <summary>Depthwise convolution → batch norm → ReLU → pooling; keeps the number of channels.</summary>
/// <inheritdoc cref="SlidingBlock" path="/param"/>
public sealed record DepthwiseBlock(int Id, int Kernel, int Stride, Padding Padding, bool HasBatchNorm, Pooling Pooling)
    : SlidingBlock(Id, Kernel, Stride, Padding, HasBatchNorm, Pooling);

/// <summary>x + 1x1 convolution(ReLU(batch norm(convolution(x)))) → ReLU → pooling; keeps shape and number of channels.</summary>
/// <param name="Id">Identity.</param>
/// <param name="InnerChannels">Channels inside the branch.</param>
/// <param name="Kernel">Kernel extent of the branch's first convolution.</param>
/// <param name="HasBatchNorm">Batch norm inside the branch.</param>
/// <param name="Pooling">Pooling.</param>
public sealed record ResidualBlock(int Id, int InnerChannels, int Kernel, bool HasBatchNorm, Pooling Pooling)
    : Block(Id, Kernel, HasBatchNorm, Pooling);

/// <summary>
/// Two convolutions over the same input, each with its batch norm, that meet and end with a ReLU and pooling: a main one and a side one with a
/// smaller kernel (a larger one would be the main one, an equal one would add nothing). Both keep the border.
/// </summary>
/// <param name="Id">Identity.</param>
/// <param name="Channels">Channels of the main branch; under <see cref="JoinKind.Add"/> of both.</param>
/// <param name="SideChannels">Channels of the side branch under <see cref="JoinKind.Concat"/>; 0 under <see cref="JoinKind.Add"/>.</param>
/// <param name="Kernel">Kernel extent of the main branch.</param>
/// <param name="SideKernel">Kernel extent of the side branch, below <paramref name="Kernel"/>.</param>
/// <param name="Join">How they meet.</param>
/// <param name="Stride">1 or 2.</param>
/// <param name="HasBatchNorm">Batch norm.</param>
/// <param name="Pooling">Pooling.</param>
public sealed record ParallelBlock(
    int Id, int Channels, int SideChannels, int Kernel, int SideKernel, JoinKind Join, int Stride, bool HasBatchNorm, Pooling Pooling)
    : WideBlock(Id, Channels, Kernel, Stride, Padding.Same, HasBatchNorm, Pooling)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override int OutputChannels => Channels + SideChannels;
}

/// <summary>The end of a switch over the closed set of blocks.</summary>
internal static class UnknownBlock
{
    public static Exception Of(Block block) =>
        new InvalidOperationException($"Block '{block.GetType().Name}' is not handled here; the set of blocks is closed in Block.");
}
