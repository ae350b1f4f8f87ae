using SparseNas.Networks;
using SparseNas.Training;

namespace SparseNas.Pruning;

/// <summary>
/// Leaves a dense layer a share of its input features, those that its weights read most strongly; a gather then brings only these (SpArSe's shipped
/// network keeps 122 of 550). Features go on a cubic schedule and never come back. May follow another hook: what that one set to 0 stays 0.
/// </summary>
/// <example><code>
/// ITrainingHook hook = new FeatureSelection(architecture, "logits", keep: 122, new PruningSchedule(), pruning);
/// </code></example>
public sealed class FeatureSelection : ITrainingHook
{
    private readonly ITrainingHook? before;
    private readonly PruningSchedule schedule;
    private readonly int node, features, keep;
    private readonly float[] weights;
    private readonly bool[] mask;
    private readonly double[] strength;
    private readonly int[] order;
    private int living;

    /// <summary>Prepares the selection for one training run.</summary>
    /// <param name="architecture">What is trained.</param>
    /// <param name="layer">Name of a dense layer.</param>
    /// <param name="keep">Features that stay, 1 to all of them.</param>
    /// <param name="schedule">When features go.</param>
    /// <param name="before">A hook that runs first, or null.</param>
    /// <exception cref="ArgumentException">There is no such dense layer.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number to keep or the schedule is out of range.</exception>
    public FeatureSelection(Architecture architecture, string layer, int keep, PruningSchedule schedule, ITrainingHook? before)
    {
        node = Enumerable.Range(0, architecture.Nodes.Length).FirstOrDefault(index => architecture.Nodes[index] is { Layer: Dense } dense && dense.Name == layer, -1);
        if (node < 0) throw new ArgumentException($"'{layer}' is not a dense layer of {architecture}.", nameof(layer));
        features = architecture.InputOf(node).Elements;
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(keep, features);
        schedule.Check(0);
        this.schedule = schedule;
        this.keep = keep;
        this.before = before;
        weights = new float[ParameterCount.Of(architecture, node).Weights];
        mask = new bool[weights.Length];
        strength = new double[features];
        order = new int[features];
        living = features;
    }

    /// <inheritdoc/>
    public NoiseKind Noise => before?.Noise ?? NoiseKind.None;

    /// <inheritdoc/>
    public void AfterStep(int step, int totalSteps, ITrainableWeights trainable)
    {
        before?.AfterStep(step, totalSteps, trainable);
        bool isRefresh = schedule.IsRefresh(step, totalSteps);
        if (!isRefresh && (before is null || living == features)) return;
        trainable.ReadWeights(node, weights);
        if (isRefresh) living = Math.Min(living, features - (int)Math.Round(schedule.SparsityAt(step, totalSteps, 1) * (features - keep)));
        Select();
        trainable.WriteWeights(node, weights);
        trainable.SetMask(node, mask);
    }

    /// <summary>Keeps the living features with the largest sums of squares; a feature that died has none.</summary>
    private void Select()
    {
        Array.Clear(strength);
        for (int index = 0; index < weights.Length; index++) strength[index % features] -= (double)weights[index] * weights[index];
        for (int feature = 0; feature < features; feature++) order[feature] = feature;
        Array.Sort(strength, order);
        Array.Clear(mask);
        foreach (int feature in order.AsSpan(0, living))
        {
            for (int index = feature; index < weights.Length; index += features) mask[index] = weights[index] != 0f || before is null;
        }

        for (int index = 0; index < weights.Length; index++)
        {
            if (!mask[index]) weights[index] = 0f;
        }
    }
}
