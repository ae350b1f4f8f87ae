using System.Collections.Immutable;

namespace SparseNas.Search.Tests;

public class StagedSearchTests
{
    private const string Stages = """
        "stages": [
          { "trials": 30, "epochs": 2 },
          { "trials": 12, "epochs": 6, "promote": 0.5, "data": 0.5 },
          { "members": 2, "seeds": 3, "epochs": 9 }
        ]
        """;

    private static Study Study => TestStudies.Parse(TestStudies.Rich
        .Replace("\"trials\": 30,", Stages + ",", StringComparison.Ordinal)
        .Replace("\"validationError\", \"target\": 0.02", "\"validationError\", \"limit\": 0.99", StringComparison.Ordinal));

    [Fact]
    public void EachStageHasItsTrialsEpochsAndShareOfTheData()
    {
        Trial[] trials = Run(Study);

        Assert.Equal(48, Study.Trials);
        Assert.Equal(48, trials.Length);
        Assert.All(trials.Take(30), trial => Assert.Equal((trial.Candidate.Parent is null ? 2 : 1, 1.0), (trial.Candidate.Training.Epochs, trial.Candidate.DataShare)));
        Assert.All(trials[30..42], trial => Assert.Equal(0.5, trial.Candidate.DataShare));
        Assert.All(trials[30..42], trial => Assert.Equal(trial.Candidate.Rung == 1 || trial.Candidate.Parent is null ? 6 : 3, trial.Candidate.Training.Epochs));
    }

    [Fact]
    public void AStageFirstTrainsTheFrontOfTheEarlierStagesOnFromItsOwnWeights()
    {
        Trial[] trials = Run(Study);
        Trial[] promoted = [.. trials.Where(trial => trial.Candidate.Rung == 1)];

        Assert.InRange(promoted.Length, 3, 6);
        Assert.All(promoted, trial => Assert.InRange(trial.Number, 31, 42));
        Assert.Equal(promoted.Length, promoted.Select(trial => trial.Candidate.Parent).Distinct().Count());
        Assert.All(promoted, trial => Assert.InRange(trial.Candidate.Parent!.Value, 1, 30));
        Assert.All(promoted, trial => Assert.Equal(trials[trial.Candidate.Parent!.Value - 1].Candidate.Blueprint, trial.Candidate.Blueprint));
    }

    [Fact]
    public void MembersOfTheFrontAreTrainedAnewFromEachSeed()
    {
        using TemporaryFolder folder = new();
        StudyRecord record = StudyProcess.Run(folder["study"], Study, 1, new SyntheticEvaluator()).Record;
        Trial[] repeats = [.. record.Trials.Where(trial => trial.Candidate.Repeats is not null)];

        Assert.Equal(Enumerable.Range(43, 6), repeats.Select(trial => trial.Number));
        Assert.Equal([3, 3], repeats.GroupBy(trial => trial.Candidate.Repeats).Select(group => group.Count()));
        Assert.All(repeats, trial => Assert.Equal((null, 9, 1.0), (trial.Candidate.Parent, trial.Candidate.Training.Epochs, trial.Candidate.DataShare)));
        Assert.All(repeats, trial => Assert.Equal(record.Trials[trial.Candidate.Repeats!.Value - 1].Candidate.Blueprint, trial.Candidate.Blueprint));
        Assert.Equal(3, record.SeedsOf(repeats[0]).Length);
        Assert.Equal(record.SeedsOf(repeats[0]).ToArray(), record.SeedsOf(record.Trials[repeats[0].Candidate.Repeats!.Value - 1]).ToArray());
        Assert.Equal(3, repeats.Take(3).Select(trial => trial.Score!.ValidationError).Distinct().Count());
    }

    [Fact]
    public void MoreTrialsContinueTheLastSearchingStage()
    {
        Study longer = Study.With(trials: 52);
        Assert.Equal(1, longer.StageOf(49)!.Index);
        Trial[] trials = Run(longer);
        Assert.All(trials[48..], trial => Assert.True(trial.Candidate.Repeats is null && trial.Candidate.DataShare == 0.5));
    }

    [Theory]
    [InlineData("""{ "members": 2, "epochs": 3 }""", "the first stage must search")]
    [InlineData("""{ "trials": 5 }""", "$.stages[0].epochs: is missing")]
    [InlineData("""{ "trials": 5, "epochs": 3, "data": 2 }""", "$.stages[0].data: must be a number from 0.01 to 1")]
    public void ImpossibleStagesAreRefused(string stage, string problem)
    {
        StudyException exception = Assert.Throws<StudyException>(() =>
            TestStudies.Parse(TestStudies.Rich.Replace("\"trials\": 30,", $"\"stages\": [ {stage} ],", StringComparison.Ordinal)));
        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheMostValuableMembersAreChosenFirst()
    {
        ImmutableArray<Objective> objectives = [new(ObjectiveKind.ValidationError, Limit: 0.5), new(ObjectiveKind.ParameterBytes, Limit: 1000)];
        Trial[] trials = [FrontTests.Trial(1, 0.4, 100), FrontTests.Trial(2, 0.1, 200), FrontTests.Trial(3, 0.05, 900), FrontTests.Trial(4, 0.2, 300)];
        TrialHistory history = new([.. trials], []);

        Assert.Equal(2, FrontSelection.Greedy(history, objectives, 3).First().Number);
        Assert.Equal([1, 2, 3], FrontSelection.Greedy(history, objectives, 9).Select(trial => trial.Number).Order());   // the fourth is dominated
    }

    private static Trial[] Run(Study study)
    {
        using TemporaryFolder folder = new();
        return [.. StudyProcess.Run(folder["study"], study, 1, new SyntheticEvaluator()).Record.Trials];
    }
}
