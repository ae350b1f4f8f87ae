using SparseNas.Networks;

namespace SparseNas.Search.Tests;

/// <summary>The board's heap and image as hard limits, with what is reserved for the user's own application.</summary>
public class BoardLimitTests
{
    private static readonly BoardRoom Room = new(20_000, 100_000);

    private static readonly Study Study = TestStudies.Parse(TestStudies.Rich.Replace(
        "\"board\": \"ESP32_C3\",", "\"board\": \"ESP32_C3\", \"reserve\": { \"heapBytes\": 6000, \"flashBytes\": 40000 },", StringComparison.Ordinal));

    [Fact]
    public void WhatDoesNotFitIsInfeasibleWithTheFiguresAndNeverOnTheFront()
    {
        using TemporaryFolder folder = new();
        StudyRecord record = StudyProcess.Run(folder["study"], Study, 1, new SizedEvaluator()).Record;

        Assert.All(record.Trials, trial => Assert.Equal(FitsExactly(trial.Score!), trial.IsCompleted));
        Assert.All(record.Front.Members, trial => Assert.True(FitsExactly(trial.Score!)));
        Trial[] refused = [.. record.Trials.Where(trial => trial.Status == TrialStatus.Infeasible)];
        Assert.Contains(refused, trial => trial.Reason == $"managed heap: {trial.Score!.Deployment!.HeapBytes} bytes and 6000 reserved, but the board has 20000");
        Assert.Contains(refused, trial => trial.Reason == $"deployment image: {trial.Score!.Deployment!.ImageBytes} bytes and 40000 reserved, but the board has 100000");
    }

    [Fact]
    public void ReservingMoreTakesTrialsOffTheFrontAndReservingLessBringsThemBack()
    {
        using TemporaryFolder folder = new();
        Trial[] completed = [.. StudyProcess.Run(folder["study"], Study, 1, new SizedEvaluator()).Record.Trials.Where(trial => trial.IsCompleted)];
        int before = completed.Length, most = completed.Max(trial => trial.Score!.Deployment!.HeapBytes);
        using StudyStore store = StudyStore.Open(folder["study"]);
        store.Change(TestStudies.Parse(Study.Text.Replace("\"heapBytes\": 6000", $"\"heapBytes\": {Room.HeapBytes - most + 1}", StringComparison.Ordinal)));
        int reserved = store.Trials.Count(trial => trial.IsCompleted);
        store.Change(TestStudies.Parse(Study.Text.Replace("\"heapBytes\": 6000", "\"heapBytes\": 0", StringComparison.Ordinal)));

        Assert.InRange(reserved, 1, before - 1);
        Assert.All(store.Trials, trial => Assert.Equal(Fits(trial.Score!.Deployment!, 0), trial.IsCompleted));
        Assert.InRange(store.Trials.Count(trial => trial.IsCompleted), before, 30);
    }

    [Theory]
    [InlineData("\"kind\": \"evolution\", \"population\": 8, \"sample\": 3")]
    [InlineData("\"kind\": \"bayesian\", \"acquisition\": \"hypervolumeImprovement\", \"pool\": 20")]
    public void ACandidateWhoseLowerBoundBreaksALimitIsNeverTrained(string optimizer)
    {
        Study study = TestStudies.Parse(Study.Text.Replace("\"kind\": \"evolution\", \"population\": 8, \"sample\": 3", optimizer, StringComparison.Ordinal));
        BoardRoom narrow = new(6_000 + 700, 40_000 + 300);
        using TemporaryFolder folder = new();
        using StudyStore store = StudyStore.Create(folder["study"], study);
        SearchSpace space = SearchSpace.Of(study, new Shape(12, 12, 1), 10, room: narrow);
        StudyRecord record = StudyRunner.Run(store, space, new SizedEvaluator(), new RunOptions()).Record;

        foreach (Trial trial in record.Trials)
        {
            Forecast forecast = Forecast.Of(trial.Candidate, new Shape(12, 12, 1), 10);
            Assert.InRange(forecast.LeastHeapBytes, 1, 700);
            Assert.InRange(forecast.LeastImageBytes, 0, 300);
        }
    }

    [Fact]
    public void WhatIsReservedNeedsABoard()
    {
        StudyException e = Assert.Throws<StudyException>(() => TestStudies.Parse(Study.Text.Replace("\"board\": \"ESP32_C3\",", "", StringComparison.Ordinal)));
        Assert.Contains(e.Problems, problem => problem.StartsWith("$.board: is missing; $.reserve", StringComparison.Ordinal));
    }

    private static bool FitsExactly(Score score) => Fits(score.Deployment!, Study.Reserve.HeapBytes);

    private static bool Fits(DeploymentCost cost, long reservedHeapBytes) =>
        cost.HeapBytes + reservedHeapBytes <= Room.HeapBytes && cost.ImageBytes + Study.Reserve.FlashBytes <= Room.FlashBytes;

    /// <summary>Scores with a cost of deployment by formula.</summary>
    private sealed class SizedEvaluator : IEvaluator
    {
        private readonly SyntheticEvaluator inner = new();

        public Evaluation Evaluate(EvaluationRequest request, CancellationToken cancellation)
        {
            Evaluation evaluation = inner.Evaluate(request, cancellation);
            Score score = evaluation.Score!;
            return evaluation with { Score = score with { Deployment = new DeploymentCost(3_000 + (40 * score.WorkingMemoryPeakBytes) + (5 * score.ParameterBytes), 20_000 + (150 * score.ParameterBytes), Room) } };
        }
    }
}
