using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace SparseNas.Training.Engine.Kernels;

/// <summary>Sixteen neighbouring bytes of sixteen rows, transposed: square[column][row].</summary>
internal static unsafe class ByteSquare
{
    private const int Side = 16;

    /// <summary>By the widest registers there are.</summary>
    /// <param name="rows">Sixteen addresses.</param>
    /// <param name="first">The first byte of each row.</param>
    /// <param name="square">256 bytes.</param>
    public static void Transpose(byte** rows, int first, byte* square)
    {
        if (Avx512BW.IsSupported) TransposeWide(rows, first, square);
        else TransposeNarrow(rows, first, square);
    }

    /// <summary>
    /// Four rows to a register, row 4i + j in lane i of register j: two rounds of interleaving bring the bytes of a column from four rows together, and a
    /// permutation those of four lanes.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void TransposeWide(byte** rows, int first, byte* square)
    {
        Vector512<byte> a = Quarter(rows, 0, first), b = Quarter(rows, 1, first), c = Quarter(rows, 2, first), d = Quarter(rows, 3, first);
        Vector512<ushort> ab = Avx512BW.UnpackLow(a, b).AsUInt16(), cd = Avx512BW.UnpackLow(c, d).AsUInt16();
        Vector512<ushort> upperAb = Avx512BW.UnpackHigh(a, b).AsUInt16(), upperCd = Avx512BW.UnpackHigh(c, d).AsUInt16();
        Vector512<uint> order = Vector512.Create(0u, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
        Avx512F.PermuteVar16x32(Avx512BW.UnpackLow(ab, cd).AsUInt32(), order).Store((uint*)square);
        Avx512F.PermuteVar16x32(Avx512BW.UnpackHigh(ab, cd).AsUInt32(), order).Store((uint*)(square + 64));
        Avx512F.PermuteVar16x32(Avx512BW.UnpackLow(upperAb, upperCd).AsUInt32(), order).Store((uint*)(square + 128));
        Avx512F.PermuteVar16x32(Avx512BW.UnpackHigh(upperAb, upperCd).AsUInt32(), order).Store((uint*)(square + 192));
    }

    /// <summary>Each round interleaves row i with row i + 8, and after four of them rows are columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void TransposeNarrow(byte** rows, int first, byte* square)
    {
        Vector128<byte>* other = stackalloc Vector128<byte>[Side], here = (Vector128<byte>*)square;
        for (int row = 0; row < Side; row++) here[row] = Vector128.Load(rows[row] + first);
        Interleave(here, other);
        Interleave(other, here);
        Interleave(here, other);
        Interleave(other, here);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Quarter(byte** rows, int row, int first) => Vector512.Create(
        Vector256.Create(Vector128.Load(rows[row] + first), Vector128.Load(rows[row + 4] + first)),
        Vector256.Create(Vector128.Load(rows[row + 8] + first), Vector128.Load(rows[row + 12] + first)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave(Vector128<byte>* rows, Vector128<byte>* result)
    {
        for (int i = 0; i < Side / 2; i++)
        {
            result[2 * i] = Low(rows[i], rows[i + (Side / 2)]);
            result[(2 * i) + 1] = High(rows[i], rows[i + (Side / 2)]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Low(Vector128<byte> a, Vector128<byte> b) =>
        Sse2.IsSupported ? Sse2.UnpackLow(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Shuffle(a, Pairs) & EvenBytes | Vector128.Shuffle(b, Pairs) & ~EvenBytes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> High(Vector128<byte> a, Vector128<byte> b) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Shuffle(a, Pairs + Vector128.Create((byte)8)) & EvenBytes | Vector128.Shuffle(b, Pairs + Vector128.Create((byte)8)) & ~EvenBytes;

    private static Vector128<byte> Pairs => Vector128.Create((byte)0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);

    private static Vector128<byte> EvenBytes => Vector128.Create((ushort)0x00FF).AsByte();
}
