using SparseNas.Networks;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine.Steps;

/// <summary>Zeroes a random share of values and scales the others up by 1 / (1 − share), so that inference needs no dropout.</summary>
internal sealed unsafe class DropoutStep(LaneKernels kernels, TensorSlot input, TensorSlot output, DropoutOptions options, BatchLanes batch)
    : Step(kernels, [input], output, relu: false)
{
    private const ulong Stream = 4;
    private const int DrawsPerNumber = 4;
    private readonly SeededRandom random = new(options.Seed, Stream);
    private float* factors;

    public override void Prepare(NativeArena arena, bool training) => factors = arena.Floats(Output.BlockElements * batch.MaxBlocks);

    /// <summary>Draws for the whole batch, so that a block that is computed again drops the same values.</summary>
    public override void BeginBatch()
    {
        float kept = 1 / (1 - options.Share);
        var threshold = (ushort)(options.Share * 65536);
        for (nint i = 0; i < Output.BlockElements * batch.Blocks; i += DrawsPerNumber)
        {
            ulong bits = random.NextUInt64();
            for (int draw = 0; draw < DrawsPerNumber; draw++, bits >>= 16) factors[i + draw] = (ushort)bits < threshold ? 0 : kept;
        }
    }

    public override void Forward(int block) =>
        Kernels.Multiply(Inputs[0].Value(block), factors + (block * Output.BlockElements), Output.Value(block), Output.BlockElements);

    public override void Backward(int block)
    {
        if (!Inputs[0].NeedsGradient) return;
        float* dy = Output.Gradient(block);
        Kernels.Multiply(dy, factors + (block * Output.BlockElements), dy, Output.BlockElements);
        Kernels.AddScaled(dy, 1f, OpenInputGradient(0, block), Output.BlockElements);
    }
}
