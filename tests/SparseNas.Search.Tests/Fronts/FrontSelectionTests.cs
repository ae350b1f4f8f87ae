using System.Collections.Immutable;

namespace SparseNas.Search.Tests;

public class FrontSelectionTests
{
    private static readonly ImmutableArray<Objective> Objectives =
        [new(ObjectiveKind.ValidationError, Limit: 0.5), new(ObjectiveKind.ParameterBytes, Limit: 1000), new(ObjectiveKind.WorkingMemoryPeakBytes, Limit: 2000, Target: 900)];

    [Fact]
    public void BelowItsTargetASizeIsGoodEnough()
    {
        TrialHistory history = new([Trial(1, 0.2, 300, 200), Trial(2, 0.1, 300, 800), Trial(3, 0.1, 300, 1500), Trial(4, 0.05, 300, 1500)], []);

        Assert.Equal([1, 2, 4], ParetoFront.Of(history.Completed, Objectives).Members.Select(trial => trial.Number).Order());
        Assert.Equal([2, 4], FrontSelection.Preferred(history, Objectives).Select(trial => trial.Number));   // 200 bytes are no better than 800
        Assert.Equal([2, 4], FrontSelection.Greedy(history, Objectives, 9).Select(trial => trial.Number).Order());
    }

    [Fact]
    public void NothingBeyondTheReferencePointIsPreferredWhereSomethingLiesWithin()
    {
        Objective[] open = [new(ObjectiveKind.ValidationError, Target: 0.02), new(ObjectiveKind.ParameterBytes)];
        TrialHistory history = new([Trial(1, 0.02, 900, 1), Trial(2, 0.03, 800, 1), Trial(3, 0.04, 700, 1), Trial(4, 0.05, 600, 1), Trial(5, 0.9, 10, 1)], []);
        Assert.Equal([1, 2, 3, 4], FrontSelection.Preferred(history, [.. open]).Select(trial => trial.Number));
    }

    [Fact]
    public void WhatTheSpaceReachesIsTheCornerWhateverTheFirstTrialsNeeded()
    {
        TrialHistory history = new([Trial(1, 0.4, 100, 1), Trial(2, 0.3, 120, 1), Trial(3, 0.05, 900, 1)], []);
        Objective error = new(ObjectiveKind.ValidationError, Limit: 0.5), bytes = new(ObjectiveKind.ParameterBytes);
        Assert.Equal([900 * 1.0, 5000], new[] { bytes, bytes with { Reach = 5000 } }.Select(objective => ReferencePoint.Of([error, objective], history)[1]));
        Assert.Equal(700, ReferencePoint.Of([error, bytes with { Reach = 5000, Limit = 700 }], new([.. history.Trials.Take(2)], []))[1]);
    }

    private static Trial Trial(int number, double error, int bytes, int memory)
    {
        Trial trial = FrontTests.Trial(number, error, bytes);
        return trial with { Score = trial.Score! with { WorkingMemoryPeakBytes = memory } };
    }
}
