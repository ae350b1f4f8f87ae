namespace SparseNas.Training.Engine.Geometry;

/// <summary>Where the pixels of one channel lie in memory: Height x Width of them inside PaddedHeight x PaddedWidth, from row Top and column Left on.</summary>
internal readonly record struct PlaneLayout(int Height, int Width, int Top, int Left, int PaddedHeight, int PaddedWidth)
{
    /// <summary>Whether there is nothing around them.</summary>
    public bool IsCompact => (PaddedHeight, PaddedWidth) == (Height, Width);

    /// <summary>All pixels, those around included.</summary>
    public int PaddedPixels => PaddedHeight * PaddedWidth;

    /// <summary>A channel with nothing around it.</summary>
    public static PlaneLayout Compact(int height, int width) => new(height, width, 0, 0, height, width);

    /// <summary>The place of a pixel.</summary>
    public int At(int row, int column) => ((Top + row) * PaddedWidth) + Left + column;
}
