using System.Text.Json;

namespace SparseNas.Pipeline.Tests;

public class MnistStudyTests
{
    [DataFact("mnist")]
    [Trait("Category", "Exhaustive")]
    public void Four_minutes_on_real_mnist_hold_a_small_network_of_98_percent_integer_test_accuracy()
    {
        using var folder = new TemporaryFolder();
        string study = Path.Combine(SharedFiles.RepositoryRoot, "configs", "studies", "mnist.json"), run = folder.File("run"), data = SharedFiles.DataFolder!;
        SparseNasProcess.Result search = SparseNasProcess.Run("search", study, "--data", data, "--time", "4m", "--out", run, "--quiet");
        Assert.True(search.ExitCode == 0, search.Error);
        using JsonDocument front = JsonDocument.Parse(SparseNasProcess.Run("front", run, "--test", "--data", data, "--json").Output);
        Assert.Contains(front.RootElement.EnumerateArray(), row =>
            row.GetProperty("testError").GetDouble() <= 0.02 && row.GetProperty("parameterBytes").GetInt32() <= 6144
            && row.GetProperty("workingMemoryPeakBytes").GetInt32() <= 4096);
    }

    /// <summary>Three points by the mean over three seeds. Published: SpArSe 98.64 % at 2.77 KB of parameters and 1.96 KB of working memory.</summary>
    [DataFact("mnist")]
    [Trait("Category", "Exhaustive")]
    public void The_whole_study_holds_networks_that_are_smaller_and_more_accurate_than_the_published_ones()
    {
        using var folder = new TemporaryFolder();
        string study = Path.Combine(SharedFiles.RepositoryRoot, "configs", "studies", "mnist.json"), run = folder.File("run"), data = SharedFiles.DataFolder!;
        SparseNasProcess.Result search = SparseNasProcess.RunFor(TimeSpan.FromHours(3), "search", study, "--data", data, "--out", run, "--quiet");
        Assert.True(search.ExitCode == 0, search.Error);

        using JsonDocument front = JsonDocument.Parse(SparseNasProcess.Run("front", run, "--test", "--data", data, "--json").Output);
        JsonElement[] repeated = [.. front.RootElement.EnumerateArray().Where(row => row.TryGetProperty("seeds", out JsonElement seeds) && seeds.ValueKind == JsonValueKind.Number && seeds.GetInt32() >= 3)];
        foreach ((double error, int parameterBytes, int memoryBytes) in new[] { (0.011, 1536, 1536), (0.0136, 1024, 2048), (0.0085, 3072, 2048) })
        {
            Assert.Contains(repeated, row => row.GetProperty("meanTestError").GetDouble() <= error && row.GetProperty("parameterBytes").GetInt32() <= parameterBytes
                && row.GetProperty("workingMemoryPeakBytes").GetInt32() <= memoryBytes);
        }
    }
}
