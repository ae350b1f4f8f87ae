using SparseNas.Training.Data;
using Xunit.Abstractions;

namespace SparseNas.Pruning.Tests.Mnist;

/// <summary>
/// The papers' networks on MNIST, one configuration each. Reported there: LeNet-300-100 with variational dropout 68x at 1.92 % error,
/// LeNet-5-Caffe 280x at 0.75 % and with Bayesian compression 0.6 to 0.9 % of the weights at 1.0 %. Figures: pruning/README.md.
/// </summary>
public class PaperExperimentTests(ITestOutputHelper output)
{
    [DataFact("mnist")]
    [Trait("Category", "Exhaustive")]
    public void LeNet300WithSparseVariationalDropout()
    {
        PaperResult result = Run("lenet300-svd.json");
        Assert.True(result.Compression >= 50 && result.TestError <= 0.019, result.ToString());
    }

    private PaperResult Run(string file)
    {
        string path = Path.Combine(SharedFiles.RepositoryRoot, "configs", "pruning", file);
        PaperResult result = PaperExperiment.Read(File.ReadAllText(path)).Run(DatasetCatalog.Load("mnist", SharedFiles.DataFolder), output.WriteLine);
        output.WriteLine($"{file}: {result}");
        return result;
    }
}
