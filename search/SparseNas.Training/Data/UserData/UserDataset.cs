using System.Collections.Immutable;
using System.Globalization;
using SparseNas.Networks;
using SparseNas.Training.Data.Formats;

namespace SparseNas.Training.Data.UserData;

/// <summary>
/// A user's own data. Three forms are read: a folder with the four IDX files of MNIST's names (<c>train-images-idx3-ubyte</c>…, or idx4 for
/// colour, plain or <c>.gz</c>); a NumPy archive with the arrays <c>x_train</c>, <c>y_train</c>, <c>x_test</c>, <c>y_test</c>; or a folder with
/// a <c>dataset.json</c>:
/// <code>
/// {
///   "name": "gestures",
///   "shape": [1, 64, 6],                     // height, width, channels; may be left out for arrays
///   "classes": ["still", "wave", "tap"],     // may be left out when labels are numbers
///   "minimum": -8.0, "maximum": 8.0,         // real values of the bytes 0 and 255; left out when the data are bytes
///   "train": { "samples": "x.npy", "labels": "data.npz#y" },
///   "test": { "csv": "test.csv" }            // or "testFraction": 0.2
/// }
/// </code>
/// CSV rows hold one sample and its label ("labelColumn": "last" or "first"), or one time step of a sensor when
/// <c>"window": { "rows": 64, "strideRows": 32 }</c> is stated instead of a shape.
/// </summary>
internal static class UserDataset
{
    /// <summary>The file that describes a folder.</summary>
    public const string ManifestName = "dataset.json";

    /// <summary>Whether something is at <paramref name="path"/>.</summary>
    public static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);

    /// <summary>Loads the data at a path; test samples are read when they are asked for.</summary>
    /// <exception cref="DatasetException">It is none of the forms, or files are missing, damaged or do not belong together.</exception>
    public static Dataset Load(string path)
    {
        if (Directory.Exists(path))
        {
            string manifest = Path.Combine(path, ManifestName);
            if (File.Exists(manifest)) return LoadManifest(manifest);
            return DataFiles.Find(path, "train-images-idx3-ubyte", "train-images-idx4-ubyte") is not null
                ? LoadIdx(path)
                : throw new DatasetException(path, $"the folder has neither a {ManifestName} nor train-images-idx3-ubyte (or idx4, or .gz).");
        }

        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".json" => LoadManifest(path),
            ".npz" => LoadArchive(path),
            _ => throw new DatasetException(
                path, $"a dataset is a folder, a .npz archive or a {ManifestName}; describe this file in a {ManifestName} beside it, such as "
                + "{\"shape\": [1, 64, 6], \"train\": {\"csv\": \"" + Path.GetFileName(path) + "\"}, \"testFraction\": 0.2}."),
        };
    }

    private static Dataset LoadManifest(string path)
    {
        DatasetManifest manifest = ManifestReader.Read(path);
        ByteQuantizer quantizer = QuantizerFor(manifest);
        RawSamples raw = Read(manifest.Train, manifest, quantizer);
        Samples all = ToSamples(raw, manifest.ClassNames?.Length ?? raw.Labels.Max() + 1, path);
        string note = quantizer.ClampedCount == 0
            ? ""
            : $" {quantizer.ClampedCount} of {raw.Pixels.Length} training values lay outside of "
                + $"{manifest.Range!.Minimum:R}..{manifest.Range.Maximum:R} and were clamped.";
        return manifest.Test switch
        {
            TestSource.Separate separate => Make(
                manifest.Name, manifest.ClassNames, quantizer.Encoding, all,
                () => ToSamples(Read(separate.Source, manifest, QuantizerFor(manifest)), all.Classes, path), $"{path}.{note}"),
            TestSource.HeldOut heldOut => HoldOut(path, manifest, quantizer.Encoding, all, heldOut.Fraction, $"{path}.{note}"),
            _ => throw new InvalidOperationException($"Unknown test source {manifest.Test}."),
        };
    }

    private static ByteQuantizer QuantizerFor(DatasetManifest manifest) =>
        manifest.Range is { } range ? new ByteQuantizer(range.Minimum, range.Maximum) : new ByteQuantizer();

    private static RawSamples Read(SampleSource source, DatasetManifest manifest, ByteQuantizer quantizer) => source switch
    {
        SampleSource.Csv csv => CsvSamples.Read(csv.Path, manifest, quantizer),
        SampleSource.Arrays arrays => ArraySamples.Read(arrays, manifest, quantizer),
        _ => throw new InvalidOperationException($"Unknown source {source}."),
    };

    private static Dataset HoldOut(
        string path, DatasetManifest manifest, InputEncoding encoding, Samples all, double fraction, string provenance)
    {
        int testCount = (int)Math.Round(fraction * all.Count);
        if (testCount == 0 || testCount == all.Count)
            throw new DatasetException(path, $"testFraction {fraction:R} of {all.Count} samples is {testCount}, but both parts need at least one.");
        (Samples train, Samples test) = Stratification.SplitEvenly(all, testCount);
        return Make(
            manifest.Name, manifest.ClassNames, encoding, train, () => test,
            $"{provenance} {test.Count} of {all.Count} samples held out for the test, spread evenly over each class in file order.");
    }

    private static Dataset LoadArchive(string path)
    {
        var test = new SampleSource.Arrays($"{path}#x_test", $"{path}#y_test");
        var manifest = new DatasetManifest(
            Path.GetFileNameWithoutExtension(path), null, null, null, false, null,
            new SampleSource.Arrays($"{path}#x_train", $"{path}#y_train"), new TestSource.Separate(test));
        RawSamples raw = Read(manifest.Train, manifest, new ByteQuantizer());
        Samples train = ToSamples(raw, raw.Labels.Max() + 1, path);
        return Make(
            manifest.Name, null, InputEncoding.UnitRange, train,
            () => ToSamples(Read(test, manifest, new ByteQuantizer()), train.Classes, path), $"{path}, train and test as in the archive.");
    }

    private static Dataset LoadIdx(string folder)
    {
        Samples train = IdxFile.ReadSamples(
            DataFiles.Existing(folder, "train-images-idx3-ubyte", "train-images-idx4-ubyte"), DataFiles.Existing(folder, "train-labels-idx1-ubyte"));
        return Make(
            Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar)), null, InputEncoding.UnitRange, train,
            () => IdxFile.ReadSamples(
                DataFiles.Existing(folder, "t10k-images-idx3-ubyte", "t10k-images-idx4-ubyte"),
                DataFiles.Existing(folder, "t10k-labels-idx1-ubyte"),
                train.Classes),
            $"{folder}, train and test as in the files.");
    }

    private static Samples ToSamples(RawSamples raw, int classes, string path)
    {
        int bad = Samples.LabelAtOrAbove(raw.Labels, classes);
        if (bad >= 0)
            throw new DatasetException(path, $"sample {bad} has a class above those of training: expected 0..{classes - 1}, found {raw.Labels[bad]}.");
        return new Samples(raw.Shape, classes, raw.Pixels, raw.Labels);
    }

    private static Dataset Make(
        string name, ImmutableArray<string>? classNames, InputEncoding encoding, Samples train, Func<Samples> readTest, string provenance)
    {
        ImmutableArray<string> names = classNames
            ?? [.. Enumerable.Range(0, train.Classes).Select(label => label.ToString(CultureInfo.InvariantCulture))];
        return new Dataset(name, train.Shape, names, encoding, train, new(() => SameShape(readTest())), $"The user's data in {provenance}");

        Samples SameShape(Samples test) => test.Shape == train.Shape
            ? test
            : throw new DatasetException(null, $"Test samples of '{name}' must be {train.Shape} as the training samples are, but are {test.Shape}.");
    }
}
