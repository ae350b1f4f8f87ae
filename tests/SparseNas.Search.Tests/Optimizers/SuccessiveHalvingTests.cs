using SparseNas.Networks;

namespace SparseNas.Search.Tests;

public class SuccessiveHalvingTests
{
    [Fact]
    public void TheBestOfARungTrainOnFromTheirOwnWeights()
    {
        using TemporaryFolder folder = new();
        Study study = TestStudies.Parse(TestStudies.Rich.Replace("\"kind\": \"evolution\"", "\"rungEpochs\": [2, 5], \"reduction\": 3, \"kind\": \"random\"", StringComparison.Ordinal)
            .Replace("\"validationError\", \"target\": 0.02", "\"validationError\", \"limit\": 0.99", StringComparison.Ordinal));
        Trial[] trials = [.. StudyProcess.Run(folder["study"], study, 1, new SyntheticEvaluator()).Record.Trials];
        Trial[] promoted = [.. trials.Where(trial => trial.Candidate.Rung == 1)];

        Assert.InRange(promoted.Length, 4, 10);
        Assert.Equal(promoted.Length, promoted.Select(trial => trial.Candidate.Parent).Distinct().Count());
        Assert.All(trials.Except(promoted), trial => Assert.Equal(2, trial.Candidate.Training.Epochs));
        foreach (Trial trial in promoted)
        {
            Trial before = trials[trial.Candidate.Parent!.Value - 1];
            Assert.Equal(before.Candidate.Blueprint, trial.Candidate.Blueprint);
            Assert.Equal(5, trial.Candidate.Training.Epochs);
            Trial[] known = [.. trials.Take(trial.Number - study.Optimizer.Lag).Where(other => other.Candidate.Rung == 0)];
            Assert.True(known.Count(other => Dominance.Dominates(ParetoFront.PointOf(other, study.Objectives), ParetoFront.PointOf(before, study.Objectives))) <= known.Length / 3);
        }
    }
}
