using System.Collections.Immutable;
using SparseNas.Networks;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine.Steps;

/// <summary>A ReLU that could not be fused.</summary>
internal sealed unsafe class ReluStep(LaneKernels kernels, TensorSlot input, TensorSlot output) : Step(kernels, [input], output, true)
{
    public override void Forward(int block)
    {
        Buffer.MemoryCopy(Inputs[0].Value(block), Output.Value(block), Output.BlockElements * sizeof(float), Output.BlockElements * sizeof(float));
        FinishForward(block);
    }

    public override void Backward(int block)
    {
        StartBackward(block);
        Kernels.AddScaled(Output.Gradient(block), 1f, OpenInputGradient(0, block), Output.BlockElements);
    }
}

/// <summary>Sum of two tensors.</summary>
internal sealed unsafe class AddStep(LaneKernels kernels, TensorSlot[] inputs, TensorSlot output, bool relu) : Step(kernels, inputs, output, relu)
{
    public override void Forward(int block)
    {
        Kernels.Add(Inputs[0].Value(block), Inputs[1].Value(block), Output.Value(block), Output.BlockElements);
        FinishForward(block);
    }

    public override void Backward(int block)
    {
        StartBackward(block);
        for (int input = 0; input < Inputs.Length; input++)
        {
            if (Inputs[input].NeedsGradient) Kernels.AddScaled(Output.Gradient(block), 1f, OpenInputGradient(input, block), Output.BlockElements);
        }
    }
}

/// <summary>Channels of two tensors side by side: in [C][H][W] one tensor after the other.</summary>
internal sealed unsafe class ConcatStep(LaneKernels kernels, TensorSlot[] inputs, TensorSlot output, bool relu) : Step(kernels, inputs, output, relu)
{
    public override void Forward(int block)
    {
        float* y = Output.Value(block);
        foreach (TensorSlot input in Inputs)
        {
            nint bytes = input.BlockElements * sizeof(float);
            Buffer.MemoryCopy(input.Value(block), y, bytes, bytes);
            y += input.BlockElements;
        }

        FinishForward(block);
    }

    public override void Backward(int block)
    {
        StartBackward(block);
        float* dy = Output.Gradient(block);
        for (int input = 0; input < Inputs.Length; input++)
        {
            nint count = Inputs[input].BlockElements;
            if (Inputs[input].NeedsGradient) Kernels.AddScaled(dy, 1f, OpenInputGradient(input, block), count);
            dy += count;
        }
    }
}

/// <summary>Selected values; each is one vector of sixteen images.</summary>
internal sealed unsafe class GatherStep(LaneKernels kernels, TensorSlot input, TensorSlot output, bool relu, ImmutableArray<int> indices)
    : Step(kernels, [input], output, relu)
{
    private int* places;

    public override void Prepare(NativeArena arena, bool training)
    {
        Shape x = Inputs[0].Shape;
        places = arena.Table([.. indices.Select(index => (index % x.Channels * x.Height * x.Width) + (index / x.Channels))]);   // NHWC to [C][H][W]
    }

    public override void Forward(int block)
    {
        Kernels.Gather(Inputs[0].Value(block), places, indices.Length, Output.Value(block));
        FinishForward(block);
    }

    public override void Backward(int block)
    {
        StartBackward(block);
        Kernels.AddScattered(Output.Gradient(block), places, indices.Length, OpenInputGradient(0, block));
    }
}

/// <summary>Red, green and blue to luma: (77 R + 150 G + 29 B) / 256.</summary>
internal sealed unsafe class GreyscaleStep(LaneKernels kernels, TensorSlot input, TensorSlot output, bool relu)
    : Step(kernels, [input], output, relu)
{
    private const float Red = 77f / 256f, Green = 150f / 256f, Blue = 29f / 256f;

    public override void Forward(int block)
    {
        float* x = Inputs[0].Value(block);
        nint plane = Output.BlockElements;
        Kernels.Mix(x, x + plane, x + (2 * plane), Red, Green, Blue, Output.Value(block), plane);
        FinishForward(block);
    }

    public override void Backward(int block)
    {
        StartBackward(block);
        float* dx = OpenInputGradient(0, block);
        nint plane = Output.BlockElements;
        Kernels.AddScaled(Output.Gradient(block), Red, dx, plane);
        Kernels.AddScaled(Output.Gradient(block), Green, dx + plane, plane);
        Kernels.AddScaled(Output.Gradient(block), Blue, dx + (2 * plane), plane);
    }
}
