namespace SparseNas.Search.Tests;

public class RankCorrelationTests
{
    [Fact]
    public void SpearmanByHand()
    {
        Assert.Equal(1, RankCorrelation.Spearman([1, 2, 3, 4], [10, 20, 30, 400]), 12);
        Assert.Equal(-1, RankCorrelation.Spearman([1, 2, 3], [3, 2, 1]), 12);
        Assert.Equal(0.8, RankCorrelation.Spearman([1, 2, 3, 4], [1, 3, 2, 4]), 12);         // 1 − 6·2 / (4·15)
        Assert.Equal([1.5, 1.5, 3], RankCorrelation.Ranks([5, 5, 7]));
        Assert.True(double.IsNaN(RankCorrelation.Spearman([1], [1])));
        Assert.True(double.IsNaN(RankCorrelation.Spearman([1, 1], [1, 2])));
    }

    [Fact]
    public void OnlyPromotionsAreCompared()
    {
        Trial Promoted(int number, double error, int parent)
        {
            Trial trial = FrontTests.Trial(number, error, 100);
            return trial with { Candidate = trial.Candidate with { Rung = 1, Parent = parent, Training = trial.Candidate.Training with { Epochs = 20 } } };
        }

        RungCheck check = Assert.Single(RungCheck.Of([FrontTests.Trial(1, 0.3, 100), FrontTests.Trial(2, 0.2, 100), FrontTests.Trial(3, 0.1, 100), Promoted(4, 0.25, 1), Promoted(5, 0.05, 2)]));
        Assert.Equal((20, 2, 1.0), (check.ToEpochs, check.Pairs, check.Correlation));
    }

    [Fact]
    public void TheSpreadOverSeedsIsMeanAndSampleDeviation()
    {
        Assert.Equal(new SeedSpread(3, 2, 1), SeedSpread.Of([1, 2, 3]));
        Assert.Equal(new SeedSpread(1, 5, 0), SeedSpread.Of([5]));
    }
}
