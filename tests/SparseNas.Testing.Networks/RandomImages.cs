using SparseNas.Networks;

namespace SparseNas.Testing.Networks;

/// <summary>Input bytes for comparisons: the extremes first, then textures.</summary>
public static class RandomImages
{
    /// <summary>
    /// <paramref name="count"/> images, NHWC: all 0, all 255, a chessboard of both, random extremes, then brightness gradients with noise.
    /// </summary>
    public static byte[][] Draw(Shape shape, int count, SeededRandom random)
    {
        var images = new byte[count][];
        for (int index = 0; index < count; index++) images[index] = One(shape, index, random);
        return images;
    }

    private static byte[] One(Shape shape, int index, SeededRandom random)
    {
        double brightness = random.NextDouble() * 255, rowSlope = random.NextNormal() * 40, columnSlope = random.NextNormal() * 40;
        var image = new byte[shape.Elements];
        for (int row = 0; row < shape.Height; row++)
        for (int column = 0; column < shape.Width; column++)
        for (int channel = 0; channel < shape.Channels; channel++)
        {
            image[shape.Index(row, column, channel)] = index switch
            {
                0 => 0,
                1 => 255,
                2 => (byte)((row + column + channel) % 2 * 255),
                3 => (byte)(random.Next(2) * 255),
                _ => (byte)Math.Clamp(brightness + (rowSlope * row) + (columnSlope * column) + (30 * random.NextNormal()), 0, 255),
            };
        }

        return image;
    }
}
