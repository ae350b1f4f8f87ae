using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SparseNas.Quantization.Execution.Lanes;

/// <summary>Extents of a <see cref="DotStep"/>.</summary>
/// <param name="Pixels">Output pixels.</param>
/// <param name="Taps">Taps per output pixel.</param>
/// <param name="CellsPerTap">Input cells per tap.</param>
/// <param name="OutputCells">Output cells per pixel.</param>
/// <param name="InputStepBytes">How far the input moves from one output cell to the next: one cell for a diagonal kernel, else 0.</param>
internal readonly record struct DotGeometry(int Pixels, int Taps, int CellsPerTap, int OutputCells, int InputStepBytes);

/// <summary>
/// The numbers of a <see cref="DotStep"/>; layouts as in <see cref="Taps"/>, four entries per output cell for the channel tables.
/// </summary>
internal readonly unsafe struct DotData(
    byte* input, byte* output, int* logits, int* offsets, int* weights, int* biases, int* multipliers, int* limits)
{
    public readonly byte* Input = input, Output = output;
    public readonly int* Logits = logits, Offsets = offsets, Weights = weights, Biases = biases, Multipliers = multipliers, Limits = limits;
}

/// <summary>
/// The inner loops: one output cell (four channels of sixteen images) in eight vectors of eight accumulators. A leaf method with every
/// vector in a local of its own, so that all of them stay in registers.
/// </summary>
internal static unsafe class DotKernel<TDot>
    where TDot : struct, IDotProduct
{
    private const int HalfCellBytes = LaneTensor.CellBytes / 2;

    /// <summary>All output pixels of one block of sixteen images.</summary>
    public static void Run(DotGeometry g, DotData d, LaneRequantization requantization)
    {
        byte* output = d.Output;
        int* offsets = d.Offsets;
        for (int pixel = 0; pixel < g.Pixels; pixel++, offsets += g.Taps)
        {
            int* weights = d.Weights;
            byte* input = d.Input;
            for (int cell = 0; cell < g.OutputCells; cell++, input += g.InputStepBytes)
            {
                int* bias = d.Biases + (cell * LaneTensor.CellChannels);
                Vector256<int> a0 = Vector256.Create(bias[0]), a1 = Vector256.Create(bias[1]);
                Vector256<int> a2 = Vector256.Create(bias[2]), a3 = Vector256.Create(bias[3]);
                Vector256<int> b0 = a0, b1 = a1, b2 = a2, b3 = a3;
                for (int tap = 0; tap < g.Taps; tap++)
                {
                    byte* next = input + offsets[tap];
                    for (int count = g.CellsPerTap; count > 0; count--)
                    {
                        Vector256<byte> a = Vector256.LoadAligned(next), b = Vector256.LoadAligned(next + HalfCellBytes);
                        a0 = TDot.Add(a0, a, weights[0]);
                        b0 = TDot.Add(b0, b, weights[0]);
                        a1 = TDot.Add(a1, a, weights[1]);
                        b1 = TDot.Add(b1, b, weights[1]);
                        a2 = TDot.Add(a2, a, weights[2]);
                        b2 = TDot.Add(b2, b, weights[2]);
                        a3 = TDot.Add(a3, a, weights[3]);
                        b3 = TDot.Add(b3, b, weights[3]);
                        weights += LaneTensor.CellChannels;
                        next += LaneTensor.CellBytes;
                    }
                }

                if (d.Logits != null)
                {
                    int* row = d.Logits + (cell * LaneTensor.CellChannels * LaneTensor.Images);
                    StoreRow(row, a0, b0);
                    StoreRow(row + LaneTensor.Images, a1, b1);
                    StoreRow(row + (2 * LaneTensor.Images), a2, b2);
                    StoreRow(row + (3 * LaneTensor.Images), a3, b3);
                    continue;
                }

                int* m = d.Multipliers + (cell * LaneTensor.CellChannels), limit = d.Limits + (cell * LaneTensor.CellChannels);
                if (requantization.IsSplit)
                {
                    Pack(
                        requantization.Split(a0, m[0]), requantization.Split(a1, m[1]),
                        requantization.Split(a2, m[2]), requantization.Split(a3, m[3])).StoreAligned(output);
                    Pack(
                        requantization.Split(b0, m[0]), requantization.Split(b1, m[1]),
                        requantization.Split(b2, m[2]), requantization.Split(b3, m[3])).StoreAligned(output + HalfCellBytes);
                }
                else
                {
                    Pack(
                        requantization.Limited(a0, m[0], limit[0]), requantization.Limited(a1, m[1], limit[1]),
                        requantization.Limited(a2, m[2], limit[2]), requantization.Limited(a3, m[3], limit[3])).StoreAligned(output);
                    Pack(
                        requantization.Limited(b0, m[0], limit[0]), requantization.Limited(b1, m[1], limit[1]),
                        requantization.Limited(b2, m[2], limit[2]), requantization.Limited(b3, m[3], limit[3]))
                        .StoreAligned(output + HalfCellBytes);
                }

                output += LaneTensor.CellBytes;
            }
        }
    }

    /// <summary>Four codes of each image side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Pack(Vector256<int> q0, Vector256<int> q1, Vector256<int> q2, Vector256<int> q3) =>
        (q0 | Vector256.ShiftLeft(q1, 8) | Vector256.ShiftLeft(q2, 16) | Vector256.ShiftLeft(q3, 24)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow(int* row, Vector256<int> a, Vector256<int> b)
    {
        a.StoreAligned(row);
        b.StoreAligned(row + (LaneTensor.Images / 2));
    }
}
