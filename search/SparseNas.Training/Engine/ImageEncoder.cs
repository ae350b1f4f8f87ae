using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using SparseNas.Networks;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine;

/// <summary>Raw bytes NHWC to real numbers [C][H][W][16].</summary>
internal sealed unsafe class ImageEncoder(Shape shape, InputEncoding encoding)
{
    private readonly byte[] zeros = new byte[shape.Elements];

    /// <summary>Writes up to sixteen images into a block; lanes without an image become 0.0.</summary>
    /// <param name="images">Addresses of <paramref name="count"/> images.</param>
    /// <param name="count">1 to 16.</param>
    /// <param name="block">[C][H][W][16].</param>
    public void Encode(byte** images, int count, float* block)
    {
        zeros.AsSpan().Fill((byte)encoding.ZeroPoint);
        fixed (byte* empty = zeros)
        {
            byte** sources = stackalloc byte*[LaneBlock.Images];
            for (int lane = 0; lane < LaneBlock.Images; lane++) sources[lane] = lane < count ? images[lane] : empty;
            int element = 0;
            for (; element <= shape.Elements - 16; element += 16) EncodeSquare(sources, element, block);
            for (; element < shape.Elements; element++)
            {
                float* target = block + Target(element);
                for (int lane = 0; lane < LaneBlock.Images; lane++) target[lane] = encoding.ToReal(sources[lane][element]);
            }
        }
    }

    /// <summary>Sixteen neighbouring bytes of sixteen images: four rounds of byte interleaving transpose them, then each row is one value of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void EncodeSquare(byte** sources, int element, float* block)
    {
        Vector128<byte>* rows = stackalloc Vector128<byte>[LaneBlock.Images], other = stackalloc Vector128<byte>[LaneBlock.Images];
        for (int lane = 0; lane < LaneBlock.Images; lane++) rows[lane] = Vector128.Load(sources[lane] + element);
        for (int round = 0; round < 4; round++)
        {
            for (int i = 0; i < LaneBlock.Images / 2; i++)
            {
                other[2 * i] = Low(rows[i], rows[i + (LaneBlock.Images / 2)]);
                other[(2 * i) + 1] = High(rows[i], rows[i + (LaneBlock.Images / 2)]);
            }

            Vector128<byte>* next = other;
            other = rows;
            rows = next;
        }

        Vector128<float> scale = Vector128.Create(encoding.Scale);
        Vector128<int> zero = Vector128.Create(encoding.ZeroPoint);
        int channels = shape.Channels;
        nint plane = (nint)shape.Height * shape.Width * LaneBlock.Images;
        (int pixel, int channel) = Math.DivRem(element, channels);
        for (int i = 0; i < 16; i++)
        {
            float* target = block + (channel * plane) + ((nint)pixel * LaneBlock.Images);
            if (++channel == channels) (pixel, channel) = (pixel + 1, 0);
            (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(rows[i]);
            (Vector128<uint> a, Vector128<uint> b) = Vector128.Widen(low);
            (Vector128<uint> c, Vector128<uint> d) = Vector128.Widen(high);
            (Vector128.ConvertToSingle(a.AsInt32() - zero) * scale).Store(target);
            (Vector128.ConvertToSingle(b.AsInt32() - zero) * scale).Store(target + 4);
            (Vector128.ConvertToSingle(c.AsInt32() - zero) * scale).Store(target + 8);
            (Vector128.ConvertToSingle(d.AsInt32() - zero) * scale).Store(target + 12);
        }
    }

    private nint Target(int element)
    {
        (int pixel, int channel) = Math.DivRem(element, shape.Channels);
        return (((nint)channel * shape.Height * shape.Width) + pixel) * LaneBlock.Images;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Low(Vector128<byte> a, Vector128<byte> b) =>
        Sse2.IsSupported ? Sse2.UnpackLow(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Shuffle(a, Interleave) & EvenBytes | Vector128.Shuffle(b, Interleave) & ~EvenBytes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> High(Vector128<byte> a, Vector128<byte> b) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Shuffle(a, Interleave + Vector128.Create((byte)8)) & EvenBytes | Vector128.Shuffle(b, Interleave + Vector128.Create((byte)8)) & ~EvenBytes;

    private static Vector128<byte> Interleave => Vector128.Create((byte)0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);

    private static Vector128<byte> EvenBytes => Vector128.Create((ushort)0x00FF).AsByte();
}
