using SparseNas.Networks;

namespace SparseNas.Training.Data;

/// <summary>
/// Labelled samples of one shape: raw bytes 0..255 in NHWC order, one sample after another. Immutable: the arrays given to the constructor
/// belong to it from then on, and every method answers with a new value. What a byte means as a real number is the dataset's
/// <see cref="InputEncoding"/>.
/// </summary>
/// <example><code>
/// var (train, validation) = dataset.Train.SplitStratified(0.1, new SeededRandom(seed));
/// ReadOnlySpan&lt;byte&gt; image = train.Image(0);   // dataset.Shape.Elements bytes
/// </code></example>
public sealed class Samples
{
    private readonly byte[] pixels;
    private readonly byte[] labels;
    private readonly int elements;

    /// <summary>Takes ownership of both arrays; they must not be changed afterwards.</summary>
    /// <param name="shape">Extent of one sample; all three at least 1.</param>
    /// <param name="classes">Number of classes, 1..256.</param>
    /// <param name="pixels"><c>labels.Length · shape.Elements</c> bytes, NHWC.</param>
    /// <param name="labels">One class per sample, each below <paramref name="classes"/>.</param>
    /// <exception cref="ArgumentException">A law above does not hold; the message says which, with the values.</exception>
    public Samples(Shape shape, int classes, byte[] pixels, byte[] labels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        if (shape.Height < 1 || shape.Width < 1 || shape.Channels < 1)
            throw new ArgumentException($"A sample's height, width and channels must be at least 1, but its shape is {shape}.", nameof(shape));
        if (classes is < 1 or > 256)
            throw new ArgumentException($"The number of classes must be in 1..256, but is {classes}.", nameof(classes));
        long expected = (long)labels.Length * shape.Elements;
        if (pixels.Length != expected)
        {
            throw new ArgumentException(
                $"{labels.Length} samples of {shape} are {expected} bytes, but {pixels.Length} were given.", nameof(pixels));
        }

        int bad = LabelAtOrAbove(labels, classes);
        if (bad >= 0) throw new ArgumentException($"Labels must be below {classes}, but sample {bad} has label {labels[bad]}.", nameof(labels));
        Shape = shape;
        Classes = classes;
        elements = shape.Elements;
        this.pixels = pixels;
        this.labels = labels;
    }

    /// <summary>Extent of one sample.</summary>
    public Shape Shape { get; }

    /// <summary>Number of classes; every label is below it. A class may have no sample.</summary>
    public int Classes { get; }

    /// <summary>Number of samples.</summary>
    public int Count => labels.Length;

    /// <summary>All bytes, sample after sample, NHWC.</summary>
    public ReadOnlySpan<byte> Pixels => pixels;

    /// <summary>All labels, one per sample.</summary>
    public ReadOnlySpan<byte> Labels => labels;

    /// <summary>The <c>Shape.Elements</c> bytes of one sample, NHWC.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is outside 0 .. Count − 1.</exception>
    public ReadOnlySpan<byte> Image(int index)
    {
        if ((uint)index >= (uint)labels.Length)
            throw new ArgumentOutOfRangeException(nameof(index), index, $"There are {Count} samples.");
        return pixels.AsSpan(index * elements, elements);
    }

    /// <summary>The class of one sample, 0 .. Classes − 1.</summary>
    public int Label(int index) => labels[index];

    /// <summary>The first <paramref name="count"/> samples.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is outside 0 .. Count.</exception>
    public Samples Take(int count)
    {
        if (count < 0 || count > Count)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"There are {Count} samples.");
        return count == Count ? this : new Samples(Shape, Classes, pixels[..(count * elements)], labels[..count]);
    }

    /// <summary>The samples at <paramref name="indices"/>, in that order; an index may occur more than once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside 0 .. Count − 1.</exception>
    public Samples Select(ReadOnlySpan<int> indices)
    {
        var chosenPixels = new byte[checked(indices.Length * elements)];
        var chosenLabels = new byte[indices.Length];
        for (int position = 0; position < indices.Length; position++)
        {
            Image(indices[position]).CopyTo(chosenPixels.AsSpan(position * elements, elements));
            chosenLabels[position] = labels[indices[position]];
        }

        return new Samples(Shape, Classes, chosenPixels, chosenLabels);
    }

    /// <summary>
    /// Two disjoint parts that together hold every sample once, each in the original order. The validation part has
    /// round(fraction · Count) samples, shared out over the classes in proportion to their sizes (largest remainders); which samples of a
    /// class go there is random.
    /// </summary>
    /// <param name="validationFraction">0 to below 1.</param>
    /// <param name="random">Decides which samples of each class are held out.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is outside [0, 1).</exception>
    public (Samples Train, Samples Validation) SplitStratified(double validationFraction, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (!(validationFraction >= 0 && validationFraction < 1))
            throw new ArgumentOutOfRangeException(nameof(validationFraction), validationFraction, "The validation fraction must be in [0, 1).");
        return Stratification.Split(
            this, (int)Math.Round(validationFraction * Count), (members, heldOut) =>
            {
                random.Shuffle<int>(members);
                return members.AsSpan(0, heldOut);
            });
    }

    /// <summary>The same images with other labels; the pixels are shared.</summary>
    internal Samples Relabel(int classes, byte[] newLabels) => new(Shape, classes, pixels, newLabels);

    /// <summary>Position of the first label that is not below <paramref name="classes"/>, or −1.</summary>
    internal static int LabelAtOrAbove(ReadOnlySpan<byte> labels, int classes) =>
        classes > byte.MaxValue ? -1 : labels.IndexOfAnyInRange((byte)classes, byte.MaxValue);
}
