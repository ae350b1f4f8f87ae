using SparseNas.Networks;

namespace SparseNas.Training.Engine;

/// <summary>Random changes to single images, on bytes.</summary>
internal sealed class Augmenter(Augmentation options, Shape shape, InputEncoding encoding)
{
    private const int Grid = 4;
    private readonly byte fill = (byte)encoding.ZeroPoint;
    private readonly float[] displacement = new float[2 * Grid * Grid];

    /// <summary>Writes a changed copy of an image.</summary>
    public void Change(ReadOnlySpan<byte> image, Span<byte> result, SeededRandom random)
    {
        int down = Draw(options.ShiftPixels, random), right = Draw(options.ShiftPixels, random);
        bool flip = options.FlipHorizontally && random.Next(2) == 1;
        if (options.Resamples) Resample(image, result, down, right, flip, random);
        else Move(image, result, down, right, flip);
        if (options.CutoutPixels > 0) CutOut(result, random);
    }

    private static int Draw(int largest, SeededRandom random) => largest == 0 ? 0 : random.Next(-largest, largest + 1);

    private static float Draw(float largest, SeededRandom random) => ((random.NextSingle() * 2) - 1) * largest;

    /// <summary>Row by row, as copies of runs of bytes.</summary>
    private void Move(ReadOnlySpan<byte> image, Span<byte> result, int down, int right, bool flip)
    {
        int rowBytes = shape.Width * shape.Channels, shift = Math.Clamp(right, -shape.Width, shape.Width) * shape.Channels;
        for (int row = 0; row < shape.Height; row++)
        {
            Span<byte> target = result.Slice(row * rowBytes, rowBytes);
            int from = row - down;
            if ((uint)from >= (uint)shape.Height)
            {
                target.Fill(fill);
                continue;
            }

            ReadOnlySpan<byte> source = image.Slice(from * rowBytes, rowBytes);
            source[Math.Max(-shift, 0)..(rowBytes - Math.Max(shift, 0))].CopyTo(target[Math.Max(shift, 0)..]);
            target[..Math.Max(shift, 0)].Fill(fill);
            target[(rowBytes + Math.Min(shift, 0))..].Fill(fill);
            if (flip) Mirror(target);
        }
    }

    private void Mirror(Span<byte> row)
    {
        if (shape.Channels == 1)
        {
            row.Reverse();
            return;
        }

        row.Reverse();   // pixels and the channels inside them; the channels are turned back
        for (int pixel = 0; pixel < row.Length; pixel += shape.Channels) row.Slice(pixel, shape.Channels).Reverse();
    }

    private void CutOut(Span<byte> result, SeededRandom random)
    {
        int middleRow = random.Next(shape.Height), middleColumn = random.Next(shape.Width), half = options.CutoutPixels / 2;
        int left = Math.Max(middleColumn - half, 0), right = Math.Min(middleColumn - half + options.CutoutPixels, shape.Width);
        int top = Math.Max(middleRow - half, 0), bottom = Math.Min(middleRow - half + options.CutoutPixels, shape.Height);
        for (int row = top; row < bottom; row++)
        {
            if (right > left) result.Slice(shape.Index(row, left, 0), (right - left) * shape.Channels).Fill(fill);
        }
    }

    /// <summary>Every result pixel is read, bilinearly, where the turned, scaled, shifted and distorted image has it.</summary>
    private void Resample(ReadOnlySpan<byte> image, Span<byte> result, int down, int right, bool flip, SeededRandom random)
    {
        float angle = Draw(options.RotateDegrees, random) * (MathF.PI / 180), size = 1 + Draw(options.ScaleShare, random);
        float sine = MathF.Sin(angle) / size, cosine = MathF.Cos(angle) / size;
        foreach (ref float value in displacement.AsSpan()) value = options.ElasticPixels > 0 ? Draw(options.ElasticPixels, random) : 0;
        float middleY = (shape.Height - 1) * 0.5f, middleX = (shape.Width - 1) * 0.5f;
        for (int row = 0; row < shape.Height; row++)
        {
            for (int column = 0; column < shape.Width; column++)
            {
                float dy = row - down - middleY, dx = (column - right - middleX) * (flip ? -1 : 1);
                float y = middleY + (cosine * dy) - (sine * dx), x = middleX + (sine * dy) + (cosine * dx);
                if (options.ElasticPixels > 0)
                {
                    y += Displacement(row, column, 0);
                    x += Displacement(row, column, Grid * Grid);
                }

                Span<byte> target = result.Slice(shape.Index(row, column, 0), shape.Channels);
                Bilinear(image, y, x, target);
            }
        }
    }

    /// <summary>The random field between its grid points.</summary>
    private float Displacement(int row, int column, int plane)
    {
        float y = row * (Grid - 1f) / Math.Max(shape.Height - 1, 1), x = column * (Grid - 1f) / Math.Max(shape.Width - 1, 1);
        int top = Math.Min((int)y, Grid - 2), left = Math.Min((int)x, Grid - 2), at = plane + (top * Grid) + left;
        float upper = displacement[at] + ((displacement[at + 1] - displacement[at]) * (x - left));
        float lower = displacement[at + Grid] + ((displacement[at + Grid + 1] - displacement[at + Grid]) * (x - left));
        return upper + ((lower - upper) * (y - top));
    }

    private void Bilinear(ReadOnlySpan<byte> image, float y, float x, Span<byte> target)
    {
        const int One = 256;
        int fixedY = (int)MathF.Floor(y * One), fixedX = (int)MathF.Floor(x * One);
        int top = fixedY >> 8, left = fixedX >> 8, down = fixedY & (One - 1), right = fixedX & (One - 1);
        if (top < -1 || left < -1 || top >= shape.Height || left >= shape.Width)
        {
            target.Fill(fill);
            return;
        }

        for (int channel = 0; channel < target.Length; channel++)
        {
            int upper = (At(image, top, left, channel) * (One - right)) + (At(image, top, left + 1, channel) * right);
            int lower = (At(image, top + 1, left, channel) * (One - right)) + (At(image, top + 1, left + 1, channel) * right);
            target[channel] = (byte)(((upper * (One - down)) + (lower * down) + (One * One / 2)) >> 16);
        }
    }

    private int At(ReadOnlySpan<byte> image, int row, int column, int channel) =>
        (uint)row < (uint)shape.Height && (uint)column < (uint)shape.Width ? image[shape.Index(row, column, channel)] : fill;
}
