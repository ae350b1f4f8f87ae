using System.Collections.Immutable;
using SparseNas.Networks;
using SparseNas.Training.Data.Formats;

namespace SparseNas.Training.Data.UserData;

/// <summary>
/// Samples and labels of one part, before the number of classes is known. <paramref name="Pixels"/> holds <paramref name="Shape"/>.Elements
/// bytes (NHWC) for each label.
/// </summary>
internal sealed record RawSamples(Shape Shape, byte[] Pixels, byte[] Labels);

/// <summary>Reads samples and labels from NumPy arrays: samples have the count as their first dimension, labels have one dimension.</summary>
internal static class ArraySamples
{
    private const char KeyMark = '#';

    /// <summary>Reads both arrays of a part.</summary>
    /// <exception cref="DatasetException">An array is missing or damaged, or the two do not belong together.</exception>
    public static RawSamples Read(SampleSource.Arrays source, DatasetManifest manifest, ByteQuantizer quantizer) =>
        Join(ReadArray(source.Samples), ReadArray(source.Labels), manifest, quantizer);

    /// <summary>Joins an array of samples with one of labels.</summary>
    public static RawSamples Join(NpyArray samples, NpyArray labels, DatasetManifest manifest, ByteQuantizer quantizer)
    {
        Shape shape = ShapeOf(samples, manifest.Shape);
        bool oneLabelEach = labels.Dimensions.Length == 1 || (labels.Dimensions.Length == 2 && labels.Dimensions[1] == 1);
        if (!oneLabelEach) throw new DatasetException(labels.Name, $"labels have one dimension, but this array has {Extents(labels)}.");
        if (samples.Dimensions[0] != labels.Dimensions[0])
        {
            throw new DatasetException(
                samples.Name, $"as many samples as there are labels in {labels.Name}: expected {labels.Dimensions[0]}, found {samples.Dimensions[0]}.");
        }

        return new RawSamples(shape, Pixels(samples, quantizer), Labels(labels, new LabelReader(manifest.ClassNames)));
    }

    // A stated shape wins; it may regroup the values of a sample but not change their number. Else (N,H,W,C), (N,H,W) or (N,W).
    private static Shape ShapeOf(NpyArray samples, Shape? stated)
    {
        ImmutableArray<int> of = samples.Dimensions;
        long elements = of.Skip(1).Aggregate(1L, (product, extent) => product * extent);
        if (stated is { } shape && of.Length > 1 && shape.Elements == elements) return shape;
        if (stated is not null)
        {
            throw new DatasetException(
                samples.Name, $"a sample is {stated} = {stated.Value.Elements} values as stated, but the array is {Extents(samples)}.");
        }

        return of.Length switch
        {
            2 => new Shape(1, of[1], 1),
            3 => new Shape(of[1], of[2], 1),
            4 => new Shape(of[1], of[2], of[3]),
            _ => throw new DatasetException(
                samples.Name,
                $"samples have 2, 3 or 4 dimensions (count, height, width, channels) or a stated \"shape\", but this array has {Extents(samples)}."),
        };
    }

    private static byte[] Pixels(NpyArray samples, ByteQuantizer quantizer)
    {
        if (samples.IsBytes && !quantizer.HasRange) return samples.Raw;
        var pixels = new byte[samples.Count];
        var mistakes = new MistakeList(samples.Name);
        for (int index = 0; index < pixels.Length; index++)
        {
            if (quantizer.TryQuantize(samples[index], out pixels[index])) continue;
            string position = string.Join(", ", Position(index, samples.Dimensions));
            mistakes.Add($"element [{position}]: {quantizer.Law}, found {samples[index]:R}");
        }

        mistakes.ThrowIfAny();
        return pixels;
    }

    private static byte[] Labels(NpyArray array, LabelReader reader)
    {
        var labels = new byte[array.Count];
        var mistakes = new MistakeList(array.Name);
        for (int index = 0; index < labels.Length; index++)
        {
            if (!reader.TryRead(array[index], out labels[index])) mistakes.Add($"label {index} must be {reader.Law}, found {array[index]:R}");
        }

        mistakes.ThrowIfAny();
        return labels;
    }

    private static NpyArray ReadArray(string reference)
    {
        int mark = reference.LastIndexOf(KeyMark);
        string file = mark < 0 ? reference : reference[..mark];
        if (!file.EndsWith(".npz", StringComparison.OrdinalIgnoreCase)) return NpyArray.ReadFile(reference);
        using NpzArchive archive = NpzArchive.Open(file);
        if (mark >= 0) return archive.Read(reference[(mark + 1)..]);
        return archive.Keys.Length == 1
            ? archive.Read(archive.Keys[0])
            : throw new DatasetException(file, $"name one array as \"{Path.GetFileName(file)}#key\"; the archive has {string.Join(", ", archive.Keys)}.");
    }

    private static string Extents(NpyArray array) => $"({string.Join(", ", array.Dimensions)})";

    private static int[] Position(int index, ImmutableArray<int> dimensions)
    {
        var position = new int[dimensions.Length];
        for (int dimension = dimensions.Length - 1; dimension >= 0; dimension--)
            (index, position[dimension]) = Math.DivRem(index, dimensions[dimension]);
        return position;
    }
}
