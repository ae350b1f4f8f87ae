using SparseNas.Networks;

namespace SparseNas.Training.Engine;

/// <summary>Random changes to single images, on bytes.</summary>
internal sealed class Augmenter(Augmentation options, Shape shape, InputEncoding encoding)
{
    private readonly byte fill = (byte)encoding.ZeroPoint;
    private readonly float[] field = new float[options.ElasticPixels > 0 ? ElasticField.Elements : 0];
    private readonly Resampler resampler = Resampler.For(shape, (byte)encoding.ZeroPoint, EngineInstructions.Current);

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
        foreach (ref float value in field.AsSpan()) value = Draw(options.ElasticPixels, random);
        resampler.Resample(image, result, new Warp(MathF.Sin(angle) / size, MathF.Cos(angle) / size, down, right, flip), field);
    }
}
