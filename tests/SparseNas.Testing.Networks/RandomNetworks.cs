using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Testing.Networks;

/// <summary>
/// Floating-point networks with random weights, as after training: scaled to their fan-in, optionally pruned, batch norms in use.
/// </summary>
public static class RandomNetworks
{
    /// <summary>Weights for <paramref name="architecture"/>.</summary>
    /// <param name="architecture">Any architecture.</param>
    /// <param name="random">Decides every number.</param>
    /// <param name="sparsity">Share of weights that are masked to zero, 0 to 1.</param>
    public static Network Draw(Architecture architecture, SeededRandom random, double sparsity = 0)
    {
        var layers = ImmutableArray.CreateBuilder<LayerWeights?>(architecture.Nodes.Length);
        for (int node = 0; node < architecture.Nodes.Length; node++)
        {
            ParameterCount count = ParameterCount.Of(architecture, node);
            layers.Add(count switch
            {
                { Weights: > 0 } => Kernel(count, architecture.OutputOf(node).Channels, random, sparsity),
                { BatchNormChannels: > 0 } => new BatchNormWeights(
                    Values(count.BatchNormChannels, () => 0.5f + random.NextSingle()),
                    Values(count.BatchNormChannels, () => 0.5f * (float)random.NextNormal()),
                    Values(count.BatchNormChannels, () => 0.3f * (float)random.NextNormal()),
                    Values(count.BatchNormChannels, () => 0.3f + random.NextSingle())),
                _ => null,
            });
        }

        return new Network(architecture, layers.MoveToImmutable());
    }

    private static KernelWeights Kernel(ParameterCount count, int channels, SeededRandom random, double sparsity)
    {
        float deviation = MathF.Sqrt(2f * channels / count.Weights);
        ImmutableArray<bool> mask = sparsity > 0 ? [.. Enumerable.Range(0, count.Weights).Select(_ => random.NextDouble() >= sparsity)]
            : [];
        ImmutableArray<float> weights = Values(count.Weights, () => deviation * (float)random.NextNormal());
        if (!mask.IsEmpty) weights = [.. weights.Zip(mask, (weight, alive) => alive ? weight : 0f)];
        return new KernelWeights(weights, Values(count.Biases, () => 0.1f * (float)random.NextNormal()), mask);
    }

    private static ImmutableArray<float> Values(int count, Func<float> draw) => [.. Enumerable.Range(0, count).Select(_ => draw())];
}
