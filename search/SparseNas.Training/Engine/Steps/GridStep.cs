using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine.Steps;

/// <summary>An <see cref="ActivationGrid"/> behind the tensor it rounds.</summary>
internal sealed unsafe class GridStep(LaneKernels kernels, TensorSlot input, TensorSlot output, ActivationGrid grid)
    : Step(kernels, [input], output, relu: false)
{
    public override bool BackwardReadsInput => true;

    public override void Forward(int block) =>
        Kernels.RoundToGrid(Inputs[0].Value(block), Output.Value(block), Output.BlockElements, grid.Scale, grid.Lowest, grid.Highest);

    public override void Backward(int block) => Kernels.AddInside(
        Inputs[0].Value(block), Output.Gradient(block), OpenInputGradient(0, block), Output.BlockElements,
        grid.Scale * (grid.Lowest - 0.5f), grid.Scale * (grid.Highest + 0.5f));
}
