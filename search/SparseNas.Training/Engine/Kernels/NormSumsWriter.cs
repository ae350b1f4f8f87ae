using System.Reflection.Emit;

namespace SparseNas.Training.Engine.Kernels;

/// <summary>
/// What a tile does for the batch norm whose output's gradient it writes (<see cref="TileEnd.NormSums"/>): the gradient of the norm's ReLU, and the sums over
/// pixels that the norm's own gradient waits for.
/// </summary>
internal sealed class NormSumsWriter(KernelWriter kernel)
{
    private readonly LocalBuilder scales = kernel.Field(nameof(TileArguments.NormScale));
    private readonly LocalBuilder shifts = kernel.Field(nameof(TileArguments.NormShift));
    private readonly LocalBuilder means = kernel.Field(nameof(TileArguments.NormMean));
    private readonly LocalBuilder sums = kernel.Field(nameof(TileArguments.NormSums));
    private readonly LocalBuilder scale = kernel.NewVector();
    private readonly LocalBuilder shift = kernel.NewVector();
    private readonly LocalBuilder mean = kernel.NewVector();
    private readonly LocalBuilder floor = kernel.NewVector();
    private readonly LocalBuilder sum = kernel.NewVector();
    private readonly LocalBuilder product = kernel.NewVector();

    /// <summary>Before the tiles of a channel.</summary>
    public void Begin()
    {
        kernel.Assign(scale, () => kernel.PushScalar(scales, 0));
        kernel.Assign(shift, () => kernel.PushScalar(shifts, 0));
        kernel.Assign(mean, () => kernel.PushScalar(means, 0));
        kernel.Assign(floor, () =>
        {
            kernel.PushField(nameof(TileArguments.NormFloor));
            kernel.Call(kernel.Vector.Broadcast);
        });
        kernel.Assign(sum, () => kernel.PushVector(sums, 0));
        kernel.Assign(product, () => kernel.PushVector(sums, LaneBlock.Bytes));
    }

    /// <summary>dy = x · scale + shift > floor ? dy : 0; sum += dy; product += dy · (x − mean).</summary>
    /// <param name="dy">A vector of the gradient.</param>
    /// <param name="pushX">Pushes the norm's input.</param>
    public void Add(LocalBuilder dy, Action pushX)
    {
        LocalBuilder x = kernel.NewVector();
        kernel.Assign(x, pushX);
        kernel.Assign(dy, () =>
        {
            kernel.Push(x, scale, shift);
            kernel.Call(kernel.Vector.MultiplyAdd);
            kernel.Push(floor);
            kernel.Call(kernel.Vector.Greater);
            kernel.Push(dy);
            kernel.Call(kernel.Vector.Zero);
            kernel.Call(kernel.Vector.Select);
        });
        kernel.Assign(sum, () =>
        {
            kernel.Push(sum, dy);
            kernel.Call(kernel.Vector.Add);
        });
        kernel.Assign(product, () =>
        {
            kernel.Push(dy, x, mean);
            kernel.Call(kernel.Vector.Subtract);
            kernel.Push(product);
            kernel.Call(kernel.Vector.MultiplyAdd);
        });
    }

    /// <summary>After the tiles of a channel: on to the next.</summary>
    public void End()
    {
        kernel.Push(sum);
        kernel.PushAddress(sums, 0);
        kernel.Call(kernel.Vector.Store);
        kernel.Push(product);
        kernel.PushAddress(sums, LaneBlock.Bytes);
        kernel.Call(kernel.Vector.Store);
        foreach (LocalBuilder pointer in (LocalBuilder[])[scales, shifts, means]) kernel.Advance(pointer, sizeof(float));
        kernel.Advance(sums, NormChannels.SumFloats * sizeof(float));
    }
}
