using SparseNas.Networks;
using SparseNas.Training.Engine.Geometry;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine.Steps;

/// <summary>A convolution over all input channels: three contractions planned for its exact shape.</summary>
internal sealed unsafe class ConvolutionStep(
    InstructionSet set, LaneKernels kernels, Parameters parameters, KernelLayout layout, TensorSlot input, TensorSlot output, bool relu,
    Window rows, Window columns) : Step(kernels, [input], output, relu)
{
    private readonly TensorSlot input = input;
    private Contraction? forward;
    private Contraction? inputGradient;
    private WeightGradient? weightGradient;
    private WeightPacking? forwardPacking;
    private WeightPacking? gradientPacking;
    private float* forwardWeights;
    private float* gradientWeights;

    public override bool BackwardReadsInput => true;

    public override bool CanMaskInputGradient => true;

    public override void Prepare(NativeArena arena, bool training)
    {
        Shape x = input.Shape, y = Output.Shape;
        int taps = rows.Kernel * columns.Kernel;
        TileFrame frame = new(layout.HasBias ? TileStart.Bias : TileStart.Zero, HasRelu ? TileEnd.Relu : TileEnd.Store);
        PixelClass[] pixels = PixelClass.Of(AxisClass.Forward(rows), AxisClass.Forward(columns), x, PlaneLayout.Compact(y.Height, y.Width), columns.Kernel);
        forward = Contraction.Of(set, arena, pixels, y.Channels, layout.Inputs, y.Height * y.Width, frame);
        forwardPacking = new WeightPacking(y.Channels, forward.TileColumns, taps, x.Channels, layout.Stride, x.Channels, 1);
        forwardWeights = arena.Floats(forwardPacking.Elements);
        if (!training) return;
        weightGradient = WeightGradient.Of(set, arena, x, y, rows, columns, layout.Stride);
        if (input.NeedsGradient) PrepareInputGradient(arena, x, y, taps);
    }

    public override void BeginBatch()
    {
        float* weights = parameters.Values + layout.Weights.Offset;
        forwardPacking!.Pack(weights, forwardWeights);
        gradientPacking?.Pack(weights, gradientWeights);
    }

    public override void EndBatch() => weightGradient?.Finish(parameters.Gradients + layout.Weights.Offset);

    public override void Forward(int block) => forward!.Compute(
        input.Value(block), forwardWeights, Output.Value(block), parameters.Values + layout.Bias.Offset, null);

    public override void Backward(int block)
    {
        BackwardInput(block);
        BackwardWeights(block);
    }

    /// <summary>The first half of <see cref="Backward"/>: the input gradient of one block, where it is needed. Reads the input only to mask it.</summary>
    public void BackwardInput(int block)
    {
        StartBackward(block);
        inputGradient?.Compute(Output.Gradient(block), gradientWeights, input.Gradient(block), null, input.Value(block));
    }

    /// <summary>The second half: adds the gradients of weights and biases of one block.</summary>
    public void BackwardWeights(int block)
    {
        float* dy = Output.Gradient(block);
        if (layout.HasBias)
        {
            Kernels.ChannelSums(dy, Output.Shape.Channels, Output.Shape.Height * Output.Shape.Width, parameters.Gradients + layout.Bias.Offset);
        }

        weightGradient!.Accumulate(Kernels, input.Value(block), dy);
    }

    private void PrepareInputGradient(NativeArena arena, Shape x, Shape y, int taps)
    {
        PixelClass[] pixels = PixelClass.Of(AxisClass.Backward(rows), AxisClass.Backward(columns), y, PlaneLayout.Compact(x.Height, x.Width), columns.Kernel);
        inputGradient = Contraction.Of(set, arena, pixels, x.Channels, taps * y.Channels, x.Height * x.Width, GradientFrame);
        gradientPacking = new WeightPacking(x.Channels, inputGradient.TileColumns, taps, y.Channels, 1, x.Channels, layout.Stride);
        gradientWeights = arena.Floats(gradientPacking.Elements);
    }
}
