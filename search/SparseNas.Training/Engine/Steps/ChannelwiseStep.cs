using SparseNas.Networks;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine.Steps;

/// <summary>Neighbouring channels of a tensor.</summary>
internal readonly record struct ChannelRange(int First, int Count);

/// <summary>
/// A step whose output channels each depend on one input channel: a <see cref="Stage"/> runs several of them over a few channels at a time, so that what
/// one hands to the next stays in the first-level cache.
/// </summary>
internal abstract unsafe class ChannelwiseStep(LaneKernels kernels, TensorSlot input, TensorSlot output, bool relu)
    : Step(kernels, [input], output, relu)
{
    private const int CacheBytes = 14 << 10;   // of the 48 KB of a first-level cache, what the channels of one tensor may take

    public override bool IsChannelwise => true;

    /// <summary>Channels of a call; a call costs as much as some fifty pixels, so that small planes run together.</summary>
    public int ChannelsAtOnce { get; set; } = Fitting(input.Shape, output.Shape);

    /// <summary>What is read.</summary>
    protected TensorSlot Input { get; } = input;

    /// <summary>The <paramref name="index"/>-th channels that run together.</summary>
    public ChannelRange Channels(int index)
    {
        int first = index * ChannelsAtOnce;
        return new ChannelRange(first, Math.Min(ChannelsAtOnce, Output.Shape.Channels - first));
    }

    public sealed override void Forward(int block)
    {
        for (int i = 0; Channels(i) is { Count: > 0 } channels; i++) Forward(block, channels);
    }

    public sealed override void Backward(int block)
    {
        for (int i = 0; Channels(i) is { Count: > 0 } channels; i++) Backward(block, channels);
    }

    /// <summary>Some channels of the output.</summary>
    public abstract void Forward(int block, ChannelRange channels);

    /// <summary>Gradients of some channels of the input and of their parameters.</summary>
    public abstract void Backward(int block, ChannelRange channels);

    /// <summary>Applies the fused ReLU to channels of the output.</summary>
    protected void FinishForward(int block, ChannelRange channels)
    {
        if (HasRelu) Kernels.Relu(Output.Value(block, channels.First), Output.PlaneElements * channels.Count);
    }

    /// <summary>Turns the gradient of channels of the ReLU's output into that of its input, in place.</summary>
    protected void StartBackward(int block, ChannelRange channels)
    {
        if (!HasRelu || Output.GradientIsMasked) return;
        Kernels.MaskPositive(Output.Gradient(block, channels.First), Output.Value(block, channels.First), Output.PlaneElements * channels.Count);
    }

    /// <summary>The gradient of channels of the input, zeroed unless something is already there.</summary>
    protected float* OpenChannelGradient(int block, ChannelRange channels)
    {
        float* gradient = Input.Gradient(block, channels.First);
        if (!Accumulates[0]) new Span<float>(gradient, (int)Input.GradientPlaneElements * channels.Count).Clear();
        return gradient;
    }

    /// <summary>How many channels of these tensors fit the first-level cache together.</summary>
    protected static int Fitting(Shape input, Shape output)
    {
        int pixels = Math.Max(input.Height * input.Width, output.Height * output.Width);
        return Math.Clamp(CacheBytes / (pixels * LaneBlock.Bytes), 1, output.Channels);
    }
}
