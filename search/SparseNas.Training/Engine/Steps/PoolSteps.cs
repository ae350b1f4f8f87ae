using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine.Steps;

/// <summary>Max pooling.</summary>
internal sealed unsafe class MaxPoolStep(LaneKernels kernels, TensorSlot input, TensorSlot output, bool relu, PoolLoops loops)
    : ChannelwiseStep(kernels, input, output, relu)
{
    public override bool CanMaskInputGradient => true;

    public override bool BackwardReadsInput => true;

    public override bool BackwardReadsOutput => true;

    public override void Forward(int block, ChannelRange channels)
    {
        Kernels.MaxPool(Input.Value(block, channels.First), Output.Value(block, channels.First), Of(channels));
        FinishForward(block, channels);
    }

    public override void Backward(int block, ChannelRange channels)
    {
        StartBackward(block, channels);
        bool store = loops.IsHalving && loops.TilesInput && !Accumulates[0];
        float* dx = store ? Input.Gradient(block, channels.First) : OpenChannelGradient(block, channels);
        Kernels.MaxPoolGradient(
            Input.Value(block, channels.First), Output.Value(block, channels.First), Output.Gradient(block, channels.First), dx, Of(channels), store, MasksInputGradient);
    }

    private PoolLoops Of(ChannelRange channels) => loops with { Channels = channels.Count };
}

/// <summary>Average pooling, global or by windows, and downsampling of the input.</summary>
internal sealed unsafe class AveragePoolStep(LaneKernels kernels, TensorSlot input, TensorSlot output, bool relu, PoolLoops loops)
    : ChannelwiseStep(kernels, input, output, relu)
{
    public override bool CanMaskInputGradient => true;

    public override bool BackwardReadsInput => MasksInputGradient;

    /// <summary>Whether a channel's pixels all have the same gradient.</summary>
    public bool IsGlobal => loops is { OutputHeight: 1, OutputWidth: 1, TilesInput: true };

    public override void Forward(int block, ChannelRange channels)
    {
        Kernels.AveragePool(Input.Value(block, channels.First), Output.Value(block, channels.First), Of(channels));
        FinishForward(block, channels);
    }

    public override void Backward(int block, ChannelRange channels)
    {
        StartBackward(block, channels);
        bool store = loops.TilesInput && !Accumulates[0] && !Input.GradientIsUniform;
        float* dx = store ? Input.Gradient(block, channels.First) : OpenChannelGradient(block, channels);
        if (Input.GradientIsUniform) Kernels.AddScaled(Output.Gradient(block, channels.First), 1f / (loops.Height * loops.Width), dx, channels.Count * LaneBlock.Images);
        else Kernels.AveragePoolGradient(Input.Value(block, channels.First), Output.Gradient(block, channels.First), dx, Of(channels), store, MasksInputGradient);
    }

    private PoolLoops Of(ChannelRange channels) => loops with { Channels = channels.Count };
}
