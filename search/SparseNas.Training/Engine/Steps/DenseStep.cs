using SparseNas.Networks;
using SparseNas.Training.Engine.Geometry;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine.Steps;

/// <summary>
/// A dense layer: a 1x1 convolution of one pixel with as many channels as the input has values. For its weight gradient the input block is
/// transposed to [16][features], so that vectors run over features and images are the reduction.
/// </summary>
internal sealed unsafe class DenseStep(
    InstructionSet set, LaneKernels kernels, Parameters parameters, KernelLayout layout, TensorSlot input, TensorSlot output, bool relu)
    : Step(kernels, [input], output, relu)
{
    private readonly TensorSlot input = input;
    private Contraction? forward;
    private Contraction? inputGradient;
    private WeightPacking? forwardPacking;
    private WeightPacking? gradientPacking;
    private DenseWeightGradient? weightGradient;
    private float* forwardWeights;
    private float* gradientWeights;

    public override bool BackwardReadsInput => true;

    public override bool CanMaskInputGradient => true;

    public override void Prepare(NativeArena arena, bool training)
    {
        int features = layout.Inputs, outputs = layout.Outputs;
        forward = Contraction.Of(
            set, arena, OnePixel(features), outputs, features, 1, new TileFrame(TileStart.Bias, HasRelu ? TileEnd.Relu : TileEnd.Store));
        forwardPacking = new WeightPacking(outputs, forward.TileColumns, 1, features, layout.Stride, 0, 1);
        forwardWeights = arena.Floats(forwardPacking.Elements);
        if (!training) return;
        weightGradient = new DenseWeightGradient(set, arena, features, outputs, layout.Stride);
        if (!input.NeedsGradient) return;
        inputGradient = Contraction.Of(
            set, arena, OnePixel(outputs), features, outputs, 1, GradientFrame);
        gradientPacking = new WeightPacking(features, inputGradient.TileColumns, 1, outputs, 1, 0, layout.Stride);
        gradientWeights = arena.Floats(gradientPacking.Elements);
    }

    public override void BeginBatch()
    {
        float* weights = parameters.Values + layout.Weights.Offset;
        forwardPacking!.Pack(weights, forwardWeights);
        gradientPacking?.Pack(weights, gradientWeights);
    }

    public override void Forward(int block) => forward!.Compute(
        input.Value(block), forwardWeights, Output.Value(block), parameters.Values + layout.Bias.Offset, null);

    public override void Backward(int block)
    {
        StartBackward(block);
        float* dy = Output.Gradient(block);
        weightGradient!.Accumulate(input.Value(block), dy, parameters.Gradients + layout.Weights.Offset);
        Kernels.ChannelSums(dy, layout.Outputs, 1, parameters.Gradients + layout.Bias.Offset);
        inputGradient?.Compute(dy, gradientWeights, input.Gradient(block), null, input.Value(block));
    }

    private static PixelClass[] OnePixel(int channels)
    {
        AxisClass[] axis = AxisClass.Forward(Window.Of(1, 1, 1, Padding.Valid));
        return PixelClass.Of(axis, axis, new Shape(1, 1, channels), PlaneLayout.Compact(1, 1), 1);
    }
}
