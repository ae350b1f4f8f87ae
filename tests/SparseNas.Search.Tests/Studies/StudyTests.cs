using SparseNas.Networks;

namespace SparseNas.Search.Tests;

public class StudyTests
{
    [Fact]
    public void EveryValueOfAFileArrives()
    {
        Study study = TestStudies.Parse(TestStudies.Rich);

        Assert.Equal("rich", study.Name);
        Assert.Equal(new StudyDataset("glyphs", 0.2, 1000), study.Dataset);
        Assert.Equal(TimeSpan.FromMinutes(30), study.Time);
        Assert.Equal("ESP32_C3", study.Board);
        Assert.Equal(new Objective(ObjectiveKind.ParameterBytes, 6144, 1000), study.Objectives[1]);
        Assert.Equal([2, 4, 6, 8, 10, 12, 14, 16], study.Space.Channels.ToArray());
        Assert.Equal((0, 5), (study.Space.MinimumBlocks, study.Space.MaximumBlocks));
        Assert.Equal(new NumberRange(0.001, 0.1, true), study.Training.LearningRate);
        Assert.Equal([PruningStructure.None, PruningStructure.Weights, PruningStructure.Channels], study.Pruning.Structures.ToArray());
        Assert.Equal([4, 8], study.Quantization.WeightBits.ToArray());
        Assert.True(study.Quantization.IsPerLayer);
        Assert.Equal([1, 3], study.Space.SideKernels.ToArray());
        Assert.Equal([0.25, 0.5, 1], study.Space.GatherShares.ToArray());
        Assert.Equal(SearchMethod.Evolution, study.Optimizer.Kind);
    }

    [Fact]
    public void AllMistakesOfAFileAreReportedAtOnceWithTheirPlaces()
    {
        StudyException e = Assert.Throws<StudyException>(() => TestStudies.Parse("""
            {
              "name": "no spaces allowed", "trials": 0, "sed": 1,
              "dataset": { "name": "glyphs", "validationFraction": 0.9 },
              "objectives": [ { "name": "accuracy" }, { "name": "macs", "limit": 10, "target": 20 }, { "name": "macs" } ],
              "space": { "blocks": { "kernels": [3, 9], "channels": { "from": 8, "to": 4 }, "kinds": [], "colour": "red" } },
              "training": { "epochs": "ten", "learningRate": { "from": 0.1, "to": 0.01 } },
              "pruning": { "structures": ["weights"] },
              "quantization": { "weightBits": 5 },
              "optimizer": { "population": 4, "sample": 9 }
            }
            """));

        string[] expected =
        [
            "$.name: must be 1 to 64 letters", "$.trials: must be a whole number from 1", "$.sed: unknown key; did you mean 'seed'?",
            "$.dataset.validationFraction: must be a number from 0.01 to 0.5, but is 0.9", "$.objectives[0].name: must be one of",
            "$.objectives[1]: target <= limit", "$.objectives[2].name: the objective is listed twice", "$.space.blocks.kernels[1]: must be a whole number from 1 to 7",
            "$.space.blocks.channels: from <= to", "$.space.blocks.kinds: at least one value", "$.space.blocks.colour: unknown key; known keys:",
            "$.training.epochs: must be a whole number", "$.training.learningRate: from <= to", "$.pruning.sparsity: a sparsity above 0",
            "$.quantization.weightBits: must be 1 (ternary), 2, 3, 4 or 8", "$.optimizer: sample <= population",
        ];
        foreach (string start in expected) Assert.Contains(e.Problems, problem => problem.StartsWith(start, StringComparison.Ordinal));
        Assert.Equal(expected.Length, e.Problems.Length);
    }

    [Theory]
    [InlineData("\"kernels\": [1, 3, 5, 7]", "\"kernels\": [1]", "$.space.blocks.sideKernels: parallel blocks need a side kernel below the largest kernel 1")]
    [InlineData("[\"gap\", \"dense\"]", "[\"gap\"]", "$.space.head.gather: needs the head kind \"dense\"")]
    public void ChoicesThatCanNeverBeMadeAreRefused(string written, string instead, string problem) =>
        Assert.StartsWith(problem, Assert.Single(Assert.Throws<StudyException>(() =>
            TestStudies.Parse(TestStudies.Rich.Replace(written, instead, StringComparison.Ordinal))).Problems), StringComparison.Ordinal);

    [Theory]
    [InlineData("{ \"name\": ", "line 1")]
    [InlineData("[]", "$: must be an object")]
    [InlineData("{ \"name\": \"a\", \"name\": \"b\" }", "line")]
    public void TextThatIsNoObjectNamesThePlace(string text, string place) =>
        Assert.Contains(place, Assert.Single(Assert.Throws<StudyException>(() => TestStudies.Parse(text)).Problems), StringComparison.Ordinal);

    [Fact]
    public void MissingPartsAreNamed()
    {
        StudyException e = Assert.Throws<StudyException>(() => TestStudies.Parse("{}"));
        foreach (string key in new[] { "name", "dataset", "trials", "objectives", "space" }) Assert.Contains(e.Problems, p => p.StartsWith($"$.{key}: is missing", StringComparison.Ordinal));
    }

    [Fact]
    public void ChangedStudiesAreReadFromChangedText()
    {
        Study study = TestStudies.Parse(TestStudies.Rich), changed = study.With(trials: 99, seed: 5, time: TimeSpan.FromSeconds(90));

        Assert.Equal((99, 5UL, TimeSpan.FromSeconds(90)), (changed.Trials, changed.Seed, changed.Time));
        Assert.Equal(["seed"], changed.DifferencesFrom(study).ToArray());   // trials and time may differ on resume
        Assert.Equal(changed.Space.Channels.AsEnumerable(), study.Space.Channels);
        Assert.Throws<StudyException>(() => study.With(trials: 0));
    }

    [Fact]
    public void AnEmptySpaceIsRefusedWithTheReason()
    {
        string text = TestStudies.Rich.Replace("\"from\": 0, \"to\": 5", "\"from\": 4, \"to\": 5", StringComparison.Ordinal)
            .Replace("\"none\", \"max2\", \"max3\", \"avg2\", \"avg3\"", "\"max3\"", StringComparison.Ordinal);
        StudyException e = Assert.Throws<StudyException>(() => TestStudies.Space(text));
        Assert.Contains("no sequence of 4 to 5 blocks fits an input of 28x28x1", Assert.Single(e.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void TheStudiesOfTheRepositoryAreValid()
    {
        string folder = Path.Combine(SharedFiles.RepositoryRoot, "configs", "studies");
        string[] files = Directory.GetFiles(folder, "*.json");
        Assert.NotEmpty(files);
        foreach (Study study in files.Select(file => Study.Parse(file, File.ReadAllText(file))))
        {
            (Shape input, int classes) = study.Dataset.Name switch
            {
                "optdigits" => (new Shape(8, 8, 1), 10),
                "cifar10-binary" => (new Shape(32, 32, 3), 2),
                _ => (new Shape(28, 28, 1), 10),
            };
            SearchSpace space = SearchSpace.Of(study, input, classes);
            Candidate sample = space.Sample(new SeededRandom(1)) with { Pruning = PruningChoice.None };
            Assert.All(study.Start, blueprint => Assert.Null(
                space.ForecastOf(sample with { Blueprint = blueprint.WithWeightBits(() => space.Quantization.WeightBits[0]) }).BrokenLimit(study.Objectives)));
        }
    }
}
