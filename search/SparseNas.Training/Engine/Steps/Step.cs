using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine.Steps;

/// <summary>One layer (with the ReLU that alone reads it) as the engine runs it, one block of sixteen images at a time.</summary>
internal abstract unsafe class Step(LaneKernels kernels, TensorSlot[] inputs, TensorSlot output, bool relu)
{
    /// <summary>What is read.</summary>
    public TensorSlot[] Inputs { get; } = inputs;

    /// <summary>What is written.</summary>
    public TensorSlot Output { get; } = output;

    /// <summary>Whether a ReLU is fused.</summary>
    public bool HasRelu { get; } = relu;

    /// <summary>Per input, whether its gradient already holds something when this step adds to it; set by the plan.</summary>
    public bool[] Accumulates { get; } = new bool[inputs.Length];

    /// <summary>Whether every output channel depends on one input channel only, so that a <see cref="Stage"/> may run it channel by channel.</summary>
    public virtual bool IsChannelwise => false;

    /// <summary>Whether this step can apply the gradient of the ReLU that its input ends with when it writes the input's gradient.</summary>
    public virtual bool CanMaskInputGradient => false;

    /// <summary>Whether it does.</summary>
    protected bool MasksInputGradient => Inputs[0].GradientIsMasked;

    /// <summary>How a tile writes the input gradient.</summary>
    protected TileFrame GradientFrame => new(
        Accumulates[0] ? TileStart.Output : TileStart.Zero, MasksInputGradient ? TileEnd.MaskPositive : TileEnd.Store);

    /// <summary>Whether <see cref="Backward"/> reads the values of its inputs.</summary>
    public virtual bool BackwardReadsInput => false;

    /// <summary>Whether <see cref="Backward"/> reads its own output.</summary>
    public virtual bool BackwardReadsOutput => HasRelu;

    protected LaneKernels Kernels { get; } = kernels;

    /// <summary>Called once when the plan has decided about memory and <see cref="Accumulates"/>.</summary>
    public virtual void Prepare(NativeArena arena, bool training)
    {
    }

    /// <summary>Called before every batch: weights have changed.</summary>
    public virtual void BeginBatch()
    {
    }

    /// <summary>Called after the backward pass of the whole batch: sums become gradients.</summary>
    public virtual void EndBatch()
    {
    }

    /// <summary>Output from inputs.</summary>
    public abstract void Forward(int block);

    /// <summary>Gradients of inputs and parameters from the gradient of the output, which may be overwritten.</summary>
    public abstract void Backward(int block);

    /// <summary>Applies the fused ReLU to the output.</summary>
    protected void FinishForward(int block)
    {
        if (HasRelu) Kernels.Relu(Output.Value(block), Output.BlockElements);
    }

    /// <summary>Turns the gradient of the ReLU's output into that of its input, in place.</summary>
    protected void StartBackward(int block)
    {
        if (HasRelu && !Output.GradientIsMasked) Kernels.MaskPositive(Output.Gradient(block), Output.Value(block), Output.BlockElements);
    }

    /// <summary>The gradient of an input, zeroed unless something is already there.</summary>
    protected float* OpenInputGradient(int input, int block)
    {
        float* gradient = Inputs[input].Gradient(block);
        if (!Accumulates[input]) new Span<float>(gradient, (int)Inputs[input].BlockElements).Clear();
        return gradient;
    }
}
