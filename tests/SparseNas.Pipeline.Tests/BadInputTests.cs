using System.Globalization;

namespace SparseNas.Pipeline.Tests;

/// <summary>Whatever a user gets wrong ends in one paragraph on standard error and an exit code, and leaves nothing half-written.</summary>
public class BadInputTests
{
    [Fact]
    public void Every_mistake_of_a_study_file_is_reported_at_once()
    {
        using var folder = new TemporaryFolder();
        string study = TestStudy.Write(folder, 5);
        File.WriteAllText(study, File.ReadAllText(study).Replace("\"trials\"", "\"trails\"").Replace("[\"gap\", \"dense\"]", "[\"gab\"]").Replace("\"kernels\": [3]", "\"kernels\": [9]"));
        SparseNasProcess.Result result = SparseNasProcess.RunIn(folder.FullName, "search", study);
        AssertParagraph(result, 2);
        foreach (string place in new[] { "trails", "head", "kernels" }) Assert.Contains(place, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("runs")));
    }

    [Fact]
    public void An_empty_search_space_is_refused_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        string study = TestStudy.Write(folder, 5);
        File.WriteAllText(study, File.ReadAllText(study).Replace("\"channels\": [4, 6]", "\"channels\": []"));
        SparseNasProcess.Result result = SparseNasProcess.RunIn(folder.FullName, "search", study);
        AssertParagraph(result, 2);
        Assert.Contains("channels", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_impossible_architecture_names_every_broken_law_with_its_layer()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("net.json");
        File.WriteAllText(file, """
            { "name": "bad", "input": [3, 3, 1], "classes": 10, "layers": [
              { "layer": "conv", "name": "conv2", "channels": 4, "kernel": 5 }, { "layer": "dense", "features": 9, "colour": "red" } ] }
            """);
        SparseNasProcess.Result result = SparseNasProcess.Run("train", file, "--dataset", "glyphs", "--out", folder.File("net"));
        AssertParagraph(result, 2);
        Assert.Contains("conv2", result.Error, StringComparison.Ordinal);
        Assert.Contains("kernel 5x5 does not fit input 3x3", result.Error, StringComparison.Ordinal);
        Assert.Contains("colour", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("net")));
    }

    [Fact]
    public void A_wrong_data_folder_says_what_to_do()
    {
        using var folder = new TemporaryFolder();
        string study = TestStudy.Write(folder, 5, dataset: "mnist");
        SparseNasProcess.Result result = SparseNasProcess.Run("search", study, "--data", folder.File("nothing"), "--out", folder.File("run"));
        AssertParagraph(result, 2);
        Assert.Contains("nothing", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void A_damaged_idx_file_is_named_with_offset_and_law()
    {
        using var folder = new TemporaryFolder();
        string mnist = Directory.CreateDirectory(folder.File("data/mnist")).FullName;
        File.WriteAllBytes(Path.Combine(mnist, "train-images-idx3-ubyte"), [0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 28, 0, 0, 0, 28, 1, 2, 3]);
        File.WriteAllBytes(Path.Combine(mnist, "train-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        string study = TestStudy.Write(folder, 5, dataset: "mnist");
        SparseNasProcess.Result result = SparseNasProcess.Run("search", study, "--data", folder.File("data"), "--out", folder.File("run"));
        AssertParagraph(result, 2);
        Assert.Contains("train-images-idx3-ubyte", result.Error, StringComparison.Ordinal);
        Assert.Contains("byte", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_study_that_nothing_can_meet_ends_with_exit_code_3_and_its_limits()
    {
        using var folder = new TemporaryFolder();
        SparseNasProcess.Result result = SparseNasProcess.Run("search", TestStudy.Write(folder, 4, limit: "20"), "--out", folder.File("run"), "--quiet");
        Assert.Equal(3, result.ExitCode);
        Assert.Contains("parameterBytes <= 20", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_that_cannot_be_written_is_exit_code_1_with_its_path()
    {
        using var folder = new TemporaryFolder();
        string blocked = folder.File("file");
        File.WriteAllText(blocked, "not a folder");
        SparseNasProcess.Result result = SparseNasProcess.Run("search", TestStudy.WriteWithoutBoard(folder, 4), "--out", Path.Combine(blocked, "run"), "--quiet");
        AssertParagraph(result, 1);
        Assert.Contains("file", result.Error, StringComparison.Ordinal);
        Assert.Equal("not a folder", File.ReadAllText(blocked));
    }

    [TmpfsFact]
    public void A_full_disk_ends_the_study_without_a_half_written_trial()
    {
        using var disk = SmallDisk.Mount(kilobytes: 100);
        using var folder = new TemporaryFolder();
        string study = TestStudy.WriteWithoutBoard(folder, 60), run = Path.Combine(disk.Folder, "run");
        SparseNasProcess.Result full = SparseNasProcess.Run("search", study, "--out", run, "--quiet", "--workers", "1");
        AssertParagraph(full, 1);
        Assert.Contains("space", full.Error, StringComparison.OrdinalIgnoreCase);

        // Every trial in the journal is complete, and with room the study goes on where it stopped.
        SparseNasProcess.Result front = SparseNasProcess.Run("front", run, "--csv");
        Assert.True(front.ExitCode == 0, front.Error);
        int finished = File.ReadLines(Path.Combine(run, "journal.jsonl")).Count();
        disk.Resize(kilobytes: 20_000);
        SparseNasProcess.Result resumed = SparseNasProcess.Run("search", study, "--out", run, "--quiet", "--resume", "--trials", (finished + 3).ToString(CultureInfo.InvariantCulture));
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        Assert.Equal(finished + 3, File.ReadLines(Path.Combine(run, "journal.jsonl")).Count());
    }

    private static void AssertParagraph(SparseNasProcess.Result result, int exitCode)
    {
        Assert.True(result.ExitCode == exitCode, $"exit code {result.ExitCode}: {result.Error}");
        Assert.Empty(result.Output);
        Assert.InRange(result.Error.Length, 20, 3000);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }
}
