using SparseNas.Networks;
using SparseNas.Training.Engine.Geometry;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine.Steps;

/// <summary>
/// A depthwise convolution, channel by channel. A channel is first copied between zero borders: then all its pixels see all taps, one class of
/// tiles does, and both fit the first-level cache.
/// </summary>
internal sealed unsafe class DepthwiseStep(
    InstructionSet set, LaneKernels kernels, Parameters parameters, KernelLayout layout, TensorSlot input, TensorSlot output, bool relu,
    Window rows, Window columns) : ChannelwiseStep(kernels, input, output, relu)
{
    private readonly int taps = rows.Kernel * columns.Kernel;
    private BorderedPlanes? bordered;
    private BorderedPlanes? borderedGradient;
    private Contraction? forward;
    private Contraction? inputGradient;
    private Contraction? regainedGradient;
    private DepthwiseWeightGradient? weightGradient;

    /// <summary>The input between its borders, where the step before may write it at once.</summary>
    public BorderedPlanes Bordered => bordered!;

    /// <summary>Whether it does.</summary>
    public bool InputIsBordered { get; set; }

    /// <summary>The batch norm before it, if this step takes its sums when it writes the input gradient.</summary>
    public BatchNormStep? SummedNorm { get; set; }

    /// <summary>Whether the gradient that is read is so much smaller than the one that is written that it is better kept than that.</summary>
    public bool GivesSmallerGradient => !HasRelu && rows.Stride * columns.Stride > 1;

    public override bool BackwardReadsInput => true;

    public override bool CanMaskInputGradient => true;

    public override void Prepare(NativeArena arena, bool training)
    {
        Shape x = Input.Shape, y = Output.Shape;
        (Window allRows, Window allColumns) = (WithBorder(rows), WithBorder(columns));
        bordered = new BorderedPlanes(
            arena, new PlaneLayout(x.Height, x.Width, rows.Before, columns.Before, allRows.Input, allColumns.Input), ChannelsAtOnce);
        TileFrame frame = new(layout.HasBias ? TileStart.Bias : TileStart.Zero, HasRelu ? TileEnd.Relu : TileEnd.Store);
        forward = Contraction.OfChannels(
            set, arena, AxisClass.Forward(allRows), new SlidingAxis(allColumns, IsGradient: false), bordered.Layout, PlaneLayout.Compact(y.Height, y.Width), taps, frame);
        if (!training) return;
        (Window moreRows, Window moreColumns) = (WithOutputBorder(rows), WithOutputBorder(columns));
        var gradient = new PlaneLayout(
            y.Height, y.Width, (moreRows.Before - rows.Before) / rows.Stride, (moreColumns.Before - columns.Before) / columns.Stride, moreRows.Output,
            moreColumns.Output);
        borderedGradient = new BorderedPlanes(arena, gradient, ChannelsAtOnce);
        weightGradient = new DepthwiseWeightGradient(
            set, arena, y.Channels, bordered.Layout, gradient, allRows, allColumns);
        if (!Input.NeedsGradient) return;
        inputGradient = InputGradient(SummedNorm is null ? GradientFrame : GradientFrame with { End = TileEnd.NormSums });
        if (Input.GradientIsRegained) regainedGradient = InputGradient(GradientFrame);

        Contraction InputGradient(TileFrame gradientFrame) => Contraction.OfChannels(
            set, arena, AxisClass.Backward(moreRows), new SlidingAxis(moreColumns, IsGradient: true), gradient, PlaneLayout.Compact(x.Height, x.Width), taps,
            gradientFrame);
    }

    public override void EndBatch() => weightGradient?.Finish(Kernels, parameters.Gradients + layout.Weights.Offset);

    public override void Forward(int block, ChannelRange channels) => forward!.Compute(
        BorderedInput(block, channels), Weights(channels), Output.Value(block, channels.First),
        parameters.Values + layout.Bias.Offset + channels.First, null, channels.Count);

    public override void Backward(int block, ChannelRange channels)
    {
        StartBackward(block, channels);
        float* dy = Output.Gradient(block, channels.First), x = Input.Value(block, channels.First), dyAround = borderedGradient!.Memory;
        if (layout.HasBias)
        {
            Kernels.ChannelSums(dy, channels.Count, Output.Shape.Height * Output.Shape.Width, parameters.Gradients + layout.Bias.Offset + channels.First);
        }

        weightGradient!.Accumulate(channels, BorderedInput(block, channels), dy, dyAround);
        if (inputGradient is null) return;
        if (SummedNorm is { } norm) inputGradient.TakeSums(norm.Of(channels));
        inputGradient.Compute(
            dyAround == null ? dy : dyAround, Weights(channels), Input.Gradient(block, channels.First), null,
            SummedNorm is null ? x : SummedNorm.InputOf(block, channels), channels.Count);
    }

    /// <summary>The gradient of channels of the input once more, from the gradient of the output, which is kept.</summary>
    public void RegainInputGradient(int block, ChannelRange channels) => regainedGradient!.Compute(
        borderedGradient!.Around(Kernels, Output.Gradient(block, channels.First), channels.Count), Weights(channels),
        Input.Gradient(block, channels.First), null, null, channels.Count);

    private float* BorderedInput(int block, ChannelRange channels) =>
        InputIsBordered ? bordered!.Memory : bordered!.Around(Kernels, Input.Value(block, channels.First), channels.Count);

    private float* Weights(ChannelRange channels) => parameters.Values + layout.Weights.Offset + (channels.First * taps);

    /// <summary>The window over an input with its zeros around it.</summary>
    private static Window WithBorder(Window window)
    {
        int needed = ((window.Output - 1) * window.Stride) + window.Kernel;
        return window with { Input = Math.Max(needed, window.Before + window.Input), Before = 0 };
    }

    /// <summary>The window with as many outputs more on both sides as make every input see all taps of its parity.</summary>
    private static Window WithOutputBorder(Window window)
    {
        int most = (window.Kernel + window.Stride - 1) / window.Stride;
        int before = Math.Max(0, most - 1 - (window.Before / window.Stride));
        int after = Math.Max(0, ((window.Input - 1 + window.Before) / window.Stride) + 1 - window.Output);
        return window with { Before = window.Before + (before * window.Stride), Output = before + window.Output + after };
    }
}
