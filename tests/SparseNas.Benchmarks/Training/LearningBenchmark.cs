using System.Diagnostics;
using SparseNas.Testing;
using SparseNas.Training;
using SparseNas.Training.Data;

namespace SparseNas.Benchmarks.Training;

/// <summary>What networks from the literature reach on MNIST with this engine, and in what time: every recipe of <c>configs/training</c>. Options: their names.</summary>
internal static class LearningBenchmark
{
    public static void Run(string[] args)
    {
        if (SharedFiles.DataFolder is not { } folder)
        {
            Console.WriteLine("MNIST is needed: set SPARSENAS_DATA.");
            return;
        }

        foreach (string path in Directory.GetFiles(Path.Combine(SharedFiles.RepositoryRoot, "configs", "training"), "*.json").Order())
        {
            TrainingRecipe recipe = TrainingRecipe.Load(path);
            if (args.Length > 0 && !args.Contains(recipe.Name)) continue;
            Dataset dataset = DatasetCatalog.Load(recipe.Dataset, folder);
            long start = Stopwatch.GetTimestamp();
            double cpu = ThreadClock.Microseconds;
            RecipeResult result = recipe.Run(dataset);
            Console.WriteLine(
                $"{recipe.Name,-16} test accuracy {result.TestAccuracy:F4} (wanted {recipe.TestAccuracyAtLeast}), rate {result.LearningRate} of {recipe.LearningRates.Length}, "
                + $"{(ThreadClock.Microseconds - cpu) / 1e6:F1} s of processor time, {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
        }
    }
}
