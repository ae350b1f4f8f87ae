using System.Collections.Immutable;
using SparseNas.Networks;
using SparseNas.Training.Data.Catalog;
using SparseNas.Training.Data.Formats;
using SparseNas.Training.Data.Glyphs;
using SparseNas.Training.Data.UserData;

namespace SparseNas.Training.Data;

/// <summary>
/// Loads datasets by name (<see cref="Names"/>), or a user's own by the path of a folder or file. Whatever is wrong is a
/// <see cref="DatasetException"/> that says what to do.
/// </summary>
/// <example><code>
/// Dataset mnist = DatasetCatalog.Load("mnist", dataFolder: "../shared/data");
/// Dataset glyphs = DatasetCatalog.Load("glyphs");   // needs no file
/// Dataset mine = DatasetCatalog.Load("./gestures"); // a folder with a dataset.json
/// </code></example>
public static class DatasetCatalog
{
    // KMNIST without its training images: the share of the test file that stays test.
    private const int KmnistHeldOutCount = 2000;
    private const string EvenSplit = "in each class the held-out samples are spread evenly over the file order";

    /// <summary>The known names.</summary>
    public static ImmutableArray<string> Names { get; } = [.. DatasetFacts.All.Select(facts => facts.Name)];

    /// <summary>Loads a dataset; its test part is read only when <c>Test.Value</c> is asked for.</summary>
    /// <param name="nameOrPath">A known name, or the path of the user's own data.</param>
    /// <param name="dataFolder">Where the known datasets are, or null to look for them as <see cref="DataFolder"/> says.</param>
    /// <exception cref="DatasetException">The name is unknown, files are missing, or they are damaged or do not belong together.</exception>
    public static Dataset Load(string nameOrPath, string? dataFolder = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrPath);
        return nameOrPath switch
        {
            GlyphsDataset.Name => GlyphsDataset.Create(),
            "mnist" or "fashion-mnist" => LoadIdx(nameOrPath, FolderOf(nameOrPath, dataFolder)),
            "kmnist" => LoadKmnist(FolderOf(nameOrPath, dataFolder)),
            "cifar10" => LoadCifar(nameOrPath, FolderOf("cifar10", dataFolder), samples => samples),
            "cifar10-binary" => LoadCifar(nameOrPath, FolderOf("cifar10", dataFolder), ToTwoClasses),
            "chars74k" => LoadChars(FolderOf(nameOrPath, dataFolder)),
            "optdigits" => LoadOptdigits(FolderOf(nameOrPath, dataFolder)),
            _ when UserDataset.Exists(nameOrPath) => UserDataset.Load(nameOrPath),
            _ => throw new DatasetException(nameOrPath, $"neither a known dataset ({string.Join(", ", Names)}) nor an existing file or folder."),
        };
    }

    private static string FolderOf(string name, string? dataFolder)
    {
        string root = DataFolder.Find(dataFolder)
            ?? throw new DatasetException(
                null,
                $"The dataset '{name}' needs a data folder: name one, set {DataFolder.EnvironmentVariable}, or make ./data "
                + $"(`sparsenas data get {name}`).");
        string folder = Path.Combine(root, name);
        if (Directory.Exists(folder)) return folder;
        throw new DatasetException(
            root,
            $"the data folder has no '{name}' in it; `sparsenas data get {name} --data {root}` downloads it, "
            + "`sparsenas data list` shows its source.");
    }

    private static Dataset LoadIdx(string name, string folder)
    {
        DatasetFacts facts = DatasetFacts.Of(name);
        int classes = facts.ClassNames.Length;
        Samples train = IdxFile.ReadSamples(
            DataFiles.Existing(folder, "train-images-idx3-ubyte"), DataFiles.Existing(folder, "train-labels-idx1-ubyte"), classes);
        return FromFacts(facts, InputEncoding.UnitRange, train, () => ReadIdxTest(folder, classes), "Train and test as published.");
    }

    private static Samples ReadIdxTest(string folder, int classes) =>
        IdxFile.ReadSamples(DataFiles.Existing(folder, "t10k-images-idx3-ubyte"), DataFiles.Existing(folder, "t10k-labels-idx1-ubyte"), classes);

    private static Dataset LoadKmnist(string folder)
    {
        if (DataFiles.Find(folder, "train-images-idx3-ubyte") is not null) return LoadIdx("kmnist", folder);
        DatasetFacts facts = DatasetFacts.Of("kmnist");
        (Samples train, Samples test) = Stratification.SplitEvenly(ReadIdxTest(folder, facts.ClassNames.Length), KmnistHeldOutCount);
        return FromFacts(
            facts, InputEncoding.UnitRange, train, () => test,
            $"The published training images are not there, so the 10,000 published test images were split into {train.Count} to learn from and "
            + $"{test.Count} to test with: {EvenSplit}. Figures are not comparable with the published split.");
    }

    private static Dataset LoadCifar(string name, string folder, Func<Samples, Samples> relabel)
    {
        DatasetFacts facts = DatasetFacts.Of(name);
        string[] batches = [.. Enumerable.Range(1, 5).Select(batch => DataFiles.Existing(folder, $"data_batch_{batch}.bin"))];
        string rebuilt = batches.Any(batch => IsRebuilt(facts, batch))
            ? " By their sizes these batches are rebuilt, not the original files: approximate-images.csv lists the images whose pixels "
                + "are approximate."
            : "";
        return FromFacts(
            facts, InputEncoding.UnitRange, relabel(CifarFile.ReadSamples(batches)),
            () => relabel(CifarFile.ReadSamples([DataFiles.Existing(folder, "test_batch.bin")])),
            "Train (batches 1 to 5) and test as published." + rebuilt);
    }

    // A glance at the size, as hashing 170 MB at every start would cost more than reading them; `data check` compares checksums.
    private static bool IsRebuilt(DatasetFacts facts, string path) => facts.FileFacts.Files.Any(
        known => known.What.StartsWith("rebuilt", StringComparison.Ordinal)
            && Path.GetFileName(known.Path) == Path.GetFileName(path) && known.Bytes == new FileInfo(path).Length);

    private static Samples ToTwoClasses(Samples samples)
    {
        var labels = new byte[samples.Count];
        for (int index = 0; index < labels.Length; index++) labels[index] = (byte)(samples.Label(index) < CifarFile.Classes / 2 ? 0 : 1);
        return samples.Relabel(2, labels);
    }

    private static Dataset LoadChars(string folder)
    {
        DatasetFacts facts = DatasetFacts.Of("chars74k");
        Samples all = IdxFile.ReadSamples(
            DataFiles.Existing(folder, "chars74k-kaggle20-images-idx4-ubyte"),
            DataFiles.Existing(folder, "chars74k-kaggle20-labels-idx1-ubyte"),
            facts.ClassNames.Length);
        if (all.Count < facts.TestCount)
            throw new DatasetException(folder, $"the split holds {facts.TestCount} of the samples out, but there are only {all.Count}.");
        (Samples train, Samples test) = Stratification.SplitEvenly(all, facts.TestCount);
        return FromFacts(
            facts, InputEncoding.UnitRange, train, () => test,
            $"Published without a split. Split here into {train.Count} to learn from and {test.Count} to test with, the sizes of Chars4K in Kumar "
            + $"et al. 2017, whose own split was not published: {EvenSplit}.");
    }

    private static Dataset LoadOptdigits(string folder) => FromFacts(
        DatasetFacts.Of("optdigits"), OptdigitsFile.Encoding, OptdigitsFile.ReadSamples(Path.Combine(folder, "optdigits.tra")),
        () => OptdigitsFile.ReadSamples(Path.Combine(folder, "optdigits.tes")), "Train and test as published.");

    // Test samples that do not fit the training ones are an error of the files, found when they are read.
    private static Dataset FromFacts(DatasetFacts facts, InputEncoding encoding, Samples train, Func<Samples> readTest, string split)
    {
        var expected = new Shape(facts.Shape[0], facts.Shape[1], facts.Shape[2]);
        Samples Checked(Samples samples) => samples.Shape == expected
            ? samples
            : throw new DatasetException(null, $"A sample of '{facts.Name}' is {expected}, but the files hold samples of {samples.Shape}.");
        return new Dataset(
            facts.Name, expected, facts.ClassNames, encoding, Checked(train), new(() => Checked(readTest())),
            $"{facts.Title}. {facts.Citation}. Licence: {facts.Licence}. {split}");
    }
}
