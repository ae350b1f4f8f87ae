using SparseNas.Networks;
using SparseNas.Training;

namespace SparseNas.Pruning.Tests.Magnitude;

public class MagnitudeHookTests
{
    private static readonly Architecture Net = Architecture.Chain("net", new Shape(10, 10, 2), 3,
        new Conv2D(8, 3, 3), new Relu(), new Conv2D(7, 3, 3), new Relu(), new Dense(3));

    [Theory]
    [InlineData(0.5, 100)]
    [InlineData(0.93, 100)]
    [InlineData(0.9, 3)]
    [InlineData(0.9, 1)]
    public void HitsItsTargetAndHoldsItsMask(double sparsity, int steps)
    {
        var weights = new FakeWeights(RandomNetwork.Of(Net, 1));
        int lastDead = 0;
        weights.Run(PruningOptions.HookFor(new MagnitudePruning { Sparsity = sparsity }, new(Net, 1000, 1))!, steps, 0.1f, _ =>
        {
            Assert.True(weights.Dead >= lastDead, "a dead weight came back");
            lastDead = weights.Dead;
        });
        Assert.Equal((int)Math.Round(sparsity * weights.Count), weights.Dead);
    }

    [Fact]
    public void FollowsTheCubicSchedule()
    {
        var schedule = new PruningSchedule(0.2, 0.6, 10);
        Assert.Equal(0, schedule.SparsityAt(20, 100, 0.8), 1e-12);
        Assert.Equal(0.8 * 0.875, schedule.SparsityAt(40, 100, 0.8), 1e-12);
        Assert.Equal(0.8, schedule.SparsityAt(60, 100, 0.8), 1e-12);
        Assert.Equal([30, 40, 50, 60], Enumerable.Range(0, 101).Where(step => schedule.IsRefresh(step, 100)));
    }

    [Fact]
    public void ChannelsDieWhole()
    {
        var weights = new FakeWeights(RandomNetwork.Of(Net, 2));
        weights.Run(PruningOptions.HookFor(new MagnitudePruning { Sparsity = 0.4, Granularity = PruningGranularity.Channel }, new(Net, 1000, 1))!, 50, 0.1f);
        int rows = Enumerable.Range(0, 8).Count(row => weights.Of(0).AsSpan(row * 18, 18).IndexOfAnyExcept(0f) < 0)
            + Enumerable.Range(0, 7).Count(row => weights.Of(2).AsSpan(row * 72, 72).IndexOfAnyExcept(0f) < 0);
        Assert.Equal(6, rows);   // 0.4 of 15
    }

    [Fact]
    public void NumbersOutsideTheirRangeAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PruningOptions.HookFor(new MagnitudePruning { Sparsity = 1 }, new(Net, 1000, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => PruningOptions.HookFor(new MagnitudePruning { Sparsity = double.NaN }, new(Net, 1000, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => PruningOptions.HookFor(new DynamicPruning { Schedule = new(0.9, 0.1) }, new(Net, 1000, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => PruningOptions.HookFor(new DynamicPruning { Schedule = new(0, 1, 0) }, new(Net, 1000, 1)));
        Assert.Null(PruningOptions.HookFor(PruningOptions.None, new(Net, 1000, 1)));
    }
}
