namespace SparseNas.Search;

/// <summary>The small changes that lead from a candidate to its neighbours.</summary>
public enum MorphismKind
{
    /// <summary>More output channels.</summary>
    Widen,

    /// <summary>Fewer output channels; the strongest stay.</summary>
    Narrow,

    /// <summary>More channels inside a downsampled convolution or a residual branch.</summary>
    WidenInside,

    /// <summary>Fewer channels inside.</summary>
    NarrowInside,

    /// <summary>A new block, the identity where theory allows.</summary>
    Deepen,

    /// <summary>One block less.</summary>
    Remove,

    /// <summary>A larger kernel, zero around the old one.</summary>
    GrowKernel,

    /// <summary>A smaller kernel, cut from the middle.</summary>
    ShrinkKernel,

    /// <summary>Another stride.</summary>
    ToggleStride,

    /// <summary>Another border rule.</summary>
    TogglePadding,

    /// <summary>Another pooling.</summary>
    ChangePooling,

    /// <summary>Batch norm on or off.</summary>
    ToggleBatchNorm,

    /// <summary>A residual branch that adds nothing at first.</summary>
    AddBranch,

    /// <summary>A residual branch less.</summary>
    RemoveBranch,

    /// <summary>A second convolution beside one: it adds nothing at first, or its channels are not read at first.</summary>
    AddSide,

    /// <summary>Two branches as one convolution: exactly, where the space allows all its channels.</summary>
    RemoveSide,

    /// <summary>Full, separable, downsampled: the nearest kernel of the new form; a sum of branches as a concatenation and back.</summary>
    ChangeForm,

    /// <summary>Global pooling or hidden features of the head.</summary>
    ChangeHead,

    /// <summary>How many of the image's values a dense head reads.</summary>
    ChangeGather,

    /// <summary>Depth, width and resolution together, up or down: <see cref="CompoundScaling"/>.</summary>
    Scale,

    /// <summary>Downsampling or greyscale of the input.</summary>
    ChangeInput,

    /// <summary>Batch size, learning rate or weight decay.</summary>
    ChangeTraining,

    /// <summary>What is pruned, or how strongly.</summary>
    ChangePruning,

    /// <summary>Bits per weight, of the network or of one layer.</summary>
    ChangeBits,
}
