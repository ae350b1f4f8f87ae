using System.Runtime.Intrinsics;

namespace SparseNas.Quantization.Execution.Lanes;

/// <summary>One operator over sixteen images, its tensors and numbers bound in.</summary>
internal abstract class LaneStep
{
    /// <summary>Reads the input tensors and writes the output tensor.</summary>
    public abstract void Run(IntegerInstructions instructions);
}

/// <summary>Largest code of a window, at least <c>floor</c>.</summary>
internal sealed unsafe class MaxStep(LaneTensor input, LaneTensor output, int[] offsets, int floor) : LaneStep
{
    private readonly PinnedBuffer<int> offsets = new(offsets);

    /// <inheritdoc/>
    public override void Run(IntegerInstructions instructions)
    {
        int pixels = output.Shape.Height * output.Shape.Width, taps = offsets.Count / pixels;
        byte* target = output.Pointer;
        int* offset = offsets.Pointer;
        Vector256<byte> least = Vector256.Create((byte)floor);
        for (int pixel = 0; pixel < pixels; pixel++, offset += taps)
        for (int at = 0; at < output.PixelBytes; at += 32, target += 32)
        {
            Vector256<byte> largest = least;
            for (int tap = 0; tap < taps; tap++) largest = Vector256.Max(largest, Vector256.LoadAligned(input.Pointer + offset[tap] + at));
            largest.StoreAligned(target);
        }
    }
}

/// <summary><see cref="QuantizedAdd.Apply"/> in lanes of 32 bits.</summary>
internal sealed unsafe class AddStep(QuantizedAdd op, LaneTensor a, LaneTensor b, LaneTensor output) : LaneStep
{
    /// <inheritdoc/>
    public override void Run(IntegerInstructions instructions)
    {
        int bytes = output.PaddingOffset;
        Vector256<int> mask = Vector256.Create(0xFF);
        for (int at = 0; at < bytes; at += 32)
        {
            Vector256<int> left = Vector256.LoadAligned(a.Pointer + at).AsInt32(), right = Vector256.LoadAligned(b.Pointer + at).AsInt32();
            Vector256<int> packed = Vector256<int>.Zero;
            for (int bits = 0; bits < 32; bits += 8)
            {
                Vector256<int> x = (Vector256.ShiftRightLogical(left, bits) & mask) - Vector256.Create(op.ZeroPointA);
                Vector256<int> y = (Vector256.ShiftRightLogical(right, bits) & mask) - Vector256.Create(op.ZeroPointB);
                Vector256<int> sum = (x * op.MultiplierA) + (y * op.MultiplierB) + Vector256.Create(1 << (op.Shift - 1));
                Vector256<int> code = Vector256.ShiftRightArithmetic(sum, op.Shift) + Vector256.Create(op.Output.ZeroPoint);
                code = Vector256.Min(Vector256.Max(code, Vector256.Create(op.Minimum)), Vector256.Create(op.Maximum));
                packed |= Vector256.ShiftLeft(code, bits);
            }

            packed.AsByte().StoreAligned(output.Pointer + at);
        }
    }
}

/// <summary>Luma of three channels, at least <c>floor</c>; the cell's other channels become 0.</summary>
internal sealed unsafe class GreyscaleStep(LaneTensor input, LaneTensor output, int floor) : LaneStep
{
    /// <inheritdoc/>
    public override void Run(IntegerInstructions instructions)
    {
        int bytes = output.PaddingOffset;   // three channels and one channel both take one cell
        Vector256<int> mask = Vector256.Create(0xFF);
        for (int at = 0; at < bytes; at += 32)
        {
            Vector256<int> cell = Vector256.LoadAligned(input.Pointer + at).AsInt32();
            Vector256<int> luma = ((cell & mask) * 77) + ((Vector256.ShiftRightLogical(cell, 8) & mask) * 150)
                + ((Vector256.ShiftRightLogical(cell, 16) & mask) * 29) + Vector256.Create(128);
            Vector256.Max(Vector256.ShiftRightLogical(luma, 8), Vector256.Create(floor)).AsByte().StoreAligned(output.Pointer + at);
        }
    }
}
