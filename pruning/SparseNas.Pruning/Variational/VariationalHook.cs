using System.Collections.Immutable;
using SparseNas.Networks;
using SparseNas.Training;

namespace SparseNas.Pruning;

/// <summary>One node's posterior in a variational run.</summary>
internal interface IVariationalKernel
{
    /// <summary>Takes the present weights as means and writes the posterior to the noise.</summary>
    void Start(ITrainableWeights weights, IWeightNoise noise);

    /// <summary>One step on the gradients of the last batch; the moved posterior is written back.</summary>
    void Step(ITrainableWeights weights, IWeightNoise noise, AdamStep meanStep, AdamStep varianceStep, float kl);

    /// <summary>Removes what the posterior finds useless and leaves the means of the rest.</summary>
    void Prune(ITrainableWeights weights);
}

/// <summary>The course that all variational methods share: plain steps, steps of the posterior under noise, then the mask and plain steps again.</summary>
internal sealed class VariationalHook<TKernel>(PruningContext context, VariationalOptions options, NoiseKind noise, ImmutableArray<TKernel> kernels)
    : ITrainingHook
    where TKernel : IVariationalKernel
{
    private readonly float samples = context.TrainingSamples;

    /// <inheritdoc/>
    public NoiseKind Noise { get; } = noise;

    /// <summary>The posteriors, one per node with a kernel.</summary>
    public ImmutableArray<TKernel> Kernels { get; } = kernels;

    /// <inheritdoc/>
    public void AfterStep(int step, int totalSteps, ITrainableWeights weights)
    {
        int start = options.StartStep(totalSteps), end = options.EndStep(totalSteps);
        if (step < start || step > end) return;
        IWeightNoise own = weights.Noise ?? throw new InvalidOperationException($"The trainer gives no noise, although the hook asks for {Noise}.");
        own.IsOn = step < end;
        float kl = options.KlWeightAt(step, totalSteps) / samples, decay = options.Decay(step, totalSteps);
        int steps = Math.Max(step - start, 1);
        AdamStep means = AdamStep.Of(options.LearningRate * decay, steps), variances = AdamStep.Of(options.VarianceLearningRate * decay, steps);
        foreach (TKernel kernel in Kernels)
        {
            if (step == start) kernel.Start(weights, own);
            else if (step < end) kernel.Step(weights, own, means, variances, kl);
            else kernel.Prune(weights);
        }
    }
}
