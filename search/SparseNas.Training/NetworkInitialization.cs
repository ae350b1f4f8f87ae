using SparseNas.Networks;

namespace SparseNas.Training;

/// <summary>Weights before training.</summary>
public static class NetworkInitialization
{
    /// <summary>
    /// He initialisation (He et al. 2015): weights normal with variance 2 / fan-in, biases 0; batch norm starts as the identity.
    /// </summary>
    /// <param name="architecture">What to fill.</param>
    /// <param name="random">Where the numbers come from, node after node.</param>
    public static Network He(Architecture architecture, SeededRandom random)
    {
        var layers = new LayerWeights?[architecture.Nodes.Length];
        for (int node = 0; node < layers.Length; node++)
        {
            ParameterCount count = ParameterCount.Of(architecture, node);
            if (count.Weights > 0)
            {
                int fanIn = count.Weights / architecture.OutputOf(node).Channels;
                double deviation = Math.Sqrt(2.0 / fanIn);
                var weights = new float[count.Weights];
                foreach (ref float weight in weights.AsSpan()) weight = (float)(random.NextNormal() * deviation);
                layers[node] = new KernelWeights([.. weights], [.. new float[count.Biases]], []);
            }
            else if (count.BatchNormChannels > 0)
            {
                var zeros = new float[count.BatchNormChannels];
                float[] ones = [.. Enumerable.Repeat(1f, zeros.Length)];
                layers[node] = new BatchNormWeights([.. ones], [.. zeros], [.. zeros], [.. ones]);
            }
        }

        return new Network(architecture, [.. layers]);
    }
}
