using System.Text.Json;

namespace SparseNas.Pipeline.Tests;

/// <summary>A study of <c>configs/studies</c>, run as a user runs it.</summary>
internal static class ShippedStudy
{
    /// <summary>Searches, and gives the front with test accuracy, one element per network.</summary>
    /// <param name="name">The study's file, without its ending.</param>
    /// <param name="longest">The test fails when the search takes longer.</param>
    /// <param name="options">More options of the search.</param>
    public static JsonElement[] Front(string name, TimeSpan longest, params string[] options)
    {
        using var folder = new TemporaryFolder();
        string study = Path.Combine(SharedFiles.RepositoryRoot, "configs", "studies", name + ".json"), run = folder.File("run"), data = SharedFiles.DataFolder!;
        SparseNasProcess.Result search = SparseNasProcess.RunFor(longest, ["search", study, "--data", data, "--out", run, "--quiet", .. options]);
        Assert.True(search.ExitCode == 0, search.Error);
        using JsonDocument front = JsonDocument.Parse(SparseNasProcess.Run("front", run, "--test", "--data", data, "--json").Output);
        return [.. front.RootElement.EnumerateArray().Select(row => row.Clone())];
    }

    /// <summary>Whether a network of the front errs and needs no more than that.</summary>
    /// <param name="row">The network.</param>
    /// <param name="errorName"><c>testError</c> of the one network, or <c>meanTestError</c> over its seeds.</param>
    /// <param name="error">Share of wrong answers.</param>
    /// <param name="parameterBytes">Packed parameters.</param>
    /// <param name="memoryBytes">Peak working memory, rows of the input counted.</param>
    public static bool Holds(JsonElement row, string errorName, double error, int parameterBytes, int memoryBytes) =>
        row.GetProperty(errorName).GetDouble() <= error && row.GetProperty("parameterBytes").GetInt32() <= parameterBytes
        && row.GetProperty("workingMemoryPeakBytes").GetInt32() <= memoryBytes;
}
