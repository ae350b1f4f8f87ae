using SparseNas.Networks;
using SparseNas.Training;

namespace SparseNas.Pruning.Tests;

/// <summary>
/// Weights in training without a trainer: plain gradient descent towards a target, loss ½‖w − target‖², masks as the contract says. Under noise
/// the weight is z·v with v ~ N(w, σ²) and z or log z ~ N(m, s²) per group (1 without groups), and the loss is the expectation
/// ½·(E z²·(w² + σ²) − 2·target·E z·w + target²), whose gradients are exact.
/// </summary>
internal sealed class FakeWeights : ITrainableWeights, IWeightNoise
{
    private readonly Dictionary<int, float[]> variances = [];
    private readonly Dictionary<int, (float[] Means, float[] Variances)> groups = [];
    private readonly Architecture architecture;
    private readonly bool factorsAreLogNormal;

    private readonly SortedDictionary<int, float[]> weights = [];
    private readonly Dictionary<int, bool[]> masks = [];
    private readonly int[] nodes;

    public FakeWeights(Network start, bool factorsAreLogNormal = false)
    {
        this.factorsAreLogNormal = factorsAreLogNormal;
        architecture = start.Architecture;
        for (int node = 0; node < start.Layers.Length; node++)
        {
            if (start.Layers[node] is not KernelWeights kernel) continue;
            weights[node] = [.. kernel.Weights];
            masks[node] = [.. Enumerable.Repeat(true, kernel.Weights.Length)];
            variances[node] = new float[kernel.Weights.Length];
            groups[node] = (new float[GroupCount(node)], new float[GroupCount(node)]);
            if (!factorsAreLogNormal) groups[node].Means.AsSpan().Fill(1f);
        }

        nodes = [.. weights.Keys];
        Targets = weights.ToDictionary(pair => pair.Key, pair => (float[])pair.Value.Clone());
    }

    public Dictionary<int, float[]> Targets { get; }

    public ReadOnlySpan<int> KernelNodes => nodes;

    public int Count => weights.Values.Sum(values => values.Length);

    public int Dead => weights.Values.Sum(values => values.Count(value => value == 0f));

    public float[] Of(int node) => weights[node];

    public bool[] MaskOf(int node) => masks[node];

    public void ReadWeights(int node, Span<float> destination) => weights[node].CopyTo(destination);

    public void WriteWeights(int node, ReadOnlySpan<float> source)
    {
        source.CopyTo(weights[node]);
        Hold(node);
    }

    public void SetMask(int node, ReadOnlySpan<bool> mask)
    {
        mask.CopyTo(masks[node]);
        Hold(node);
    }

    public IWeightNoise? Noise => this;

    public bool IsOn { get; set; }

    public void ReadGradient(int node, Span<float> gradient)
    {
        for (int index = 0; index < gradient.Length; index++)
        {
            (double mean, double square) = MomentsOf(node, index);
            gradient[index] = (float)((square * weights[node][index]) - (Targets[node][index] * mean));
        }
    }

    public void ScaleBiases(int node, ReadOnlySpan<float> factors)
    {
    }

    public int GroupCount(int node) => architecture.Nodes[node].Layer is Dense ? architecture.InputOf(node).Elements : architecture.OutputOf(node).Channels;

    public void WriteVariances(int node, ReadOnlySpan<float> source) => source.CopyTo(variances[node]);

    public void ReadVarianceGradient(int node, Span<float> gradient)
    {
        for (int index = 0; index < gradient.Length; index++) gradient[index] = (float)(0.5 * MomentsOf(node, index).Square);
    }

    public void WriteGroups(int node, ReadOnlySpan<float> means, ReadOnlySpan<float> groupVariances)
    {
        means.CopyTo(groups[node].Means);
        groupVariances.CopyTo(groups[node].Variances);
    }

    public void ReadGroupGradients(int node, Span<float> means, Span<float> groupVariances)
    {
        means.Clear();
        groupVariances.Clear();
        for (int index = 0; index < weights[node].Length; index++)
        {
            int group = GroupOf(node, index);
            double weight = weights[node][index], own = 0.5 * ((weight * weight) + variances[node][index]), cross = Targets[node][index] * weight;
            (double mean, double square) = MomentsOf(node, index);
            // E z = m, E z² = m² + s²; or for log z ~ N(m, s²): E z = exp(m + s²/2), E z² = exp(2m + 2s²)
            means[group] += (float)(factorsAreLogNormal ? (2 * own * square) - (cross * mean) : (2 * own * mean) - cross);
            groupVariances[group] += (float)(factorsAreLogNormal ? (2 * own * square) - (0.5 * cross * mean) : own);
        }
    }

    /// <summary>One step of gradient descent; masked weights take no part.</summary>
    public void Step(float rate)
    {
        foreach (int node in nodes)
        {
            float[] values = weights[node], target = Targets[node];
            for (int index = 0; index < values.Length; index++) values[index] -= rate * (values[index] - target[index]);
            Hold(node);
        }
    }

    /// <summary>Trains under a hook.</summary>
    public void Run(ITrainingHook hook, int steps, float rate, Action<int>? afterStep = null)
    {
        hook.AfterStep(0, steps, this);
        for (int step = 1; step <= steps; step++)
        {
            Step(rate);
            hook.AfterStep(step, steps, this);
            afterStep?.Invoke(step);
        }
    }

    private int GroupOf(int node, int index) =>
        architecture.Nodes[node].Layer is Dense ? index % GroupCount(node) : index / (weights[node].Length / GroupCount(node));

    /// <summary>E z and E z² of a weight's group.</summary>
    private (double Mean, double Square) MomentsOf(int node, int index)
    {
        double mean = groups[node].Means[GroupOf(node, index)], variance = groups[node].Variances[GroupOf(node, index)];
        return factorsAreLogNormal
            ? (Math.Exp(mean + (0.5 * variance)), Math.Exp((2 * mean) + (2 * variance))) : (mean, (mean * mean) + variance);
    }

    private void Hold(int node)
    {
        for (int index = 0; index < weights[node].Length; index++)
        {
            if (!masks[node][index]) weights[node][index] = 0f;
        }
    }
}
