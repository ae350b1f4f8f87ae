using SparseNas.Networks;

namespace SparseNas.Pruning.Tests.Compacting;

/// <summary>Kills rows, columns, biases and batch-norm scales at random, the way pruning does and worse.</summary>
internal static class RandomDamage
{
    public static Network Of(Network network, ulong seed)
    {
        var random = new SeededRandom(seed, 0xDEAD);
        double rate = 0.2 + (0.7 * random.NextDouble());
        return new Network(network.Architecture, [.. network.Layers.Select((layer, node) => layer switch
        {
            KernelWeights kernel => Kernel(network.Architecture, node, kernel, rate, random),
            BatchNormWeights norm => norm with { Gamma = [.. norm.Gamma.Select(gamma => random.Next(8) == 0 ? 0f : gamma)] },
            _ => layer,
        })]);
    }

    private static KernelWeights Kernel(Architecture net, int node, KernelWeights kernel, double rate, SeededRandom random)
    {
        KernelLayout layout = KernelLayout.Of(net, node)!.Value;
        float[] weights = [.. kernel.Weights];
        float[] biases = [.. kernel.Biases];
        for (int row = 0; row < layout.OutputChannels && node != net.Nodes.Length - 1; row++)
        {
            if (random.NextDouble() > rate) continue;
            layout.Row(weights, row).Clear();
            if (biases.Length > 0 && random.Next(2) == 0) biases[row] = 0;
        }

        for (int column = 0; column < layout.InputChannels && !layout.IsDepthwise; column++)
        {
            if (random.NextDouble() > rate / 3) continue;
            for (int index = column; index < weights.Length; index += layout.InputChannels) weights[index] = 0;
        }

        if (net.Nodes[node].Layer is Dense && random.Next(2) == 0) KillFeatures(weights, layout.RowLength, rate, random);
        return new KernelWeights([.. weights], [.. biases], [.. weights.Select(weight => weight != 0)]);
    }

    /// <summary>Single features, whatever pixel and channel they are.</summary>
    private static void KillFeatures(float[] weights, int features, double rate, SeededRandom random)
    {
        for (int feature = 0; feature < features; feature++)
        {
            if (random.NextDouble() > rate) continue;
            for (int index = feature; index < weights.Length; index += features) weights[index] = 0;
        }
    }
}
