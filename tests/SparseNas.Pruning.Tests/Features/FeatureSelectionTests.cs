using SparseNas.Networks;
using SparseNas.Testing;

namespace SparseNas.Pruning.Tests.Features;

public class FeatureSelectionTests
{
    private static readonly Network Start = RandomNetwork.Of(
        Architecture.Chain("net", new Shape(4, 4, 2), 3, new Conv2D(4, 3, 3), new Relu(), new Dense(3)), 5);

    private const int Node = 2, Features = 16;

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(16)]
    public void TheFeaturesThatAreReadMostStronglyStay(int keep)
    {
        var weights = new FakeWeights(Start);
        double[] strength = [.. Enumerable.Range(0, Features).Select(feature => Column(weights.Of(Node), feature).Sum(weight => weight * weight))];
        weights.Run(new FeatureSelection(Start.Architecture, "dense3", keep, new PruningSchedule(), before: null), 50, 0.1f);

        int[] strongest = [.. Enumerable.Range(0, Features).OrderByDescending(feature => strength[feature]).Take(keep).Order()];
        Assert.Equal(strongest, Living(weights));
        Assert.DoesNotContain(weights.Of(0), weight => weight == 0f);
    }

    [Fact]
    public void FeaturesGoOnTheScheduleAndNeverComeBack()
    {
        var weights = new FakeWeights(Start);
        int[] before = Living(weights);
        weights.Run(new FeatureSelection(Start.Architecture, "dense3", 4, new PruningSchedule(0.1, 0.8, 5), before: null), 100, 0.1f, _ =>
        {
            int[] now = Living(weights);
            Assert.Subset(before.ToHashSet(), now.ToHashSet());
            before = now;
        });
        Assert.Equal(4, before.Length);
    }

    /// <summary>Two hooks prune one layer: neither brings back what the other removed.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhatAnotherHookPrunesStaysPruned(bool dynamic)
    {
        var weights = new FakeWeights(Start);
        PruningOptions options = dynamic ? new DynamicPruning { Sparsity = 0.5 } : new MagnitudePruning { Sparsity = 0.5 };
        var other = PruningOptions.HookFor(options, new PruningContext(Start.Architecture, 100, 1));
        weights.Run(new FeatureSelection(Start.Architecture, "dense3", 6, new PruningSchedule(), other), 80, 0.1f);
        Assert.InRange(Living(weights).Length, 1, 6);
        Assert.InRange(weights.Dead, weights.Count / 2, weights.Count - 1);
    }

    [Fact]
    public void WhatIsNoDenseLayerOrNoNumberOfFeaturesIsRefused()
    {
        Assert.Contains("'conv1' is not a dense layer", Assert.Throws<ArgumentException>(
            () => new FeatureSelection(Start.Architecture, "conv1", 1, new PruningSchedule(), null)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new FeatureSelection(Start.Architecture, "dense3", 17, new PruningSchedule(), null));
    }

    private static int[] Living(FakeWeights weights) =>
        [.. Enumerable.Range(0, Features).Where(feature => Column(weights.Of(Node), feature).Any(weight => weight != 0f))];

    private static IEnumerable<float> Column(float[] weights, int feature) => weights.Where((_, index) => index % Features == feature);
}
