using SparseNas.Networks;

namespace SparseNas.Pruning.Tests.Compacting;

public class CompactionTests
{
    [Fact]
    public void RandomlyPrunedBranchedNetworksKeepTheirFunction()
    {
        int narrower = 0, shorter = 0;
        Dictionary<Type, int> narrowed = [];
        for (ulong seed = 0; seed < 500; seed++)
        {
            Network network = RandomDamage.Of(RandomNetwork.Of(RandomArchitecture.Of(seed), seed), seed);
            Network compact = Compaction.Compact(network);
            AssertSameFunction(network, compact, seed);
            AssertNothingDangles(compact, seed);
            foreach (Type layer in Narrowed(network.Architecture, compact.Architecture)) narrowed[layer] = narrowed.GetValueOrDefault(layer) + 1;
            if (compact.Architecture.Nodes.Length < network.Architecture.Nodes.Length) shorter++;
            if (Values(compact.Architecture) < Values(network.Architecture)) narrower++;
            Assert.True(compact.L0 <= network.L0 + compact.Architecture.Nodes.Sum(node => node.Layer is Conv2D l ? l.OutputChannels : 0), $"seed {seed}");
        }

        Assert.True(narrower > 250, $"only {narrower} of 500 networks became narrower");
        Assert.True(shorter > 25, $"only {shorter} of 500 networks lost a branch");
        foreach (Type layer in (Type[])[typeof(Add), typeof(Concat), typeof(Gather), typeof(DepthwiseConv2D), typeof(BatchNorm), typeof(Conv2D), typeof(Dense)])
        {
            Assert.True(narrowed.GetValueOrDefault(layer) > 5, $"layers of kind {layer.Name} became narrower in only {narrowed.GetValueOrDefault(layer)} networks");
        }
    }

    [Fact]
    public void CompactingTwiceChangesNothing()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            Network once = Compaction.Compact(RandomDamage.Of(RandomNetwork.Of(RandomArchitecture.Of(seed), seed), seed));
            Assert.Equal(once.Architecture, Compaction.Compact(once).Architecture);
        }
    }

    [Fact]
    public void ALivingNetworkStaysAsItIs()
    {
        Network network = RandomNetwork.Of(RandomArchitecture.Of(11), 11);
        Assert.Equal(network.Architecture, Compaction.Compact(network).Architecture);
    }

    [Fact]
    public void AConstantChannelMovesThroughBatchNormReluAndPoolIntoTheNextBias()
    {
        var net = Architecture.Chain("net", new Shape(6, 6, 1), 2,
            new Conv2D(2, 3, 3, HasBias: false), new BatchNorm(), new Relu(), new MaxPool(2, 2, 2), new Dense(2));
        float[] kernel = [.. Enumerable.Range(0, 9).Select(index => index - 4f), .. new float[9]];
        var network = new Network(net,
        [
            new KernelWeights([.. kernel], [], []), new BatchNormWeights([1, 2], [0, 3], [0, 1], [1, 4 - BatchNormWeights.Epsilon]), null, null,
            new KernelWeights([.. Enumerable.Range(1, 16).Select(value => value * 0.1f)], [0, 0], []),
        ]);
        Network compact = Compaction.Compact(network);
        Assert.Equal(new Conv2D(1, 3, 3, HasBias: false), compact.Architecture.Nodes[0].Layer);
        Assert.Equal(8, compact.Kernel(4).Weights.Length);
        // channel 1 is relu(2 · (0 − 1) / 2 + 3) = 2 at all four positions: 2 · (0.2 + 0.4 + 0.6 + 0.8) and 2 · (1 + 1.2 + 1.4 + 1.6)
        Assert.Equal(4f, compact.Kernel(4).Biases[0], 1e-5f);
        Assert.Equal(10.4f, compact.Kernel(4).Biases[1], 1e-5f);
        AssertSameFunction(network, compact, 0);
    }

    [Fact]
    public void AConstantThatMeetsZeroPaddingStays()
    {
        Network With(Padding padding, float bias)
        {
            var net = Architecture.Chain("net", new Shape(6, 6, 1), 2,
                new Conv2D(2, 1, 1), new Conv2D(3, 3, 3, 1, padding), new GlobalAveragePool(), new Dense(2));
            Network random = RandomNetwork.Of(net, 5);
            return new Network(net, [new KernelWeights([1, 0], [0.5f, bias], []), .. random.Layers.Skip(1)]);
        }

        int Width(Network network) => ((Conv2D)Compaction.Compact(network).Architecture.Nodes[0].Layer).OutputChannels;
        Assert.Equal(2, Width(With(Padding.Same, 0.7f)));
        Assert.Equal(1, Width(With(Padding.Same, 0f)));
        Assert.Equal(1, Width(With(Padding.Valid, 0.7f)));
        AssertSameFunction(With(Padding.Same, 0.7f), Compaction.Compact(With(Padding.Same, 0.7f)), 1);
    }

    [Fact]
    public void AnAddKeepsAChannelThatOneOfItsInputsNeeds()
    {
        Network Branches(bool[] leftLives, bool[] rightLives)
        {
            var net = new Architecture("net", new Shape(4, 4, 1), 2,
            [
                new("left", new Conv2D(3, 1, 1), [-1]), new("right", new Conv2D(3, 1, 1), [-1]), new("sum", new Add(), [0, 1]),
                new("head", new Dense(2), [2]),
            ]);
            KernelWeights Row(bool[] lives) => new([.. lives.Select(alive => alive ? 1.5f : 0f)], [0, 0, 0], []);
            return new Network(net, [Row(leftLives), Row(rightLives), null, RandomNetwork.Of(net, 1).Layers[3]]);
        }

        Network coupled = Compaction.Compact(Branches([true, false, false], [false, true, false]));
        Assert.Equal(new Shape(4, 4, 2), coupled.Architecture.OutputOf(2));
        Network oneBranch = Compaction.Compact(Branches([true, false, true], [false, false, false]));
        Assert.Equal(["left", "head"], oneBranch.Architecture.Nodes.Select(node => node.Name));
        Assert.Equal(new Shape(4, 4, 2), oneBranch.Architecture.OutputOf(0));
    }

    [Fact]
    public void ShrinkingShrinksBytesMemoryAndMacs()
    {
        var net = Architecture.Chain("net", new Shape(12, 12, 1), 2,
            new Conv2D(8, 3, 3), new Relu(), new DepthwiseConv2D(3, 3), new Conv2D(6, 1, 1), new Relu(), new Dense(2));
        Network full = RandomNetwork.Of(net, 3);
        float[] dead = [.. full.Kernel(0).Weights];
        dead.AsSpan(4 * 9).Clear();
        Network half = Compaction.Compact(new Network(net,
            [new KernelWeights([.. dead], [.. full.Kernel(0).Biases], []), .. full.Layers.Skip(1)]));
        Assert.Equal(4, half.Architecture.OutputOf(2).Channels);
        OperatorGraph before = OperatorGraph.From(net), after = OperatorGraph.From(half.Architecture);
        Assert.True(MemoryPlanner.Plan(after).ArenaBytes < MemoryPlanner.Plan(before).ArenaBytes);
        Assert.Equal((10 * 10 * 4 * 9) + (8 * 8 * 4 * 9) + (8 * 8 * 6 * 4) + (8 * 8 * 6 * 2), MacCount.Of(after));
    }

    internal static void AssertSameFunction(Network expected, Network actual, ulong seed)
    {
        for (ulong sample = 0; sample < 2; sample++)
        {
            double[] input = RandomNetwork.Input(expected.Architecture.Input, seed + (1000 * sample));
            double[] before = NaiveForward.Run(expected, input)[^1], after = NaiveForward.Run(actual, input)[^1];
            double size = 1 + before.Max(Math.Abs);
            for (int index = 0; index < before.Length; index++)
            {
                Assert.True(Math.Abs(before[index] - after[index]) < 1e-5 * size,
                    $"seed {seed}: {before[index]} became {after[index]} in {ArchitectureJson.WriteLine(expected.Architecture)}");
            }
        }
    }

    /// <summary>Every node but the last is read, and every tensor of weights has the size that the shapes ask for.</summary>
    private static void AssertNothingDangles(Network network, ulong seed)
    {
        Architecture net = network.Architecture;
        for (int node = 0; node < net.Nodes.Length; node++)
        {
            Assert.True(node == net.Nodes.Length - 1 || net.ReaderCount(node) > 0, $"seed {seed}: nothing reads '{net.Nodes[node].Name}'");
            ParameterCount count = ParameterCount.Of(net, node);
            if (network.Layers[node] is not KernelWeights kernel) continue;
            Assert.Equal((count.Weights, count.Biases), (kernel.Weights.Length, kernel.Biases.Length));
            Assert.True(kernel.Mask.Length == 0 || kernel.Mask.Length == count.Weights, $"seed {seed}: a mask of {kernel.Mask.Length} over {count.Weights} weights");
        }
    }

    /// <summary>Kinds of layers that read or give less than before, found by their names.</summary>
    private static IEnumerable<Type> Narrowed(Architecture before, Architecture after) =>
        from node in Enumerable.Range(0, after.Nodes.Length)
        let old = before.Nodes.IndexOf(before.Nodes.FirstOrDefault(other => other.Name == after.Nodes[node].Name)!)
        where old >= 0 && (after.InputOf(node) != before.InputOf(old) || after.OutputOf(node) != before.OutputOf(old))
        group node by after.Nodes[node].Layer.GetType() into kind
        select kind.Key;

    private static int Values(Architecture net) => Enumerable.Range(0, net.Nodes.Length).Sum(node => net.OutputOf(node).Elements);
}
