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
}
