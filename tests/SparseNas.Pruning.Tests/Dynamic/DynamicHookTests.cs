using SparseNas.Networks;
using SparseNas.Training;

namespace SparseNas.Pruning.Tests.Dynamic;

public class DynamicHookTests
{
    private static readonly Architecture Net = Architecture.Chain("net", new Shape(6, 6, 1), 2, new Conv2D(4, 3, 3), new Relu(), new Dense(2));

    [Theory]
    [InlineData(0.5, PruningGranularity.Weight)]
    [InlineData(0.9, PruningGranularity.Weight)]
    [InlineData(0.5, PruningGranularity.Channel)]
    public void HitsItsTargetAndHoldsItsMaskAtTheEnd(double sparsity, PruningGranularity granularity)
    {
        var weights = new FakeWeights(RandomNetwork.Of(Net, 4));
        var hook = PruningOptions.HookFor(new DynamicPruning { Sparsity = sparsity, Granularity = granularity, Schedule = new(0.1, 0.7, 4) }, new(Net, 1000, 1))!;
        bool[]? frozen = null;
        weights.Run(hook, 100, 0.05f, step =>
        {
            if (step == 70) frozen = [.. weights.MaskOf(2)];
            if (step > 70) Assert.Equal(frozen!, weights.MaskOf(2));
        });
        int expected = granularity == PruningGranularity.Weight ? (int)Math.Round(sparsity * weights.Count) : (2 * 9) + (2 * 16 * 2);
        Assert.Equal(expected, weights.Dead);
    }

    [Fact]
    public void AWeightThatIsNeededLaterComesBack()
    {
        var weights = new FakeWeights(RandomNetwork.Of(Net, 4));
        float[] values = weights.Of(0), targets = weights.Targets[0];
        int weak = Array.IndexOf(values, values.MinBy(Math.Abs));
        bool wasDead = false;
        weights.Run(PruningOptions.HookFor(new DynamicPruning { Sparsity = 0.5, Schedule = new(0, 0.9, 2) }, new(Net, 1000, 1))!, 200, 0.05f, step =>
        {
            if (step == 90)
            {
                wasDead = weights.Of(0)[weak] == 0f;
                targets[weak] = 50f;
            }
        });
        Assert.True(wasDead);
        Assert.NotEqual(0f, weights.Of(0)[weak]);
    }

    [Fact]
    public void AStepTakenAtThePrunedWeightMovesTheDenseOne()
    {
        // One of eight weights dies, the one at 0.1. Each step then sees it at 0 and pulls it to its target: dense grows by 0.1 · 0.1 a step
        // and passes the 0.5 of its neighbour after 41 of them. A mask without feedback would hold it for ever.
        var net = Architecture.Chain("net", new Shape(1, 1, 4), 2, new Dense(2));
        var weights = new FakeWeights(new Network(net, [new KernelWeights([0.1f, 0.5f, 1, 1, 1, 1, 1, 1], [0, 0], [])]));
        int died = 0, returned = 0;
        weights.Run(PruningOptions.HookFor(new DynamicPruning { Sparsity = 0.125, Schedule = new(0, 1, 1) }, new(net, 1000, 1))!, 200, 0.1f, step =>
        {
            bool isDead = weights.Of(0)[0] == 0f;
            if (isDead && died == 0) died = step;
            if (!isDead && died > 0 && returned == 0) returned = step;
        });
        Assert.InRange(returned - died, 40, 42);
    }
}
