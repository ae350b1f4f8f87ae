using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using SparseNas.Networks;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine;

/// <summary>Raw bytes NHWC to real numbers [C][H][W][16].</summary>
internal sealed unsafe class ImageEncoder(Shape shape, InputEncoding encoding, LaneKernels kernels)
{
    private readonly byte[] zeros = [.. Enumerable.Repeat((byte)encoding.ZeroPoint, shape.Elements)];

    /// <summary>Per value of an image, its place in a block.</summary>
    private readonly int[] places =
    [
        .. from pixel in Enumerable.Range(0, shape.Height * shape.Width)
           from channel in Enumerable.Range(0, shape.Channels)
           select (channel * shape.Height * shape.Width) + pixel,
    ];

    /// <summary>Writes up to sixteen images into a block; lanes without an image become 0.0.</summary>
    /// <param name="images">Addresses of <paramref name="count"/> images.</param>
    /// <param name="count">1 to 16.</param>
    /// <param name="block">[C][H][W][16].</param>
    public void Encode(byte** images, int count, float* block)
    {
        byte* square = stackalloc byte[LaneBlock.Images * LaneBlock.Images];
        byte** sources = stackalloc byte*[LaneBlock.Images];
        fixed (byte* empty = zeros)
        fixed (int* places = this.places)
        {
            for (int lane = 0; lane < LaneBlock.Images; lane++) sources[lane] = lane < count ? images[lane] : empty;
            int element = 0;
            for (; element <= shape.Elements - 16; element += 16)
            {
                Transpose(sources, element, square);
                kernels.ToReal(square, places + element, block, encoding.ZeroPoint, encoding.Scale);
            }

            for (; element < shape.Elements; element++)
            {
                float* target = block + ((nint)places[element] * LaneBlock.Images);
                for (int lane = 0; lane < LaneBlock.Images; lane++) target[lane] = encoding.ToReal(sources[lane][element]);
            }
        }
    }

    /// <summary>Sixteen neighbouring bytes of sixteen images: each round interleaves row i with row i + 8, and after four of them rows are columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(byte** sources, int element, byte* square)
    {
        Vector128<byte>* rows = stackalloc Vector128<byte>[LaneBlock.Images], other = (Vector128<byte>*)square;
        for (int lane = 0; lane < LaneBlock.Images; lane++) other[lane] = Vector128.Load(sources[lane] + element);
        Interleave(other, rows);
        Interleave(rows, other);
        Interleave(other, rows);
        Interleave(rows, other);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interleave(Vector128<byte>* rows, Vector128<byte>* result)
    {
        for (int i = 0; i < LaneBlock.Images / 2; i++)
        {
            result[2 * i] = Low(rows[i], rows[i + (LaneBlock.Images / 2)]);
            result[(2 * i) + 1] = High(rows[i], rows[i + (LaneBlock.Images / 2)]);
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
