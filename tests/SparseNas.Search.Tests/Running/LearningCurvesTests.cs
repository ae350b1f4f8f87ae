using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search.Tests;

public class LearningCurvesTests
{
    private static readonly Study Study = TestStudies.Parse(TestStudies.Rich.Replace("\"epochs\": 4,", "\"epochs\": 4, \"stopEarly\": { \"comparable\": 3 },", StringComparison.Ordinal));
    private static readonly Candidate Candidate = SearchSpace.Of(Study, TestStudies.Image, 10).Sample(new SeededRandom(3));

    /// <summary>Finished trials that halved their error, lost a third of it, and lost a tenth of it since half-way.</summary>
    private static readonly ImmutableArray<Trial> Known = [Finished(1, 0.20, 0.10, 500), Finished(2, 0.15, 0.10, 700), Finished(3, 0.10, 0.09, 900)];

    [Fact]
    public void WhatEvenTheBestImprovementLeavesDominatedIsStopped()
    {
        string verdict = Curves(bytes: 500).Verdict(0.21)!;

        Assert.StartsWith("validation error 0.21 half-way; even if it ended at 0.105, improving like trial 1, trial 1 would be", verdict, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.19, 500)]   // may end at 0.095
    [InlineData(0.90, 499)]   // is the smallest
    public void WhatMayReachTheFrontGoesOn(double error, int bytes) => Assert.Null(Curves(bytes).Verdict(error));

    [Fact]
    public void OnlyTrialsThatCanBeComparedCount()
    {
        Assert.Null(Curves(500, known: Known[..2]).Verdict(0.9));   // too few
        Assert.Null(Curves(500, known: [.. Known[..2], Known[2] with { HalfwayError = null }]).Verdict(0.9));
        Assert.Null(Curves(500, known: [.. Known[..2], Known[2] with { Status = TrialStatus.Infeasible }]).Verdict(0.9));
        Assert.Null(Curves(500, known: [.. Known.Select(trial => trial with { Candidate = WithEpochs(trial.Candidate, 8) })]).Verdict(0.9));
        Assert.NotNull(Curves(500).Verdict(0.9));
        Assert.Null(Curves(500, Candidate with { Repeats = 1 }).Verdict(0.9));
    }

    /// <summary>Of cycles a bound is known before training, and no finished trial beats a candidate that may be faster.</summary>
    [Theory]
    [InlineData(3_000_000, true)]
    [InlineData(1_000_000, false)]
    public void TheLeastCyclesCountLikeOtherSizes(long leastCycles, bool isStopped)
    {
        Study timed = Study with { Objectives = [.. Study.Objectives, new Objective(ObjectiveKind.Cycles)] };
        ImmutableArray<Trial> known = [.. Known.Select(trial => trial with { Score = trial.Score! with { Cycles = 2_000_000 } })];
        var curves = new LearningCurves(timed, Candidate, new Forecast(500, 500, 1000, 1, leastCycles), known);

        Assert.Equal(isStopped, curves.Verdict(0.9) is not null);
    }

    /// <summary>A short training must not be measured by the ends of long ones: it may be promoted to a long one yet.</summary>
    [Fact]
    public void TrainingsOfMoreEpochsDominateNoShorterOne()
    {
        Trial longer = Finished(4, 0.02, 0.01, 400);

        Assert.Null(Curves(bytes: 450, known: [.. Known, longer with { Candidate = WithEpochs(longer.Candidate, 8) }]).Verdict(0.19));
        Assert.NotNull(Curves(bytes: 450, known: [.. Known, longer]).Verdict(0.19));
    }

    private static LearningCurves Curves(int bytes, Candidate? candidate = null, ImmutableArray<Trial>? known = null) =>
        new(Study, candidate ?? Candidate, new Forecast(bytes, bytes, 1000, 1), known ?? Known);

    private static Trial Finished(int number, double halfway, double end, int bytes) =>
        FrontTests.Trial(number, end, bytes) with { Candidate = Candidate, HalfwayError = halfway };

    private static Candidate WithEpochs(Candidate candidate, int epochs) => candidate with { Training = candidate.Training with { Epochs = epochs } };
}
