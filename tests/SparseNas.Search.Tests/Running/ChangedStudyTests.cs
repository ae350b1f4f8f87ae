namespace SparseNas.Search.Tests;

/// <summary>What may change between two runs of a study.</summary>
public class ChangedStudyTests
{
    private static readonly Study Study = TestStudies.Parse(TestStudies.Rich);

    [Fact]
    public void TrialsAreJudgedByTheLimitsOfToday()
    {
        using TemporaryFolder folder = new();
        Trial[] before = [.. StudyProcess.Run(folder["study"], Study.With(trials: 20), 1, new SyntheticEvaluator()).Record.Trials];
        int limit = before.Select(trial => trial.Score!.ParameterBytes).Order().ElementAt(10);

        Study tighter = TestStudies.Parse(Study.With(trials: 25).Text.Replace("\"limit\": 6144", $"\"limit\": {limit}", StringComparison.Ordinal).Replace("\"target\": 1000", "\"target\": 10", StringComparison.Ordinal));
        StudyRecord after = StudyProcess.Run(folder["study"], tighter, 1, new SyntheticEvaluator()).Record;
        Assert.Equal(25, after.Trials.Length);
        Assert.All(after.Trials, trial => Assert.Equal(trial.Score!.ParameterBytes <= limit, trial.IsCompleted));
        Assert.Contains(after.Trials.Take(20), trial => trial.Status == TrialStatus.Infeasible && trial.Reason!.Contains($"the limit is {limit}", StringComparison.Ordinal));
        Assert.Equal(after.Trials.ToArray(), StudyStore.Read(folder["study"]).Trials.ToArray());

        StudyRecord loosened = StudyProcess.Run(folder["study"], Study.With(trials: 25), 1, new SyntheticEvaluator()).Record;
        Assert.Equal(before, loosened.Trials.Take(20));
    }

    [Fact]
    public void ArchitecturesThatAreNamedLaterComeNext()
    {
        using TemporaryFolder folder = new();
        StudyProcess.Run(folder["study"], Study.With(trials: 8), 1, new SyntheticEvaluator());
        Study named = Study.With(trials: 12, start: [BlueprintText.Read("conv3x8/2 bn | gap").Blueprint!, BlueprintText.Read("dw3/2 | flat").Blueprint!]);
        Trial[] trials = [.. StudyProcess.Run(folder["study"], named, 2, new SyntheticEvaluator()).Record.Trials];

        Assert.Equal(["conv3x8/2 bn | gap", "dw3/2 | flat"], trials[8..10].Select(trial => trial.Candidate.Blueprint.WithWeightBits(() => 8).ToString()));
        Assert.All(trials[8..10], trial => Assert.Equal("named by the study", trial.Candidate.Origin));
        Assert.All(trials[10..], trial => Assert.NotEqual("named by the study", trial.Candidate.Origin));
        Assert.Equal(named.Text, named.With(start: named.Start).Text);   // what is named already is not named twice
    }

    [Fact]
    public void NothingElseMayChange()
    {
        using TemporaryFolder folder = new();
        StudyProcess.Run(folder["study"], Study.With(trials: 3), 1, new SyntheticEvaluator());
        using StudyStore store = StudyStore.Open(folder["study"]);
        foreach ((string from, string to, string key) in new[]
        {
            ("\"epochs\": 4", "\"epochs\": 5", "training"), ("\"seed\": 7", "\"seed\": 8", "seed"), ("\"workingMemoryPeakBytes\"", "\"macs\"", "objectives"), ("\"lag\": 2", "\"lag\": 3", "optimizer"),
        })
        {
            StudyStoreException e = Assert.Throws<StudyStoreException>(() => store.Change(TestStudies.Parse(TestStudies.Rich.Replace(from, to, StringComparison.Ordinal))));
            Assert.Contains($"differs from the stored one in {key}; only trials, time, limits", e.Message, StringComparison.Ordinal);
        }
    }
}
