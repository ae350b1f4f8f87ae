using SparseNas.Networks;
using SparseNas.Training.Data;

namespace SparseNas.Training.Tests.Recipes;

public class TrainingRecipeTests
{
    private const string Bars = """
        {
          "name": "bars", "dataset": "bars", "trainingSamples": 200,   // a comment
          "architecture": {
            "input": [8, 8, 1], "classes": 4,
            "layers": [{ "layer": "conv", "channels": 4, "kernel": 3 }, { "layer": "maxpool", "window": 2 }, { "layer": "dense", "features": 4 }]
          },
          "training": { "epochs": 3, "batchSize": 16, "optimizer": "adamW", "schedule": "oneCycle", "augmentation": { "shiftPixels": 0 } },
          "learningRates": [0.00001, 0.02]
        }
        """;

    [Fact]
    public void Every_recipe_file_can_be_read()
    {
        string[] files = Directory.GetFiles(Path.Combine(SharedFiles.RepositoryRoot, "configs", "training"), "*.json");
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.Equal(Path.GetFileNameWithoutExtension(file), TrainingRecipe.Load(file).Name));
    }

    [Fact]
    public void The_rate_is_chosen_on_images_held_back_and_never_on_test_images()
    {
        Samples bars = TrainerTests.Bars(300, 1);
        var test = new Lazy<Samples>(() => TrainerTests.Bars(100, 2));
        TrainingRecipe recipe = TrainingRecipe.Parse("bars.json", Bars);
        RecipeResult result = recipe.Run(BarsDataset(bars, test));
        Assert.Equal(0.02f, result.LearningRate);
        Assert.InRange(result.TestAccuracy, 0.8, 1);
        RecipeResult labelsTurned = recipe.Run(BarsDataset(bars, new Lazy<Samples>(() => Turned(test.Value))));
        Assert.Equal(result.LearningRate, labelsTurned.LearningRate);
        Assert.Equal(result.Network.Kernel(0).Weights.AsSpan(), labelsTurned.Network.Kernel(0).Weights.AsSpan());
    }

    [Theory]
    [InlineData("\"epochs\": 3", "\"epoch\": 3", "epoch")]
    [InlineData("\"adamW\"", "\"adamm\"", "optimizer")]
    [InlineData("[0.00001, 0.02]", "[]", "learningRates")]
    [InlineData("\"kernel\": 3", "\"kernel\": 9", "kernel")]
    [InlineData("\"dataset\": \"bars\",", "", "dataset")]
    public void A_mistake_is_named_with_its_file(string right, string wrong, string named)
    {
        var mistake = Assert.Throws<ArgumentException>(() => TrainingRecipe.Parse("bars.json", Bars.Replace(right, wrong)));
        Assert.Contains("bars.json", mistake.Message);
        Assert.Contains(named, mistake.Message);
    }

    private static Dataset BarsDataset(Samples train, Lazy<Samples> test) =>
        new("bars", train.Shape, ["left", "right", "top", "bottom"], InputEncoding.UnitRange, train, test, "Made here.");

    private static Samples Turned(Samples samples)
    {
        byte[] labels = [.. Enumerable.Range(0, samples.Count).Select(sample => (byte)((samples.Label(sample) + 1) % samples.Classes))];
        return new Samples(samples.Shape, samples.Classes, samples.Pixels.ToArray(), labels);
    }
}
