using System.Text.Json;

namespace SparseNas.Pipeline.Tests;

public class CifarStudyTests
{
    /// <summary>Published: SpArSe 73.84 % at 0.78 KB of parameters and 1.28 KB of working memory. The images are a rebuilt copy, 93 of 60,000 of them lossy.</summary>
    [DataFact("cifar10")]
    [Trait("Category", "Exhaustive")]
    public void The_whole_study_holds_a_network_that_dominates_the_published_one()
    {
        JsonElement[] front = ShippedStudy.Front("cifar10-binary", TimeSpan.FromHours(3));
        Assert.Contains(front, row => ShippedStudy.Holds(row, "testError", 1 - 0.7384, parameterBytes: 780, memoryBytes: 1280));
    }
}
