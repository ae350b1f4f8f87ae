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
    private BorderedPlane? bordered;
    private BorderedPlane? borderedGradient;
    private Contraction? forward;
    private Contraction? inputGradient;
    private DepthwiseWeightGradient? weightGradient;

    /// <summary>The input between its borders, where the step before may write it at once.</summary>
    public BorderedPlane Bordered => bordered!;

    /// <summary>Whether it does.</summary>
    public bool InputIsBordered { get; set; }

    public override bool BackwardReadsInput => true;

    public override bool CanMaskInputGradient => true;

    public override void Prepare(NativeArena arena, bool training)
    {
        Shape x = Input.Shape, y = Output.Shape;
        (Window allRows, Window allColumns) = (WithBorder(rows), WithBorder(columns));
        bordered = new BorderedPlane(arena, x, allRows.Input, allColumns.Input, rows.Before, columns.Before);
        var plane = new Shape(allRows.Input, allColumns.Input, 1);
        TileFrame frame = new(layout.HasBias ? TileStart.Bias : TileStart.Zero, HasRelu ? TileEnd.Relu : TileEnd.Store);
        forward = Contraction.OfChannel(
            set, arena, AxisClass.Forward(allRows), AxisClass.Forward(allColumns), plane.Width, y.Width, columns.Kernel, frame);
        if (!training) return;
        weightGradient = new DepthwiseWeightGradient(set, arena, plane, y, allRows, allColumns);
        if (Input.NeedsGradient) PrepareInputGradient(arena, x, y);
    }

    public override void EndBatch() => weightGradient?.Finish(Kernels, parameters.Gradients + layout.Weights.Offset);

    public override void Forward(int block, int channel) => forward!.Compute(
        BorderedInput(block, channel), Weights(channel), Output.Value(block, channel),
        parameters.Values + layout.Bias.Offset + channel, null);

    public override void Backward(int block, int channel)
    {
        StartBackward(block, channel);
        float* dy = Output.Gradient(block, channel);
        if (layout.HasBias) Kernels.ChannelSums(dy, 1, Output.Shape.Height * Output.Shape.Width, parameters.Gradients + layout.Bias.Offset + channel);
        weightGradient!.Accumulate(channel, BorderedInput(block, channel), dy);
        inputGradient?.Compute(
            borderedGradient!.Around(Kernels, dy), Weights(channel), Input.Gradient(block, channel), null, Input.Value(block, channel));
    }

    private float* BorderedInput(int block, int channel) =>
        InputIsBordered ? bordered!.Memory : bordered!.Around(Kernels, Input.Value(block, channel));

    private float* Weights(int channel) => parameters.Values + layout.Weights.Offset + (channel * taps);

    private void PrepareInputGradient(NativeArena arena, Shape x, Shape y)
    {
        (Window allRows, Window allColumns) = (WithOutputBorder(rows), WithOutputBorder(columns));
        borderedGradient = new BorderedPlane(
            arena, y, allRows.Output, allColumns.Output, (allRows.Before - rows.Before) / rows.Stride, (allColumns.Before - columns.Before) / columns.Stride);
        inputGradient = Contraction.OfChannel(
            set, arena, AxisClass.Backward(allRows), AxisClass.Backward(allColumns), allColumns.Output, x.Width, columns.Kernel, GradientFrame);
    }

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
