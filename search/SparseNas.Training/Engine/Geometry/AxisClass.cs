using SparseNas.Networks;

namespace SparseNas.Training.Engine.Geometry;

/// <summary>
/// Positions along one dimension of a result that see the same kernel taps. At position i, tap j reads the source at
/// Offsets[i] + j·SourceStep and the kernel at FirstTap + j·TapStep, j = 0 .. Taps − 1. Borders need no padding in memory: positions
/// near them are a class with fewer taps.
/// </summary>
/// <param name="Positions">Positions in the result.</param>
/// <param name="Offsets">Where tap 0 of each position reads; always inside the source.</param>
/// <param name="Taps">Number of taps, 0 where nothing is read.</param>
/// <param name="SourceStep">+1 in a forward pass, −1 in an input gradient.</param>
/// <param name="FirstTap">Kernel index of tap 0.</param>
/// <param name="TapStep">1, or the stride in an input gradient.</param>
internal sealed record AxisClass(int[] Positions, int[] Offsets, int Taps, int SourceStep, int FirstTap, int TapStep)
{
    /// <summary>Classes of output positions: output o reads input o·stride − before + k for every k that lies inside.</summary>
    public static AxisClass[] Forward(Window window) =>
    [
        .. Enumerable.Range(0, window.Output)
            .GroupBy(o => (First: Math.Max(0, -window.Start(o)), End: Math.Min(window.Kernel, window.Input - window.Start(o))))
            .Select(group => new AxisClass(
                [.. group], [.. group.Select(o => window.Start(o) + group.Key.First)], group.Key.End - group.Key.First, 1, group.Key.First, 1)),
    ];

    /// <summary>
    /// Classes of input positions: with i + before = stride·b + r, input i reads output b − j through kernel index r + stride·j for every j
    /// that lies inside (one class per parity r, more at the borders).
    /// </summary>
    public static AxisClass[] Backward(Window window) =>
    [
        .. Enumerable.Range(0, window.Input)
            .GroupBy(i =>
            {
                (int b, int r) = Math.DivRem(i + window.Before, window.Stride);
                int first = Math.Max(0, b - (window.Output - 1));
                int end = Math.Min(b + 1, ((window.Kernel - r) + window.Stride - 1) / window.Stride);
                return (Parity: r, First: first, Taps: Math.Max(end - first, 0));
            })
            .Select(group => new AxisClass(
                [.. group], [.. group.Select(i => ((i + window.Before) / window.Stride) - group.Key.First)], group.Key.Taps, -1,
                group.Key.Parity + (window.Stride * group.Key.First), window.Stride)),
    ];
}
