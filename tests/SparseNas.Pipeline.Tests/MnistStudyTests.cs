using System.Text.Json;

namespace SparseNas.Pipeline.Tests;

public class MnistStudyTests
{
    [DataFact("mnist")]
    [Trait("Category", "Exhaustive")]
    public void Four_minutes_on_real_mnist_hold_a_small_network_of_98_percent_integer_test_accuracy()
    {
        JsonElement[] front = ShippedStudy.Front("mnist", TimeSpan.FromMinutes(20), "--time", "4m");
        Assert.Contains(front, row => ShippedStudy.Holds(row, "testError", 0.02, parameterBytes: 6144, memoryBytes: 4096));
    }

    /// <summary>Three points by the mean over three seeds. Published: SpArSe 98.64 % at 2.77 KB of parameters and 1.96 KB of working memory.</summary>
    [DataFact("mnist")]
    [Trait("Category", "Exhaustive")]
    public void The_whole_study_holds_networks_that_are_smaller_and_more_accurate_than_the_published_ones()
    {
        JsonElement[] front = ShippedStudy.Front("mnist", TimeSpan.FromHours(3));
        JsonElement[] repeated = [.. front.Where(row => row.TryGetProperty("seeds", out JsonElement seeds) && seeds.ValueKind == JsonValueKind.Number && seeds.GetInt32() >= 3)];
        foreach ((double error, int parameterBytes, int memoryBytes) in new[] { (0.011, 1536, 1536), (0.0136, 1024, 2048), (0.0085, 3072, 2048) })
        {
            Assert.Contains(repeated, row => ShippedStudy.Holds(row, "meanTestError", error, parameterBytes, memoryBytes));
        }
    }
}
