using SparseNas.Networks;
using SparseNas.Training;

namespace SparseNas.Pruning.Tests;

/// <summary>Weights in training without a trainer: plain gradient descent towards a target, loss ½‖w − target‖², masks as the contract says.</summary>
internal sealed class FakeWeights : ITrainableWeights
{
    private readonly SortedDictionary<int, float[]> weights = [];
    private readonly Dictionary<int, bool[]> masks = [];
    private readonly int[] nodes;

    public FakeWeights(Network start)
    {
        for (int node = 0; node < start.Layers.Length; node++)
        {
            if (start.Layers[node] is not KernelWeights kernel) continue;
            weights[node] = [.. kernel.Weights];
            masks[node] = [.. Enumerable.Repeat(true, kernel.Weights.Length)];
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

    public void ReadGradient(int node, Span<float> gradient)
    {
        for (int index = 0; index < gradient.Length; index++) gradient[index] = weights[node][index] - Targets[node][index];
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

    private void Hold(int node)
    {
        for (int index = 0; index < weights[node].Length; index++)
        {
            if (!masks[node][index]) weights[node][index] = 0f;
        }
    }
}
