using SparseNas.Training.Data.Catalog;

namespace SparseNas.Training.Tests.Data.Catalog;

public sealed class DatasetCheckerTests
{
    [DataFact("cifar10")]
    public void TheRebuiltCifar10IsCalledRebuilt()
    {
        DatasetCheck check = DatasetChecker.Check(DatasetFacts.Of("cifar10-binary"), SharedFiles.DataFolder!);
        Assert.True(check.IsReadable, check.Problem);
        Assert.All(check.Files, file => Assert.Equal(FileState.Recognised, file.State));
        Assert.Contains("REBUILT", check.Verdict);
        Assert.Contains("59,907 are lossless and 93", check.Verdict);
        Assert.Contains(check.Files, file => file is { Path: "cifar10/data_batch_4.bin.gz", What: var what } && what.Contains("26 of them approximate"));
    }

    [DataFact("mnist")]
    public void OriginalFilesAreCalledOriginal()
    {
        DatasetCheck check = DatasetChecker.Check(DatasetFacts.Of("mnist"), SharedFiles.DataFolder!);
        Assert.Equal("mnist: the original files, byte for byte; readable", check.Verdict);
    }

    [DataFact("optdigits")]
    public void ChangedAndMissingFilesAreNamed()
    {
        using var folder = new TemporaryFolder();
        string From(string file) => Path.Combine(SharedFiles.DataFolder!, "optdigits", file);
        folder.Write("optdigits/optdigits.tra", File.ReadAllText(From("optdigits.tra")) + "\n");
        DatasetCheck check = DatasetChecker.Check(DatasetFacts.Of("optdigits"), folder.Path);
        Assert.Equal([FileState.Unknown, FileState.Missing, FileState.Missing], check.Files.Select(file => file.State));
        Assert.False(check.IsReadable);
        Assert.StartsWith("optdigits: 1 of 3 files have a content that is not known; missing: optdigits/optdigits.tes, optdigits/optdigits.names; NOT READABLE", check.Verdict);

        folder.Write("optdigits/optdigits.tra", File.ReadAllBytes(From("optdigits.tra")));
        folder.Write("optdigits/optdigits.tes", File.ReadAllBytes(From("optdigits.tes")));
        check = DatasetChecker.Check(DatasetFacts.Of("optdigits"), folder.Path);
        Assert.Contains("independent copies agree on", check.Verdict);
        Assert.EndsWith("missing: optdigits/optdigits.names; readable", check.Verdict);
    }

    [Fact]
    public void GlyphsNeedNoFiles()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal("glyphs: drawn by this program, needs no files; readable", DatasetChecker.Check(DatasetFacts.Of("glyphs"), folder.Path).Verdict);
    }
}
