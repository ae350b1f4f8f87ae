using SparseNas.Networks;

namespace SparseNas.Training.Engine;

/// <summary>
/// Where the pixels of a changed image come from. Around the middle, pixel (row, column) of the result reads the image at
/// (Cosine · dy − Sine · dx, Sine · dy + Cosine · dx) with dy = row − Down and dx = ±(column − Right).
/// </summary>
internal readonly record struct Warp(float Sine, float Cosine, int Down, int Right, bool Flip);

/// <summary>A smooth random field: two displacements (rows, columns) at the points of a grid over the image, bilinear between them.</summary>
internal static class ElasticField
{
    /// <summary>Points along each side.</summary>
    public const int Grid = 4;

    /// <summary>Numbers of a field: first all row displacements, then all column displacements.</summary>
    public const int Elements = 2 * Grid * Grid;
}

/// <summary>
/// Bilinear resampling of bytes in 1/256 of a pixel; what comes from outside the image is <see cref="Fill"/>. Both forms give the same bytes: the
/// naive one is the law, and what runs where the processor cannot gather.
/// </summary>
internal abstract class Resampler(Shape shape, byte fill)
{
    /// <summary>Steps between neighbouring pixels.</summary>
    protected const int One = 256;

    protected Shape Shape { get; } = shape;

    protected byte Fill { get; } = fill;

    /// <summary>The faster form that fits the shape and the instruction set.</summary>
    public static Resampler For(Shape shape, byte fill, InstructionSet set) =>
        set != InstructionSet.Portable && GatheringResampler.Fits(shape) ? new GatheringResampler(shape, fill) : new NaiveResampler(shape, fill);

    /// <summary>Writes the changed image.</summary>
    /// <param name="image">HWC bytes.</param>
    /// <param name="result">As many.</param>
    /// <param name="warp">Where pixels come from.</param>
    /// <param name="field">An <see cref="ElasticField"/> in pixels, or empty.</param>
    public abstract void Resample(ReadOnlySpan<byte> image, Span<byte> result, Warp warp, ReadOnlySpan<float> field);
}
