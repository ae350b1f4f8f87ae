using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine.Steps;

/// <summary>
/// A step whose output channels each depend on one input channel: a <see cref="Stage"/> runs several of them channel by channel, so that what
/// one hands to the next stays in the first-level cache.
/// </summary>
internal abstract unsafe class ChannelwiseStep(LaneKernels kernels, TensorSlot input, TensorSlot output, bool relu)
    : Step(kernels, [input], output, relu)
{
    /// <summary>What is read.</summary>
    protected TensorSlot Input { get; } = input;

    public sealed override void Forward(int block)
    {
        for (int channel = 0; channel < Output.Shape.Channels; channel++) Forward(block, channel);
    }

    public sealed override void Backward(int block)
    {
        for (int channel = 0; channel < Output.Shape.Channels; channel++) Backward(block, channel);
    }

    /// <summary>One channel of the output.</summary>
    public abstract void Forward(int block, int channel);

    /// <summary>Gradients of one channel of the input and of its parameters.</summary>
    public abstract void Backward(int block, int channel);

    /// <summary>Applies the fused ReLU to a channel of the output.</summary>
    protected void FinishForward(int block, int channel)
    {
        if (HasRelu) Kernels.Relu(Output.Value(block, channel), Output.PlaneElements);
    }

    /// <summary>Turns the gradient of a channel of the ReLU's output into that of its input, in place.</summary>
    protected void StartBackward(int block, int channel)
    {
        if (HasRelu && !Output.GradientIsMasked) Kernels.MaskPositive(Output.Gradient(block, channel), Output.Value(block, channel), Output.PlaneElements);
    }

    /// <summary>The gradient of a channel of the input, zeroed unless something is already there.</summary>
    protected float* OpenChannelGradient(int block, int channel)
    {
        float* gradient = Input.Gradient(block, channel);
        if (!Accumulates[0]) new Span<float>(gradient, (int)Input.PlaneElements).Clear();
        return gradient;
    }
}
