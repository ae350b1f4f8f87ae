using SparseNas.Networks;
using SparseNas.Training.Data;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine;

/// <summary>Raw bytes NHWC to real numbers [C][H][W][16].</summary>
internal sealed class ImageEncoder(Shape shape, InputEncoding encoding)
{
    private readonly float[] real = [.. Enumerable.Range(0, 256).Select(value => encoding.ToReal((byte)value))];

    /// <summary>Writes one image into a lane of a block.</summary>
    public void Encode(ReadOnlySpan<byte> image, Span<float> block, int lane)
    {
        int plane = shape.Height * shape.Width;
        for (int channel = 0; channel < shape.Channels; channel++)
        {
            int source = channel, target = (channel * plane * LaneBlock.Images) + lane;
            for (int pixel = 0; pixel < plane; pixel++, source += shape.Channels, target += LaneBlock.Images) block[target] = real[image[source]];
        }
    }
}
