using SparseNas.Networks;
using SparseNas.Training.Engine;

namespace SparseNas.Training.Tests.Engine;

public class AugmenterTests
{
    private const byte Zero = 7;
    private static readonly Shape Colour = new(5, 6, 3);

    [Fact]
    public void A_shift_moves_pixels_and_fills_with_the_zero_point()
    {
        byte[] image = Ramp();
        var seen = new HashSet<(int, int)>();
        ForManyDraws(new Augmentation(ShiftPixels: 2), image, result =>
        {
            (int down, int right) = FindShift(image, result, flip: false) ?? throw new Xunit.Sdk.XunitException("no shift explains the image");
            seen.Add((down, right));
        });
        Assert.Equal(25, seen.Count);
    }

    [Fact]
    public void A_flip_mirrors_half_of_the_images_with_their_channels_in_order()
    {
        byte[] image = Ramp();
        int flipped = 0, straight = 0;
        ForManyDraws(new Augmentation(FlipHorizontally: true), image, result =>
        {
            if (FindShift(image, result, flip: false) == (0, 0)) straight++;
            if (FindShift(image, result, flip: true) == (0, 0)) flipped++;
        });
        Assert.Equal(400, flipped + straight);
        Assert.InRange(flipped, 150, 250);
    }

    [Fact]
    public void A_cutout_blanks_one_square_and_leaves_the_rest()
    {
        byte[] image = Ramp();
        ForManyDraws(new Augmentation { CutoutPixels = 2 }, image, result =>
        {
            int[] blank = [.. Enumerable.Range(0, 30).Where(pixel => result.AsSpan(pixel * 3, 3).SequenceEqual(new[] { Zero, Zero, Zero }))];
            Assert.InRange(blank.Length, 1, 4);
            foreach (int pixel in Enumerable.Range(0, 30).Except(blank)) Assert.Equal(image[pixel * 3], result[pixel * 3]);
        });
    }

    [Fact]
    public void A_resampling_by_nothing_is_the_image_and_a_half_turn_reverses_it()
    {
        byte[] image = Ramp();
        var result = new byte[image.Length];
        new Augmenter(new Augmentation { ScaleShare = 1e-9f }, Colour, new InputEncoding(1, Zero)).Change(image, result, new SeededRandom(1));
        Assert.All(image.Zip(result), pair => Assert.InRange(pair.Second - pair.First, -1, 1));
    }

    [Fact]
    public void Rotation_scale_and_elastic_keep_the_mass_of_a_blob_in_the_middle()
    {
        var shape = new Shape(28, 28, 1);
        var image = new byte[784];
        for (int row = 10; row < 18; row++)
        {
            for (int column = 10; column < 18; column++) image[shape.Index(row, column, 0)] = 200;
        }

        var options = new Augmentation(ShiftPixels: 2, RotateDegrees: 15) { ScaleShare = 0.1f, ElasticPixels = 1.5f };
        var augmenter = new Augmenter(options, shape, InputEncoding.UnitRange);
        var random = new SeededRandom(3);
        var result = new byte[784];
        double mean = 0;
        for (int draw = 0; draw < 200; draw++)
        {
            augmenter.Change(image, result, random);
            double mass = result.Sum(pixel => pixel);
            Assert.InRange(mass, 0.5 * 64 * 200, 1.6 * 64 * 200);
            mean += mass / 200;
        }

        Assert.InRange(mean, 0.93 * 64 * 200, 1.07 * 64 * 200);
    }

    [Theory]
    [InlineData(28, 28, 1)]
    [InlineData(32, 32, 3)]
    [InlineData(9, 11, 2)]
    [InlineData(1, 8, 1)]
    [InlineData(13, 29, 3)]
    public void Resampling_by_gathers_gives_the_bytes_of_the_naive_form(int height, int width, int channels)
    {
        var shape = new Shape(height, width, channels);
        if (!GatheringResampler.Fits(shape)) return;   // a processor without gathers has the naive form only
        var random = new SeededRandom(11);
        var image = new byte[shape.Elements];
        byte[] expected = new byte[shape.Elements], actual = new byte[shape.Elements];
        Resampler naive = new NaiveResampler(shape, Zero), fast = new GatheringResampler(shape, Zero);
        for (int draw = 0; draw < 200; draw++)
        {
            foreach (ref byte pixel in image.AsSpan()) pixel = (byte)random.Next(256);
            float angle = (float)random.NextNormal(), size = 0.5f + random.NextSingle();
            var warp = new Warp(MathF.Sin(angle) / size, MathF.Cos(angle) / size, random.Next(-40, 41), random.Next(-40, 41), random.Next(2) == 1);
            float[] field = draw % 2 == 0 ? [] : [.. Enumerable.Range(0, ElasticField.Elements).Select(_ => 3 * (float)random.NextNormal())];
            naive.Resample(image, expected, warp, field);
            fast.Resample(image, actual, warp, field);
            Assert.Equal(expected, actual);
        }
    }

    private static byte[] Ramp() => [.. Enumerable.Range(0, Colour.Elements).Select(i => (byte)(20 + (2 * i)))];

    private static void ForManyDraws(Augmentation options, byte[] image, Action<byte[]> check)
    {
        var augmenter = new Augmenter(options, Colour, new InputEncoding(0.1f, Zero));
        var random = new SeededRandom(5);
        for (int draw = 0; draw < 400; draw++)
        {
            var result = new byte[image.Length];
            augmenter.Change(image, result, random);
            check(result);
        }
    }

    /// <summary>The shift that turns the (mirrored) image into the result, found by trying all.</summary>
    private static (int Down, int Right)? FindShift(byte[] image, byte[] result, bool flip)
    {
        for (int down = -2; down <= 2; down++)
        {
            for (int right = -2; right <= 2; right++)
            {
                if (Enumerable.Range(0, Colour.Elements).All(i => result[i] == Expected(i, down, right))) return (down, right);
            }
        }

        return null;

        byte Expected(int index, int down, int right)
        {
            (int pixel, int channel) = Math.DivRem(index, 3);
            (int row, int column) = Math.DivRem(pixel, Colour.Width);
            (row, column) = (row - down, flip ? Colour.Width - 1 - column - right : column - right);
            bool inside = row >= 0 && row < Colour.Height && column >= 0 && column < Colour.Width;
            return inside ? image[Colour.Index(row, column, channel)] : Zero;
        }
    }
}
