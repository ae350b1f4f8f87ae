using System.Collections.Immutable;
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

/// <summary><see cref="QuantizedConcat.Apply"/> in lanes of 32 bits, one output channel after the other.</summary>
internal sealed unsafe class ConcatStep(QuantizedConcat op, LaneTensor first, LaneTensor second, LaneTensor output) : LaneStep
{
    /// <inheritdoc/>
    public override void Run(IntegerInstructions instructions)
    {
        int pixels = output.Shape.Height * output.Shape.Width, channels = output.Shape.Channels;
        for (int pixel = 0; pixel < pixels; pixel++)
        for (int half = 0; half < LaneTensor.CellBytes; half += 32)
        for (int cell = 0; cell < output.Cells; cell++)
        {
            Vector256<int> packed = Vector256<int>.Zero;
            for (int part = 0; part < LaneTensor.CellChannels; part++)
            {
                int channel = (cell * LaneTensor.CellChannels) + part;
                if (channel < channels) packed |= Vector256.ShiftLeft(Value(pixel, channel, half), 8 * part);
            }

            packed.AsByte().StoreAligned(output.Pointer + (pixel * output.PixelBytes) + (cell * LaneTensor.CellBytes) + half);
        }
    }

    private Vector256<int> Value(int pixel, int channel, int half)
    {
        int which = channel < first.Shape.Channels ? 0 : 1, at = channel - (which * first.Shape.Channels);
        LaneTensor source = which == 0 ? first : second;
        byte* cell = source.Pointer + (pixel * source.PixelBytes) + (at / LaneTensor.CellChannels * LaneTensor.CellBytes) + half;
        Vector256<int> code = Vector256.ShiftRightLogical(Vector256.LoadAligned(cell).AsInt32(), 8 * (at % LaneTensor.CellChannels)) & Vector256.Create(0xFF);
        (int zeroPoint, int multiplier) = op.Scaling(which);
        Vector256<int> scaled = ((code - Vector256.Create(zeroPoint)) * multiplier) + Vector256.Create(1 << (op.Shift - 1));
        code = Vector256.ShiftRightArithmetic(scaled, op.Shift) + Vector256.Create(op.Output.ZeroPoint);
        return Vector256.Min(Vector256.Max(code, Vector256.Create(op.Minimum)), Vector256.Create(op.Maximum));
    }
}

/// <summary>Selected values, at least <c>floor</c>; four of them share a cell.</summary>
internal sealed unsafe class GatherStep : LaneStep
{
    private readonly LaneTensor input, output;
    private readonly PinnedBuffer<int> offsets, shifts;
    private readonly int floor;

    public GatherStep(LaneTensor input, LaneTensor output, ImmutableArray<int> indices, int floor)
    {
        this.input = input;
        this.output = output;
        this.floor = floor;
        int channels = input.Shape.Channels;
        offsets = new PinnedBuffer<int>([.. indices.Select(index =>
            (index / channels * input.PixelBytes) + (index % channels / LaneTensor.CellChannels * LaneTensor.CellBytes))]);
        shifts = new PinnedBuffer<int>([.. indices.Select(index => index % channels % LaneTensor.CellChannels * 8)]);
    }

    /// <inheritdoc/>
    public override void Run(IntegerInstructions instructions)
    {
        Vector256<int> mask = Vector256.Create(0xFF);
        Vector256<byte> least = Vector256.Create((byte)floor);
        byte* target = output.Pointer;
        for (int first = 0; first < offsets.Count; first += LaneTensor.CellChannels)
        for (int half = 0; half < LaneTensor.CellBytes; half += 32, target += 32)
        {
            Vector256<int> cell = Vector256<int>.Zero;
            for (int f = first; f < Math.Min(first + LaneTensor.CellChannels, offsets.Count); f++)
            {
                Vector256<int> source = Vector256.LoadAligned(input.Pointer + offsets.Pointer[f] + half).AsInt32();
                cell |= Vector256.ShiftLeft(Vector256.ShiftRightLogical(source, shifts.Pointer[f]) & mask, (f - first) * 8);
            }

            Vector256.Max(cell.AsByte(), least).StoreAligned(target);
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
