using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using SparseNas.Networks;

namespace SparseNas.Search.Tests;

public class StudyRunnerTests
{
    private static readonly Study Rich = TestStudies.Parse(TestStudies.Rich);

    [Fact]
    public void OneAndTwoAndFiveWorkersGiveTheSameTrials()
    {
        ImmutableArray<Trial> Run(int workers)
        {
            using TemporaryFolder folder = new();
            return WithoutTime(StudyProcess.Run(folder["study"], Rich, workers, new SyntheticEvaluator(failingShare: 0.15)).Record.Trials);
        }

        ImmutableArray<Trial> one = Run(1);
        Assert.Equal(30, one.Length);
        Assert.Contains(one, trial => trial.Candidate.Parent is not null);
        Assert.Contains(one, trial => trial.Status == TrialStatus.Failed && trial.Reason!.Contains("not a number", StringComparison.Ordinal));
        Assert.Equal(one.ToArray(), Run(2).ToArray());
        Assert.Equal(one.ToArray(), Run(5).ToArray());
    }

    [Fact]
    public void NoMoreTrialsRunSideBySideThanTheLag()
    {
        using TemporaryFolder folder = new();
        int running = 0, most = 0;
        var evaluator = new SyntheticEvaluator(TimeSpan.FromMilliseconds(5), onEvaluate: _ => most = Math.Max(most, Interlocked.Increment(ref running)));
        StudyProcess.Run(folder["study"], Rich.With(trials: 12), 6, evaluator, new Reports(_ => Interlocked.Decrement(ref running)));
        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public void CancellationLeavesNoTraceAndResumeContinuesExactly()
    {
        using TemporaryFolder folder = new();
        ImmutableArray<Trial> undisturbed = WithoutTime(StudyProcess.Run(folder["a"], Rich, 1, new SyntheticEvaluator()).Record.Trials);
        int interruptions = 0;
        while (true)
        {
            using CancellationTokenSource cancel = new();
            int reports = 0;
            StudyRun run = StudyProcess.Run(folder["b"], Rich, 2, new SyntheticEvaluator(TimeSpan.FromMilliseconds(1)), new Reports(_ =>
            {
                if (++reports == 7) cancel.Cancel();
            }), cancel.Token);
            if (run.End == RunEnd.Finished) break;
            Assert.Equal(RunEnd.Cancelled, run.End);
            interruptions++;
        }

        Assert.InRange(interruptions, 2, 10);
        Assert.Equal(undisturbed.ToArray(), WithoutTime(StudyStore.Read(folder["b"]).Trials).ToArray());
    }

    [Fact]
    public void TheTotalOfTrialsMayGrow()
    {
        using TemporaryFolder folder = new();
        Assert.Equal(10, StudyProcess.Run(folder["a"], Rich.With(trials: 10), 1, new SyntheticEvaluator()).Record.Trials.Length);
        StudyRun grown = StudyProcess.Run(folder["a"], Rich.With(trials: 20), 1, new SyntheticEvaluator());
        ImmutableArray<Trial> atOnce = StudyProcess.Run(folder["b"], Rich.With(trials: 20), 1, new SyntheticEvaluator()).Record.Trials;
        Assert.Equal(WithoutTime(atOnce).ToArray(), WithoutTime(grown.Record.Trials).ToArray());

        StudyRun again = StudyProcess.Run(folder["a"], Rich.With(trials: 20), 1, new SyntheticEvaluator());
        Assert.Equal(RunEnd.Finished, again.End);
        Assert.Equal(20, again.Record.Trials.Length);
    }

    /// <summary>The clock is the test's own: how fast the machine is plays no part.</summary>
    [Fact]
    public void WhenTheTimeIsUpTheTrialUnderWayIsTheLastAndResumeContinues()
    {
        using TemporaryFolder folder = new();
        StudyRun Run(HandClock clock, Action<EvaluationRequest>? onEvaluate = null) => StudyProcess.Run(
            folder["a"], Rich.With(time: TimeSpan.FromMinutes(1)), 1, new SyntheticEvaluator(onEvaluate: onEvaluate), clock: clock);

        HandClock clock = new();
        StudyRun late = Run(clock, request => clock.Advance(TimeSpan.FromSeconds(request.Number == 7 ? 60 : 1)));
        Assert.Equal(RunEnd.TimeUp, late.End);
        Assert.Equal(7, late.Record.Trials.Length);

        StudyRun rest = Run(new HandClock());
        Assert.Equal(RunEnd.Finished, rest.End);
        ImmutableArray<Trial> undisturbed = StudyProcess.Run(folder["b"], Rich, 1, new SyntheticEvaluator()).Record.Trials;
        Assert.Equal(WithoutTime(undisturbed).ToArray(), WithoutTime(rest.Record.Trials).ToArray());
    }

    [Fact]
    public void HopelessCandidatesAreNeverTrained()
    {
        using TemporaryFolder folder = new();
        Study tight = TestStudies.Parse(TestStudies.Rich.Replace("\"limit\": 6144, \"target\": 1000", "\"limit\": 700", StringComparison.Ordinal));
        ConcurrentBag<int> trained = [];
        StudyRun run = StudyProcess.Run(folder["a"], tight, 2, new SyntheticEvaluator(onEvaluate: request =>
        {
            trained.Add(request.Number);
            Assert.InRange(Forecast.Of(request.Candidate, request.Architecture.Input, 10).ParameterBytes, 0, 700);
        }));
        Assert.Equal(30, trained.Count);
        Assert.All(run.Record.Trials, trial => Assert.Equal(TrialStatus.Completed, trial.Status));

        Study impossible = TestStudies.Parse(TestStudies.Rich.Replace("\"limit\": 6144, \"target\": 1000", "\"limit\": 3", StringComparison.Ordinal)).With(trials: 3);
        StudyRun none = StudyProcess.Run(folder["b"], impossible, 1, new SyntheticEvaluator());
        Assert.All(none.Record.Trials, trial => Assert.True(trial is { Status: TrialStatus.Infeasible, Score: null } && trial.Reason!.StartsWith("parameterBytes: at least", StringComparison.Ordinal)));
        Assert.Empty(none.Record.Front.Members);
    }

    [Fact]
    public void ProgressTellsEveryTrialAndTheFront()
    {
        using TemporaryFolder folder = new();
        List<StudyProgress> told = [];
        StudyRun run = StudyProcess.Run(folder["a"], Rich, 1, new SyntheticEvaluator(), new Reports(told.Add));
        Assert.Equal(Enumerable.Range(1, 30), told.Select(report => report.Finished));
        Assert.Equal(run.Record.Front.Members.AsEnumerable(), told[^1].Front.Members);
        Assert.All(told, report => Assert.Equal(report.FrontChanged, report.Front.Members.Contains(report.Trial)));
        Assert.Equal(TimeSpan.Zero, told[^1].Remaining);
    }

    /// <summary>A real process, killed at ten random moments.</summary>
    [Fact]
    public void KilledTenTimesAStudyEndsAsIfUndisturbed()
    {
        using TemporaryFolder folder = new();
        const int Trials = 150;
        ImmutableArray<Trial> undisturbed = WithoutTime(StudyProcess.Run(folder["a"], Rich.With(trials: Trials), 1, new SyntheticEvaluator(failingShare: 0.1)).Record.Trials);
        SeededRandom random = new(12);
        int before = 0;
        for (int kill = 0; kill < 10; kill++)
        {
            using Process process = Process.Start(new ProcessStartInfo("dotnet", [typeof(StudyProcess).Assembly.Location, folder["b"], $"{Trials}", "2", "8"]))!;
            while (!process.HasExited && Finished(folder["b"]) <= before) Thread.Sleep(1);
            Thread.Sleep(random.Next(40));
            process.Kill();
            process.WaitForExit();
            int finished = Finished(folder["b"]);
            Assert.True(finished > before, $"{before} trials were finished, {finished} are left");
            before = finished;
        }

        Assert.InRange(before, 10, Trials - 1);   // every kill hit a running study
        StudyRun run = StudyProcess.Run(folder["b"], Rich.With(trials: Trials), 2, new SyntheticEvaluator(failingShare: 0.1));
        Assert.Equal(undisturbed.ToArray(), WithoutTime(run.Record.Trials).ToArray());
        Assert.Equal(ParetoFront.Of(undisturbed, Rich.Objectives).Members.ToArray(), WithoutTime(run.Record.Front.Members).ToArray());
    }

    private static int Finished(string folder) => StudyStore.Exists(folder) ? StudyStore.Read(folder).Trials.Length : 0;

    private static ImmutableArray<Trial> WithoutTime(ImmutableArray<Trial> trials) => [.. trials.Select(trial => trial with { Seconds = 0 })];

    /// <summary>Progress without a synchronisation context: told at once, on the worker's thread.</summary>
    private sealed class Reports(Action<StudyProgress> report) : IProgress<StudyProgress>
    {
        public void Report(StudyProgress value) => report(value);
    }
}
