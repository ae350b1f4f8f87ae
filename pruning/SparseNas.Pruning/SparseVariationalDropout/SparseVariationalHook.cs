using SparseNas.Networks;
using SparseNas.Training;

namespace SparseNas.Pruning;

/// <summary>
/// Sparse variational dropout (Molchanov et al. 2017): every weight has a posterior N(θ, σ²) under a log-uniform prior; each step trains at a
/// sample w = θ + σε, and weights whose log α = log σ² − log θ² has grown past the threshold are removed.
/// </summary>
/// <remarks>
/// The sample is drawn once per step for the whole batch (Blundell et al. 2015), not per image as in the paper's local reparameterisation:
/// the gradient has the same mean and more variance, and the training engine needs no second pass. Loss between steps is that of a sample.
/// </remarks>
internal sealed class SparseVariationalHook : ITrainingHook
{
    private readonly SparseVariationalDropout options;
    private readonly SparseVariationalKernel[] kernels;
    private readonly NormalNoise noise;
    private readonly float samples;

    public SparseVariationalHook(PruningContext context, SparseVariationalDropout options)
    {
        options.Variational.Check();
        this.options = options;
        kernels = [.. new PrunedKernels(context.Architecture).All.Select(kernel => new SparseVariationalKernel(kernel))];
        noise = new NormalNoise(new SeededRandom(context.Seed, 0x57BD));
        samples = context.TrainingSamples;
    }

    public void AfterStep(int step, int totalSteps, ITrainableWeights weights)
    {
        VariationalOptions shared = options.Variational;
        int end = shared.EndStep(totalSteps);
        if (step > end) return;
        float kl = shared.KlWeightAt(step, totalSteps) / samples, decay = shared.Decay(step, totalSteps);
        foreach (SparseVariationalKernel kernel in kernels)
        {
            if (step == 0)
            {
                kernel.Start(weights);
            }
            else
            {
                kernel.Step(weights, AdamStep.Of(shared.LearningRate * decay, step), AdamStep.Of(shared.VarianceLearningRate * decay, step), kl);
            }

            if (step == end) kernel.Prune(weights, shared.LogAlphaThreshold);
            else kernel.Sample(weights, noise);
        }
    }
}
