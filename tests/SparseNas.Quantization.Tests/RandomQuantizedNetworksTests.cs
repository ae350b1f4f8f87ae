using SparseNas.Networks;
using SparseNas.Quantization.Execution;
using SparseNas.Testing.Networks;

namespace SparseNas.Quantization.Tests;

/// <summary>The generator that other comparisons rely on must cover what it claims to cover.</summary>
public class RandomQuantizedNetworksTests
{
    private const int Networks = 300;

    [Fact]
    public void EveryNetworkKeepsTheLawsAndMostCodesMeanSomething()
    {
        long compared = 0, meaningful = 0;
        List<double> shares = [];
        for (ulong seed = 0; seed < Networks; seed++)
        {
            var random = new SeededRandom(seed);
            QuantizedNetwork network = RandomQuantizedNetworks.Draw(random, seed % 2 == 0 ? null : RandomQuantization.AllWidths);
            QuantizedNetworkLaws.Check(network, $"seed {seed}");
            long here = 0, all = 0;
            foreach (byte[] image in RandomImages.Draw(network.Graph.Input, 12, random)[4..])
            {
                OperatorOutputs outputs = NaiveIntegerExecutor.Run(network, image);
                for (int index = 0; index < outputs.Activations.Length; index++)
                {
                    TensorFormat format = network.Operators[index].Output;
                    all += outputs.Activations[index].Length;
                    here += outputs.Activations[index].Count(q => q != 0 && q != format.ZeroPoint && q != format.Maximum);
                }
            }

            compared += all;
            meaningful += here;
            if (all > 0) shares.Add((double)here / all);
        }

        Assert.True(meaningful > 0.6 * compared, $"{meaningful} of {compared} codes are neither zero nor saturated");
        Assert.True(shares.Count(share => share < 0.5) < 0.25 * shares.Count,
            $"{shares.Count(share => share < 0.5)} of {shares.Count} networks are below one half");
    }

    [Fact]
    public void EveryLayerKindAndEveryOperatorOccurs()
    {
        HashSet<Type> layers = [], operators = [];
        for (ulong seed = 0; seed < Networks; seed++)
        {
            QuantizedNetwork network = RandomQuantizedNetworks.Draw(new SeededRandom(seed));
            layers.UnionWith(network.Graph.Architecture.Nodes.Select(node => node.Layer.GetType()));
            operators.UnionWith(network.Operators.Select(op => op.GetType()));
        }

        Assert.Equal(typeof(LayerSpec).Assembly.GetTypes().Where(type => type.BaseType == typeof(LayerSpec)).ToHashSet(), layers);
        Assert.Equal(
            typeof(QuantizedOperator).Assembly.GetTypes().Where(type => type.BaseType == typeof(QuantizedOperator)).ToHashSet(), operators);
    }

    [Fact]
    public void OneSeedGivesOneNetwork()
    {
        QuantizedNetwork first = RandomQuantizedNetworks.Draw(new SeededRandom(5));
        QuantizedNetwork second = RandomQuantizedNetworks.Draw(new SeededRandom(5));
        Assert.Equal(first.Graph.Architecture, second.Graph.Architecture);
        byte[] image = RandomImages.Draw(first.Graph.Input, 5, new SeededRandom(1))[4];
        Assert.Equal(NaiveIntegerExecutor.Run(first, image).Logits, NaiveIntegerExecutor.Run(second, image).Logits);
    }
}
