using SparseNas.Networks;
using SparseNas.Training;

namespace SparseNas.Pruning.Tests.Variational;

/// <summary>Both Bayesian hooks on a loss whose answer is known: weights with a target of 0 are useless, the others are needed.</summary>
public class VariationalHookTests
{
    private static readonly Architecture Net = Architecture.Chain("net", new Shape(6, 6, 1), 2, new Conv2D(6, 3, 3), new Relu(), new Dense(2));

    private static readonly VariationalOptions Options = new() { LearningRate = 0.02f, VarianceLearningRate = 0.05f, Start = 0.05 };

    [Fact]
    public void UselessWeightsGoAndNeededOnesStay()
    {
        var weights = new FakeWeights(RandomNetwork.Of(Net, 2));
        foreach (float[] target in weights.Targets.Values)
        {
            for (int index = 0; index < target.Length; index++) target[index] = index % 3 == 0 ? 1f : 0f;
        }

        // ½‖w − t‖² per sample against a prior worth 0.02 of it
        weights.Run(PruningOptions.HookFor(new SparseVariationalDropout { Variational = Options }, new(Net, 50, 5))!, 3000, 0.01f);
        foreach ((int node, float[] target) in weights.Targets)
        {
            for (int index = 0; index < target.Length; index++)
            {
                Assert.Equal(target[index] != 0, weights.MaskOf(node)[index]);
                Assert.Equal(target[index], weights.Of(node)[index], 0.1f);
            }
        }
    }

    [Fact]
    public void UselessGroupsGoWholeAndNeededOnesStay()
    {
        var weights = new FakeWeights(RandomNetwork.Of(Net, 2));
        float[] conv = weights.Targets[0], dense = weights.Targets[2];
        for (int index = 0; index < conv.Length; index++) conv[index] = index / 9 % 2 == 0 ? 0.7f : 0f;
        for (int index = 0; index < dense.Length; index++) dense[index] = index % 96 < 30 ? 0.9f : 0f;
        var hook = (BayesianHook)PruningOptions.HookFor(new BayesianCompression { Variational = Options }, new(Net, 50, 5))!;
        weights.Run(hook, 3000, 0.01f);
        Assert.Equal([.. Enumerable.Range(0, conv.Length).Select(index => index / 9 % 2 == 0)], weights.MaskOf(0));
        Assert.Equal([.. Enumerable.Range(0, dense.Length).Select(index => index % 96 < 30)], weights.MaskOf(2));
        Assert.All(weights.Of(0).Where(weight => weight != 0), weight => Assert.Equal(0.7f, weight, 0.15f));
        Assert.All(hook.DeservedBits().Values, bits => Assert.InRange(bits, 1, 8));
    }

    [Fact]
    public void TheHorseshoeRemovesUselessGroupsToo()
    {
        var weights = new FakeWeights(RandomNetwork.Of(Net, 2), factorsAreLogNormal: true);
        for (int index = 0; index < weights.Targets[0].Length; index++) weights.Targets[0][index] = index / 9 % 2 == 0 ? 0.7f : 0f;
        var options = new BayesianCompression { Variational = Options, Prior = GroupPrior.Horseshoe, Threshold = 1.5f };
        var hook = (BayesianHook)PruningOptions.HookFor(options, new(Net, 50, 5))!;
        Assert.Equal(NoiseKind.LogNormalGroups, hook.Noise);
        weights.Run(hook, 3000, 0.01f);
        Assert.True(Enumerable.Range(0, 54).Select(index => index / 9 % 2 == 0).SequenceEqual(weights.MaskOf(0)), string.Join(' ', hook.Scores()[0]));
        Assert.All(weights.Of(0).Where(weight => weight != 0), weight => Assert.Equal(0.7f, weight, 0.15f));
    }

    [Fact]
    public void NoiseRunsBetweenStartAndEnd()
    {
        var weights = new FakeWeights(RandomNetwork.Of(Net, 2));
        List<bool> isOn = [];
        var options = new VariationalOptions { Start = 0.2, WarmUp = 0.3, End = 0.6 };
        weights.Run(PruningOptions.HookFor(new SparseVariationalDropout { Variational = options }, new(Net, 500, 1))!, 10, 0.01f, _ => isOn.Add(weights.IsOn));
        Assert.Equal([false, true, true, true, true, false, false, false, false, false], isOn);
    }

    [Fact]
    public void NumbersOutsideTheirRangeAreRefused()
    {
        foreach (VariationalOptions options in (VariationalOptions[])
            [new() { LearningRate = 0 }, new() { KlWeight = -1 }, new() { KlWeight = float.NaN }, new() { WarmUp = 0.9 }, new() { End = 1.5 },
             new() { Start = 0.6 }, new() { StartLogVariance = 1 }])
        {
            Assert.Throws<ArgumentOutOfRangeException>(
                () => PruningOptions.HookFor(new SparseVariationalDropout { Variational = options }, new(Net, 50, 5)));
            Assert.Throws<ArgumentOutOfRangeException>(() => PruningOptions.HookFor(new BayesianCompression { Variational = options }, new(Net, 50, 5)));
        }
    }
}
