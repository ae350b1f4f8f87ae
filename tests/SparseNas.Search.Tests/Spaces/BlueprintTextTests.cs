using SparseNas.Networks;

namespace SparseNas.Search.Tests;

public class BlueprintTextTests
{
    [Fact]
    public void EveryBlueprintIsReadBack()
    {
        foreach (SearchSpace space in new[] { TestStudies.Space(), TestStudies.Space(input: new Shape(32, 32, 3)) })
        {
            SeededRandom random = new(6);
            for (int sample = 0; sample < 1000; sample++)
            {
                Blueprint blueprint = space.Sample(random).Blueprint;
                Assert.Equal((blueprint, null), BlueprintText.Read(blueprint.ToString()));
            }
        }
    }

    [Theory]
    [InlineData("conv3x8", "the last part must be the head")]
    [InlineData("", "the last part must be the head")]
    [InlineData("conv3 | gap", "'conv3' is no block")]
    [InlineData("dw3x4 | gap", "'dw3x4' is no block")]
    [InlineData("sum3x4 | gap", "'sum3x4' is no block")]
    [InlineData("cat3x4,1 | gap", "'cat3x4,1' is no block")]
    [InlineData("conv3x4,1 | gap", "'conv3x4,1' is no block")]
    [InlineData("conv3x4 | gap gather0.5", "the last part must be the head")]
    [InlineData("res3x4/2 | gap", "'res3x4/2' is no block")]
    [InlineData("conv3x8 bigger | gap", "'conv3x8 bigger' is no block")]
    public void WhatIsNoBlueprintIsNamed(string text, string problem)
    {
        (Blueprint? blueprint, string? found) = BlueprintText.Read(text);
        Assert.Null(blueprint);
        Assert.StartsWith(problem, found, StringComparison.Ordinal);
    }

    [Fact]
    public void AStudyStartsWithTheArchitecturesItNames()
    {
        string text = TestStudies.Rich.Replace("\"time\": \"30m\",", "\"time\": \"30m\", \"start\": [\"conv3x8/2 bn | gap\", \"down2 | sep5x4 | res3x2 | flat\"],", StringComparison.Ordinal);
        using TemporaryFolder folder = new();
        StudyRun run = StudyProcess.Run(folder["study"], TestStudies.Parse(text), 2, new SyntheticEvaluator());
        Assert.Equal("conv3x8/2 bn | gap", run.Record.Trials[0].Candidate.Blueprint.WithWeightBits(() => 8).ToString());
        Assert.Equal("down2 | sep5x4 | res3x2 | flat", run.Record.Trials[1].Candidate.Blueprint.WithWeightBits(() => 8).ToString());
        Assert.Equal("sample", run.Record.Trials[2].Candidate.Origin);

        StudyException wrong = Assert.Throws<StudyException>(() => TestStudies.Space(text.Replace("conv3x8/2 bn", "conv3x9", StringComparison.Ordinal)));
        Assert.StartsWith("$.start[0]: 'conv3x9 | gap' does not belong", Assert.Single(wrong.Problems), StringComparison.Ordinal);
        StudyException typo = Assert.Throws<StudyException>(() => TestStudies.Parse(text.Replace("conv3x8/2 bn", "convolution", StringComparison.Ordinal)));
        Assert.StartsWith("$.start[0]: 'convolution' is no block", Assert.Single(typo.Problems), StringComparison.Ordinal);
    }
}
