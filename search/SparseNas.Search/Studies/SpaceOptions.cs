using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>
/// The architectures a study may build, as its file states them. A parameter exists only where its block or head exists (a depthwise block has no
/// channels, a block with batch norm no bias), and only values that fit the running shape are ever drawn.
/// </summary>
public sealed record SpaceOptions
{
    /// <summary>Downsampling factors of the input, 1 (none) to 4.</summary>
    public ImmutableArray<int> DownsampleFactors { get; init; } = [1];

    /// <summary>Whether a colour input may become grey; ignored where the input has not three channels.</summary>
    public ImmutableArray<bool> Greyscale { get; init; } = [false];

    /// <summary>Smallest number of blocks, 0 or more.</summary>
    public int MinimumBlocks { get; init; } = 1;

    /// <summary>Largest number of blocks.</summary>
    public int MaximumBlocks { get; init; } = 4;

    /// <summary>Kinds of blocks.</summary>
    public ImmutableArray<BlockKind> Kinds { get; init; } = [BlockKind.Conv];

    /// <summary>Square kernel extents, 1 to 7.</summary>
    public ImmutableArray<int> Kernels { get; init; } = [3];

    /// <summary>Strides, 1 to 2.</summary>
    public ImmutableArray<int> Strides { get; init; } = [1, 2];

    /// <summary>Output channels of a block.</summary>
    public ImmutableArray<int> Channels { get; init; } = [4, 8, 16];

    /// <summary>Kernel extents of a parallel block's side branch; below the main kernel.</summary>
    public ImmutableArray<int> SideKernels { get; init; } = [1];

    /// <summary>How the branches of a parallel block meet.</summary>
    public ImmutableArray<JoinKind> Joins { get; init; } = [JoinKind.Add, JoinKind.Concat];

    /// <summary>
    /// Inner channels: the 1x1 reduction of a downsampled convolution, the branch of a residual block, the side branch of a concatenation.
    /// </summary>
    public ImmutableArray<int> InnerChannels { get; init; } = [2, 4, 8];

    /// <summary>Border rules.</summary>
    public ImmutableArray<Padding> Paddings { get; init; } = [Padding.Same];

    /// <summary>Whether blocks normalise.</summary>
    public ImmutableArray<bool> BatchNorm { get; init; } = [true];

    /// <summary>Pooling at the end of a block.</summary>
    public ImmutableArray<Pooling> Poolings { get; init; } = [Pooling.None];

    /// <summary>Whether the head averages each channel over the image first (true) or reads every value (false).</summary>
    public ImmutableArray<bool> GlobalPooling { get; init; } = [true, false];

    /// <summary>Shares of the image's values that a dense head reads, above 0 to 1 for all of them; ascending.</summary>
    public ImmutableArray<double> GatherShares { get; init; } = [1];

    /// <summary>Hidden features of the head, 0 for none.</summary>
    public ImmutableArray<int> HiddenFeatures { get; init; } = [0];
}
