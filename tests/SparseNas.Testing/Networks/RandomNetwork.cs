using SparseNas.Networks;

namespace SparseNas.Testing;

/// <summary>Random weights for an architecture: normal with the variance of He et al. 2015, lively batch norms, optional random masks.</summary>
public static class RandomNetwork
{
    /// <summary>A network from a seed; each weight is masked with probability <paramref name="sparsity"/>.</summary>
    public static Network Of(Architecture architecture, ulong seed, double sparsity = 0)
    {
        var random = new SeededRandom(seed, 0xBEE);
        return new Network(architecture, [.. Enumerable.Range(0, architecture.Nodes.Length)
            .Select(index => Layer(ParameterCount.Of(architecture, index), architecture.OutputOf(index).Channels, random, sparsity))]);
    }

    /// <summary>Standard normal numbers, one sample for <paramref name="shape"/>, NHWC.</summary>
    public static double[] Input(Shape shape, ulong seed)
    {
        var random = new SeededRandom(seed, 0x1A9);
        return [.. Enumerable.Range(0, shape.Elements).Select(_ => random.NextNormal())];
    }

    private static LayerWeights? Layer(ParameterCount count, int channels, SeededRandom random, double sparsity)
    {
        float[] Draw(int number, double mean, double deviation) =>
            [.. Enumerable.Range(0, number).Select(_ => (float)(mean + (deviation * random.NextNormal())))];

        if (count.BatchNormChannels > 0)
        {
            return new BatchNormWeights([.. Draw(channels, 1, 0.3)], [.. Draw(channels, 0, 0.3)], [.. Draw(channels, 0, 0.3)],
                [.. Draw(channels, 1, 0.2).Select(value => Math.Abs(value) + 0.1f)]);
        }

        if (count.Weights == 0) return null;
        float[] weights = Draw(count.Weights, 0, Math.Sqrt(2.0 * channels / count.Weights));
        bool[] mask = sparsity == 0 ? [] : [.. weights.Select(_ => random.NextDouble() >= sparsity)];
        for (int index = 0; index < mask.Length; index++)
        {
            if (!mask[index]) weights[index] = 0f;
        }

        return new KernelWeights([.. weights], [.. Draw(count.Biases, 0, 0.2)], [.. mask]);
    }
}
