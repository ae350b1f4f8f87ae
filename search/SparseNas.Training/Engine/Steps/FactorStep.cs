using SparseNas.Training.Engine.Kernels;
using SparseNas.Training.Engine.Noise;

namespace SparseNas.Training.Engine.Steps;

/// <summary>Multiplies every input feature of a dense layer by its factor, drawn for every image: y = x·z.</summary>
internal sealed unsafe class FactorStep(LaneKernels kernels, TensorSlot input, TensorSlot output, WeightNoise noise, int node, GroupFactors factors)
    : Step(kernels, [input], output, relu: false)
{
    private float* products;
    private long batch;

    public override bool BackwardReadsOutput => true;

    public override void Prepare(NativeArena arena, bool training) => products = arena.Floats(Output.BlockElements);

    public override void BeginBatch()
    {
        if (!noise.IsOn) return;
        batch++;
        factors.ClearGradients();
    }

    public override void Forward(int block)
    {
        float* x = Inputs[0].Value(block), y = Output.Value(block);
        if (noise.IsOn)
        {
            Draw(block);
            Kernels.Multiply(x, factors.Values, y, Output.BlockElements);
        }
        else
        {
            Buffer.MemoryCopy(x, y, Output.BlockElements * sizeof(float), Output.BlockElements * sizeof(float));
        }
    }

    public override void Backward(int block)
    {
        float* dy = Output.Gradient(block);
        if (noise.IsOn)
        {
            Draw(block);
            Kernels.Multiply(dy, Output.Value(block), products, Output.BlockElements);
            factors.Accumulate(products);
            Kernels.Multiply(dy, factors.Values, dy, Output.BlockElements);
        }

        if (Inputs[0].NeedsGradient) Kernels.AddScaled(dy, 1f, OpenInputGradient(0, block), Output.BlockElements);
    }

    private void Draw(int block) => factors.Draw(noise.Of(NoisePurpose.Factors, node, batch, block));
}
