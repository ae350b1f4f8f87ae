using SparseNas.Networks;

namespace SparseNas.Training.Engine;

/// <summary>Pixel by pixel.</summary>
internal sealed class NaiveResampler(Shape shape, byte fill) : Resampler(shape, fill)
{
    private const int Grid = ElasticField.Grid;

    public override void Resample(ReadOnlySpan<byte> image, Span<byte> result, Warp warp, ReadOnlySpan<float> field)
    {
        float middleRow = (Shape.Height - 1) * 0.5f, middleColumn = (Shape.Width - 1) * 0.5f;
        for (int row = 0; row < Shape.Height; row++)
        {
            for (int column = 0; column < Shape.Width; column++)
            {
                float dy = row - warp.Down - middleRow, dx = (column - warp.Right - middleColumn) * (warp.Flip ? -1 : 1);
                float y = middleRow + (warp.Cosine * dy) - (warp.Sine * dx), x = middleColumn + (warp.Sine * dy) + (warp.Cosine * dx);
                if (!field.IsEmpty)
                {
                    y += Displacement(field[..(Grid * Grid)], row, column);
                    x += Displacement(field[(Grid * Grid)..], row, column);
                }

                Bilinear(image, y, x, result.Slice(Shape.Index(row, column, 0), Shape.Channels));
            }
        }
    }

    /// <summary>The random field between its grid points.</summary>
    private float Displacement(ReadOnlySpan<float> plane, int row, int column)
    {
        float y = row * (Grid - 1f) / Math.Max(Shape.Height - 1, 1), x = column * (Grid - 1f) / Math.Max(Shape.Width - 1, 1);
        int top = Math.Min((int)y, Grid - 2), left = Math.Min((int)x, Grid - 2), at = (top * Grid) + left;
        float upper = plane[at] + ((plane[at + 1] - plane[at]) * (x - left));
        float lower = plane[at + Grid] + ((plane[at + Grid + 1] - plane[at + Grid]) * (x - left));
        return upper + ((lower - upper) * (y - top));
    }

    private void Bilinear(ReadOnlySpan<byte> image, float y, float x, Span<byte> target)
    {
        int fixedY = (int)MathF.Floor(y * One), fixedX = (int)MathF.Floor(x * One);
        int top = fixedY >> 8, left = fixedX >> 8, down = fixedY & (One - 1), right = fixedX & (One - 1);
        if (top < -1 || left < -1 || top >= Shape.Height || left >= Shape.Width)
        {
            target.Fill(Fill);
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
        (uint)row < (uint)Shape.Height && (uint)column < (uint)Shape.Width ? image[Shape.Index(row, column, channel)] : Fill;
}
