using System.Collections.Immutable;
using System.Globalization;
using SparseNas.Networks;

namespace SparseNas.Training.Data.Glyphs;

/// <summary>
/// The dataset that needs no file: 28x28 grey images of digits drawn with pen strokes in random hands. The same seed gives the same bytes
/// on every machine. A linear classifier stays below 90 %, a small convolutional network passes 97 %.
/// </summary>
public static class GlyphsDataset
{
    /// <summary>Name in the catalogue.</summary>
    public const string Name = "glyphs";

    /// <summary>Default number of samples to learn from.</summary>
    public const int TrainCount = 6000;

    /// <summary>Default number of samples to test with.</summary>
    public const int TestCount = 2000;

    /// <summary>Seed of the catalogue's glyphs.</summary>
    public const ulong DefaultSeed = 1;

    /// <summary>One image.</summary>
    public static Shape Shape { get; } = new(GlyphPainter.Side, GlyphPainter.Side, 1);

    private const ulong TrainStream = 1;
    private const ulong TestStream = 2;

    /// <summary>Draws a dataset; the classes take turns, so any ten samples in a row hold each digit once.</summary>
    /// <param name="trainCount">Samples to learn from, at least 1.</param>
    /// <param name="testCount">Samples to test with, at least 1; drawn when they are asked for.</param>
    /// <param name="seed">Decides every image. Train and test never share a random stream.</param>
    public static Dataset Create(int trainCount = TrainCount, int testCount = TestCount, ulong seed = DefaultSeed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(trainCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(testCount);
        ImmutableArray<string> digits = [.. Enumerable.Range(0, 10).Select(digit => digit.ToString(CultureInfo.InvariantCulture))];
        return new Dataset(
            Name, Shape, digits, InputEncoding.UnitRange, Draw(trainCount, seed, TrainStream), new(() => Draw(testCount, seed, TestStream)),
            $"Digits drawn by this program from seed {seed}: {trainCount} to learn from, {testCount} to test with.");
    }

    // Sample i has its own random stream and class i mod 10, so the first samples are the same whatever the count is.
    private static Samples Draw(int count, ulong seed, ulong stream)
    {
        int digits = GlyphStrokes.ByDigit.Length;
        var pixels = new byte[(long)count * Shape.Elements];
        var labels = new byte[count];
        var painter = new GlyphPainter();
        for (int sample = 0; sample < count; sample++)
        {
            labels[sample] = (byte)(sample % digits);
            var random = new SeededRandom(seed, stream, (ulong)sample);
            painter.Paint(labels[sample], random, pixels.AsSpan(sample * Shape.Elements, Shape.Elements));
        }

        return new Samples(Shape, digits, pixels, labels);
    }
}
