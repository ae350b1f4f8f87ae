using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine.Steps;

/// <summary>Max pooling.</summary>
internal sealed unsafe class MaxPoolStep(LaneKernels kernels, TensorSlot input, TensorSlot output, bool relu, PoolLoops loops)
    : ChannelwiseStep(kernels, input, output, relu)
{
    private readonly PoolLoops loops = loops with { Channels = 1 };

    public override bool CanMaskInputGradient => true;

    public override bool BackwardReadsInput => true;

    public override bool BackwardReadsOutput => true;

    public override void Forward(int block, int channel)
    {
        Kernels.MaxPool(Input.Value(block, channel), Output.Value(block, channel), loops);
        FinishForward(block, channel);
    }

    public override void Backward(int block, int channel)
    {
        StartBackward(block, channel);
        bool store = loops.IsHalving && loops.TilesInput && !Accumulates[0];
        float* dx = store ? Input.Gradient(block, channel) : OpenChannelGradient(block, channel);
        Kernels.MaxPoolGradient(
            Input.Value(block, channel), Output.Value(block, channel), Output.Gradient(block, channel), dx, loops, store, MasksInputGradient);
    }
}

/// <summary>Average pooling, global or by windows, and downsampling of the input.</summary>
internal sealed unsafe class AveragePoolStep(LaneKernels kernels, TensorSlot input, TensorSlot output, bool relu, PoolLoops loops)
    : ChannelwiseStep(kernels, input, output, relu)
{
    private readonly PoolLoops loops = loops with { Channels = 1 };

    public override bool CanMaskInputGradient => true;

    public override bool BackwardReadsInput => MasksInputGradient;

    public override void Forward(int block, int channel)
    {
        Kernels.AveragePool(Input.Value(block, channel), Output.Value(block, channel), loops);
        FinishForward(block, channel);
    }

    public override void Backward(int block, int channel)
    {
        StartBackward(block, channel);
        bool store = loops.TilesInput && !Accumulates[0];
        float* dx = store ? Input.Gradient(block, channel) : OpenChannelGradient(block, channel);
        Kernels.AveragePoolGradient(Input.Value(block, channel), Output.Gradient(block, channel), dx, loops, store, MasksInputGradient);
    }
}
