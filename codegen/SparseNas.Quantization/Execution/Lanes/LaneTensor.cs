using SparseNas.Networks;

namespace SparseNas.Quantization.Execution.Lanes;

/// <summary>
/// One tensor of sixteen images at once. The cell of a pixel and four neighbouring channels is 64 bytes, [16 images][4 channels]: one cell
/// holds what four multiply-accumulates of sixteen images read. Layout [row][column][⌈C/4⌉ cells]; behind the last pixel stands one more
/// pixel that holds the zero point and serves as padding.
/// </summary>
internal sealed unsafe class LaneTensor
{
    /// <summary>Images side by side.</summary>
    public const int Images = 16;

    /// <summary>Channels in one cell.</summary>
    public const int CellChannels = 4;

    /// <summary>Bytes of one cell.</summary>
    public const int CellBytes = Images * CellChannels;

    private readonly PinnedBuffer<byte> buffer;

    /// <summary>A tensor of <paramref name="shape"/> whose padding holds <paramref name="zeroPoint"/>.</summary>
    public LaneTensor(Shape shape, int zeroPoint)
    {
        Shape = shape;
        Cells = (shape.Channels + CellChannels - 1) / CellChannels;
        buffer = new PinnedBuffer<byte>(checked(((shape.Height * shape.Width) + 1) * PixelBytes));
        buffer.Span[PaddingOffset..].Fill((byte)zeroPoint);
    }

    /// <summary>Extent of one image.</summary>
    public Shape Shape { get; }

    /// <summary>Cells per pixel.</summary>
    public int Cells { get; }

    /// <summary>Bytes per pixel.</summary>
    public int PixelBytes => Cells * CellBytes;

    /// <summary>Where the padding pixel begins.</summary>
    public int PaddingOffset => Shape.Height * Shape.Width * PixelBytes;

    /// <summary>The first cell.</summary>
    public byte* Pointer => buffer.Pointer;

    /// <summary>Where pixel (<paramref name="row"/>, <paramref name="column"/>) begins; the padding pixel outside the image.</summary>
    public int OffsetOf(int row, int column) =>
        row < 0 || row >= Shape.Height || column < 0 || column >= Shape.Width ? PaddingOffset : ((row * Shape.Width) + column) * PixelBytes;

    /// <summary>Writes one image, NHWC, into <paramref name="lane"/> 0..15.</summary>
    public void Write(int lane, ReadOnlySpan<byte> image)
    {
        int pixels = Shape.Height * Shape.Width, channels = Shape.Channels;
        byte* target = Pointer + (lane * CellChannels);
        fixed (byte* source = image)
        {
            byte* next = source;
            for (int pixel = 0; pixel < pixels; pixel++)
            {
                for (int channel = 0; channel < channels; channel++) target[((channel >> 2) * CellBytes) + (channel & 3)] = *next++;
                target += PixelBytes;
            }
        }
    }

    /// <summary>The image in <paramref name="lane"/>, NHWC.</summary>
    public byte[] Read(int lane)
    {
        var image = new byte[Shape.Elements];
        for (int index = 0; index < image.Length; index++)
        {
            int pixel = index / Shape.Channels, channel = index % Shape.Channels;
            image[index] = Pointer[(pixel * PixelBytes) + (channel / CellChannels * CellBytes) + (lane * CellChannels)
                + (channel % CellChannels)];
        }

        return image;
    }
}
