using SparseNas.Networks;

namespace SparseNas.Training.Engine;

/// <summary>Random changes to single images, on bytes; borders are filled with the zero point.</summary>
internal sealed class Augmenter(Augmentation options, Shape shape, InputEncoding encoding)
{
    private readonly byte fill = (byte)encoding.ZeroPoint;

    /// <summary>Writes a changed copy of an image.</summary>
    public void Change(ReadOnlySpan<byte> image, Span<byte> result, SeededRandom random)
    {
        int down = Draw(options.ShiftPixels, random), right = Draw(options.ShiftPixels, random);
        bool flip = options.FlipHorizontally && random.Next(2) == 1;
        double degrees = options.RotateDegrees > 0 ? ((random.NextDouble() * 2) - 1) * options.RotateDegrees : 0;
        if (degrees == 0) Move(image, result, down, right, flip);
        else Rotate(image, result, down, right, flip, degrees * Math.PI / 180);
    }

    private static int Draw(int largest, SeededRandom random) => largest == 0 ? 0 : random.Next(-largest, largest + 1);

    private void Move(ReadOnlySpan<byte> image, Span<byte> result, int down, int right, bool flip)
    {
        for (int row = 0; row < shape.Height; row++)
        {
            for (int column = 0; column < shape.Width; column++)
            {
                int y = row - down, x = column - right;
                if (flip) x = shape.Width - 1 - x;
                bool inside = (uint)y < (uint)shape.Height && (uint)x < (uint)shape.Width;
                for (int channel = 0; channel < shape.Channels; channel++)
                {
                    result[shape.Index(row, column, channel)] = inside ? image[shape.Index(y, x, channel)] : fill;
                }
            }
        }
    }

    private void Rotate(ReadOnlySpan<byte> image, Span<byte> result, int down, int right, bool flip, double angle)
    {
        float sine = (float)Math.Sin(angle), cosine = (float)Math.Cos(angle);
        float middleY = (shape.Height - 1) * 0.5f, middleX = (shape.Width - 1) * 0.5f;
        for (int row = 0; row < shape.Height; row++)
        {
            for (int column = 0; column < shape.Width; column++)
            {
                float dy = row - down - middleY, dx = (column - right - middleX) * (flip ? -1 : 1);
                float y = middleY + (cosine * dy) - (sine * dx), x = middleX + (sine * dy) + (cosine * dx);
                for (int channel = 0; channel < shape.Channels; channel++)
                {
                    result[shape.Index(row, column, channel)] = Bilinear(image, y, x, channel);
                }
            }
        }
    }

    private byte Bilinear(ReadOnlySpan<byte> image, float y, float x, int channel)
    {
        int top = (int)MathF.Floor(y), left = (int)MathF.Floor(x);
        float down = y - top, right = x - left;
        float upper = (At(image, top, left, channel) * (1 - right)) + (At(image, top, left + 1, channel) * right);
        float lower = (At(image, top + 1, left, channel) * (1 - right)) + (At(image, top + 1, left + 1, channel) * right);
        return (byte)((upper * (1 - down)) + (lower * down) + 0.5f);
    }

    private float At(ReadOnlySpan<byte> image, int row, int column, int channel) =>
        (uint)row < (uint)shape.Height && (uint)column < (uint)shape.Width ? image[shape.Index(row, column, channel)] : fill;
}
