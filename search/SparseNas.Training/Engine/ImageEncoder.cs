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
                ByteSquare.Transpose(sources, element, square);
                kernels.ToReal(square, places + element, block, encoding.ZeroPoint, encoding.Scale);
            }

            for (; element < shape.Elements; element++)
            {
                float* target = block + ((nint)places[element] * LaneBlock.Images);
                for (int lane = 0; lane < LaneBlock.Images; lane++) target[lane] = encoding.ToReal(sources[lane][element]);
            }
        }
    }
}
