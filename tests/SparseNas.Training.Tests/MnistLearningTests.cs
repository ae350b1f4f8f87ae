using SparseNas.Training.Data;

namespace SparseNas.Training.Tests;

/// <summary>Real learning: the recipes of <c>configs/training</c> reach what they promise.</summary>
public class MnistLearningTests
{
    [DataFact("mnist")]
    public void The_teaching_network_learns_a_thousand_digits_one_by_one_as_published() => Reaches("teaching-1000");

    [DataTheory("mnist")]
    [Trait("Category", "Exhaustive")]
    [InlineData("teaching-60000")]
    [InlineData("b-one-epoch")]
    [InlineData("lenet")]
    public void A_network_of_the_literature_reaches_its_published_accuracy(string recipe) => Reaches(recipe);

    private static void Reaches(string name)
    {
        TrainingRecipe recipe = TrainingRecipe.Load(Path.Combine(SharedFiles.RepositoryRoot, "configs", "training", name + ".json"));
        RecipeResult result = recipe.Run(DatasetCatalog.Load(recipe.Dataset, SharedFiles.DataFolder));
        Assert.InRange(result.TestAccuracy, recipe.TestAccuracyAtLeast, 0.999);
    }
}
