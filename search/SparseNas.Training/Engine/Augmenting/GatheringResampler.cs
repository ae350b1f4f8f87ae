using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using SparseNas.Networks;

namespace SparseNas.Training.Engine;

/// <summary>
/// Eight neighbouring pixels at a time. The image lies between borders of fill, one pixel before and two behind, so that clamped coordinates need
/// no test; one gather of four bytes brings a pixel and its right neighbour.
/// </summary>
internal sealed unsafe class GatheringResampler(Shape shape, byte fill) : Resampler(shape, fill)
{
    private const int Lanes = 8;
    private const int Grid = ElasticField.Grid;
    private const int BytesOfGather = sizeof(int);
    private readonly int rows = shape.Height, columns = shape.Width, channels = shape.Channels, stride = (shape.Width + 3) * shape.Channels;
    private readonly float middleRow = (shape.Height - 1) * 0.5f, middleColumn = (shape.Width - 1) * 0.5f;
    private readonly byte[] bordered = Borders(shape, fill);

    /// <summary>Whether the processor can, a row has eight pixels, and a pixel and its neighbour lie within four bytes.</summary>
    public static bool Fits(Shape shape) => Avx2.IsSupported && shape.Width >= Lanes && shape.Channels < BytesOfGather;

    public override void Resample(ReadOnlySpan<byte> image, Span<byte> result, Warp warp, ReadOnlySpan<float> field)
    {
        int rowBytes = columns * channels;
        for (int row = 0; row < rows; row++) image.Slice(row * rowBytes, rowBytes).CopyTo(bordered.AsSpan(((row + 1) * stride) + channels));
        fixed (byte* source = bordered, target = result)
        fixed (float* displacements = field)
        {
            for (int row = 0; row < rows; row++) ResampleRow(source, target + (row * rowBytes), row, warp, displacements);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ResampleRow(byte* source, byte* target, int row, Warp warp, float* field)
    {
        float dy = row - warp.Down - middleRow, direction = warp.Flip ? -1 : 1;
        Vector256<float> startY = Vector256.Create(middleRow + (warp.Cosine * dy)), startX = Vector256.Create(middleColumn + (warp.Sine * dy));
        Vector256<float> one = Vector256.Create((float)One);
        int* values = stackalloc int[Lanes];
        Vector256<int> lowest = Vector256.Create(-One), bottom = Vector256.Create(rows * One), end = Vector256.Create(columns * One);
        for (int first = 0; first < columns; first += Lanes)
        {
            first = Math.Min(first, columns - Lanes);   // the last eight may overlap the eight before
            Vector256<int> column = Vector256.Create(first) + Vector256<int>.Indices;
            Vector256<float> dx = (Vector256.ConvertToSingle(column - Vector256.Create(warp.Right)) - Vector256.Create(middleColumn)) * direction;
            Vector256<float> y = startY - (dx * warp.Sine), x = startX + (dx * warp.Cosine);
            if (field is not null)
            {
                y += Displacements(field, row, column);
                x += Displacements(field + (Grid * Grid), row, column);
            }

            Vector256<int> fixedY = Avx.ConvertToVector256Int32(Vector256.Floor(y * one)), fixedX = Avx.ConvertToVector256Int32(Vector256.Floor(x * one));
            fixedY = Vector256.Min(Vector256.Max(fixedY, lowest), bottom);
            fixedX = Vector256.Min(Vector256.Max(fixedX, lowest), end);
            Mix(source, target + (first * channels), fixedY, fixedX, values);
        }
    }

    /// <summary>One plane of the field at eight columns of a row, in the same order of operations as the naive form.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<float> Displacements(float* plane, int row, Vector256<int> column)
    {
        float y = row * (Grid - 1f) / Math.Max(rows - 1, 1);
        int top = Math.Min((int)y, Grid - 2);
        Vector256<float> x = Vector256.ConvertToSingle(column) * (Grid - 1f) / Vector256.Create((float)Math.Max(columns - 1, 1));
        Vector256<int> left = Vector256.Min(Avx.ConvertToVector256Int32WithTruncation(x), Vector256.Create(Grid - 2));
        Vector256<float> share = x - Vector256.ConvertToSingle(left);
        float* points = plane + (top * Grid);
        Vector256<float> upper = Between(points, left, share), lower = Between(points + Grid, left, share);
        return upper + ((lower - upper) * (y - top));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Between(float* points, Vector256<int> left, Vector256<float> share)
    {
        Vector256<float> before = Avx2.GatherVector256(points, left, sizeof(float));
        return before + ((Avx2.GatherVector256(points + 1, left, sizeof(float)) - before) * share);
    }

    /// <summary>The bilinear mean of four neighbours, for every channel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Mix(byte* source, byte* target, Vector256<int> fixedY, Vector256<int> fixedX, int* values)
    {
        Vector256<int> fraction = Vector256.Create(One - 1), half = Vector256.Create(One * One / 2);
        Vector256<int> down = fixedY & fraction, right = fixedX & fraction;
        Vector256<int> at = ((Vector256.ShiftRightArithmetic(fixedY, 8) + Vector256<int>.One) * stride)
            + ((Vector256.ShiftRightArithmetic(fixedX, 8) + Vector256<int>.One) * channels);
        for (int channel = 0; channel < channels; channel++)
        {
            Vector256<int> upper = Across(Avx2.GatherVector256((int*)(source + channel), at, 1), right, 8 * channels);
            Vector256<int> lower = Across(Avx2.GatherVector256((int*)(source + stride + channel), at, 1), right, 8 * channels);
            Vector256<int> mixed = Vector256.ShiftRightLogical((upper << 8) + ((lower - upper) * down) + half, 16);
            if (channels == 1)
            {
                Vector128<ushort> words = Vector128.Narrow(mixed.GetLower().AsUInt32(), mixed.GetUpper().AsUInt32());
                *(ulong*)target = Vector128.Narrow(words, words).AsUInt64().ToScalar();
                return;
            }

            mixed.Store(values);
            for (int lane = 0; lane < Lanes; lane++) target[(lane * channels) + channel] = (byte)values[lane];
        }
    }

    /// <summary>The mean of a pixel, the lowest byte, and its neighbour, some bits above, times 256.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Across(Vector256<int> bytes, Vector256<int> right, int neighbourBit)
    {
        Vector256<int> low = Vector256.Create(255), here = bytes & low;
        return (here << 8) + (((Vector256.ShiftRightLogical(bytes, neighbourBit) & low) - here) * right);
    }

    private static byte[] Borders(Shape shape, byte fill)
    {
        var bytes = new byte[((shape.Height + 3) * (shape.Width + 3) * shape.Channels) + BytesOfGather];
        bytes.AsSpan().Fill(fill);
        return bytes;
    }
}
