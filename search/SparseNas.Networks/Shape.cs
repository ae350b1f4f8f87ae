namespace SparseNas.Networks;

/// <summary>
/// The extent of one sample's activation. Layouts are stated here once: activations are NHWC (row by row, pixel by pixel, channels
/// innermost), weights are OHWI (output channel outermost, then kernel row, kernel column, input channel). A 1-D signal is an image of height 1.
/// </summary>
/// <param name="Height">Rows, at least 1.</param>
/// <param name="Width">Columns, at least 1.</param>
/// <param name="Channels">Values per pixel, at least 1.</param>
public readonly record struct Shape(int Height, int Width, int Channels)
{
    /// <summary>Number of values: Height · Width · Channels.</summary>
    public int Elements => checked(Height * Width * Channels);

    /// <summary>True for 1x1xC, the shape of a feature vector.</summary>
    public bool IsVector => Height == 1 && Width == 1;

    /// <summary>NHWC index of one value.</summary>
    public int Index(int row, int column, int channel) => ((row * Width) + column) * Channels + channel;

    /// <inheritdoc/>
    public override string ToString() => $"{Height}x{Width}x{Channels}";
}
