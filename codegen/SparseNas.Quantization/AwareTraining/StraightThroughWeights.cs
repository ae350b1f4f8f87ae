using SparseNas.Networks;
using SparseNas.Quantization.Conversion;
using SparseNas.Training;

namespace SparseNas.Quantization.AwareTraining;

/// <summary>
/// Trains weights on their integer grid with a straight-through estimator (Bengio et al. 2013): the network always computes with rounded
/// weights, and what the optimiser changes on them is added to exact weights kept here, which are rounded again for the next step. Layers
/// of 8 bits train as they are. A grid belongs to an output channel (to the whole tensor for the layer that gives the logits), and a
/// batch norm folded later only multiplies its scale, so what training saw is what deployment computes.
/// </summary>
internal sealed class StraightThroughWeights : ITrainingHook
{
    /// <summary>Steps between two searches for the best scales; in between the grid stands still.</summary>
    private const int StepsPerFit = 50;

    /// <summary>Share of the run after which grids no longer move, so that the last steps settle on them.</summary>
    private const double FrozenAfter = 0.75;

    private readonly Architecture architecture;
    private readonly QuantizationOptions options;
    private readonly ITrainingHook? inner;
    private readonly int logits;
    private readonly Dictionary<int, Layer> layers = [];

    /// <summary>A hook for one training run; <paramref name="inner"/> sees the weights before they are rounded.</summary>
    public StraightThroughWeights(Architecture architecture, QuantizationOptions options, ITrainingHook? inner)
    {
        this.architecture = architecture;
        this.options = options;
        this.inner = inner;
        logits = OperatorGraph.From(architecture).Operators[^1].NodeIndex;
    }

    /// <inheritdoc/>
    public void AfterStep(int step, int totalSteps, ITrainableWeights weights)
    {
        inner?.AfterStep(step, totalSteps, weights);
        bool fit = step == 0 || (step % StepsPerFit == 0 && step < FrozenAfter * totalSteps);
        foreach (int node in weights.KernelNodes)
        {
            int bits = options.For(architecture.Nodes[node].Name).WeightBits;
            if (bits == 8) continue;
            if (!layers.TryGetValue(node, out Layer? layer))
            {
                int count = ParameterCount.Of(architecture, node).Weights;
                layers[node] = layer = new Layer(count, node == logits ? 1 : architecture.OutputOf(node).Channels, bits);
            }

            layer.Follow(node, weights, first: step == 0);
            layer.Round(fit);
            layer.Write(node, weights);
        }
    }

    /// <summary>Exact and rounded weights of one layer.</summary>
    private sealed class Layer(int count, int grids, int bits)
    {
        private readonly float[] exact = new float[count];
        private readonly float[] rounded = new float[count];
        private readonly float[] present = new float[count];
        private readonly double[] scales = new double[grids];

        /// <summary>Adds to the exact weights what the optimiser did to the rounded ones.</summary>
        public void Follow(int node, ITrainableWeights weights, bool first)
        {
            weights.ReadWeights(node, present);
            for (int index = 0; index < exact.Length; index++)
                exact[index] = first ? present[index] : exact[index] + present[index] - rounded[index];
        }

        public void Round(bool fit)
        {
            int perGrid = exact.Length / scales.Length;
            for (int grid = 0; grid < scales.Length; grid++)
            {
                ReadOnlySpan<float> values = exact.AsSpan(grid * perGrid, perGrid);
                if (fit) scales[grid] = WeightScale.Fit(values, bits);
                for (int index = 0; index < perGrid; index++)
                {
                    rounded[(grid * perGrid) + index] = (float)(scales[grid] * WeightScale.Code(values[index], scales[grid], bits));
                }
            }
        }

        /// <summary>Hands the rounded weights over and takes them back as masks left them.</summary>
        public void Write(int node, ITrainableWeights weights)
        {
            weights.WriteWeights(node, rounded);
            weights.ReadWeights(node, rounded);
        }
    }
}
