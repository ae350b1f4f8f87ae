using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace SparseNas.Training.Engine.Kernels;

/// <summary>Between [features][16 images] and [16 images][features], and of any small matrix.</summary>
internal static unsafe class Transposition
{
    /// <summary>rows[n][i] = block[i][n], by 4x4 squares.</summary>
    /// <param name="block">[features][16].</param>
    /// <param name="features">Features; rows are written up to the next multiple of four, which must lie inside them.</param>
    /// <param name="rows">Sixteen rows.</param>
    /// <param name="stride">Elements from row to row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToRows(float* block, int features, float* rows, int stride)
    {
        int whole = features / 4 * 4;
        for (int feature = 0; feature < whole; feature += 4, block += 4 * LaneBlock.Images)
        {
            for (int image = 0; image < LaneBlock.Images; image += 4) Square(block + image, LaneBlock.Images, rows + ((nint)image * stride) + feature, stride);
        }

        for (int feature = whole; feature < features; feature++, block += LaneBlock.Images)
        {
            for (int image = 0; image < LaneBlock.Images; image++) rows[((nint)image * stride) + feature] = block[image];
        }
    }

    /// <summary>target[j][i] = source[i][j], both dense, by 4x4 squares.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* source, int rows, int columns, float* target)
    {
        int wholeRows = rows / 4 * 4, wholeColumns = columns / 4 * 4;
        for (int row = 0; row < wholeRows; row += 4)
        {
            for (int column = 0; column < wholeColumns; column += 4)
            {
                Square(source + ((nint)row * columns) + column, columns, target + ((nint)column * rows) + row, rows);
            }
        }

        for (int row = 0; row < rows; row++)
        {
            for (int column = row < wholeRows ? wholeColumns : 0; column < columns; column++) target[((nint)column * rows) + row] = source[((nint)row * columns) + column];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Square(float* source, nint pitch, float* target, nint stride)
    {
        Vector128<float> a = Vector128.Load(source), b = Vector128.Load(source + pitch);
        Vector128<float> c = Vector128.Load(source + (2 * pitch)), d = Vector128.Load(source + (3 * pitch));
        Vector128<double> ab0 = Low(a, b), ab1 = High(a, b), cd0 = Low(c, d), cd1 = High(c, d);
        Low(ab0, cd0).Store(target);
        High(ab0, cd0).Store(target + stride);
        Low(ab1, cd1).Store(target + (2 * stride));
        High(ab1, cd1).Store(target + (3 * stride));
    }

    /// <summary>a0 b0 a1 b1, as two pairs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> Low(Vector128<float> a, Vector128<float> b) =>
        (Sse.IsSupported ? Sse.UnpackLow(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Create(a[0], b[0], a[1], b[1])).AsDouble();

    /// <summary>a2 b2 a3 b3, as two pairs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> High(Vector128<float> a, Vector128<float> b) =>
        (Sse.IsSupported ? Sse.UnpackHigh(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Create(a[2], b[2], a[3], b[3])).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Low(Vector128<double> a, Vector128<double> b) =>
        (Sse2.IsSupported ? Sse2.UnpackLow(a, b) : Vector128.Create(a[0], b[0])).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> High(Vector128<double> a, Vector128<double> b) =>
        (Sse2.IsSupported ? Sse2.UnpackHigh(a, b) : Vector128.Create(a[1], b[1])).AsSingle();
}
