using SparseNas.Networks;
using SparseNas.Training;

namespace SparseNas.Pruning;

/// <summary>
/// Dynamic pruning with feedback (Lin et al. 2020, algorithm 1): dense(t+1) = dense(t) + step(pruned(t)), pruned = mask ⊙ dense. The optimiser
/// steps the pruned weights it was given; what it changed, whatever its rule, is added to the dense weights kept here. Until the schedule
/// ends no mask is set in the trainer, so that a pruned weight keeps receiving steps and may grow back; then the mask holds.
/// </summary>
internal sealed class DynamicHook : ITrainingHook
{
    private readonly DynamicPruning options;
    private readonly IMaskSelector selector;
    private readonly DenseKernel[] kernels;
    private readonly PrunedKernel[] masks;

    public DynamicHook(Architecture architecture, DynamicPruning options)
    {
        options.Schedule.Check(options.Sparsity);
        this.options = options;
        selector = MaskSelectors.For(options.Granularity, architecture);
        kernels = [.. new PrunedKernels(architecture).All.Select(kernel => new DenseKernel(kernel))];
        masks = [.. kernels.Select(kernel => kernel.Dense)];
    }

    public void AfterStep(int step, int totalSteps, ITrainableWeights weights)
    {
        int end = options.Schedule.EndStep(totalSteps);
        if (step > end) return;
        foreach (DenseKernel kernel in kernels) kernel.TakeStep(weights);
        if (options.Schedule.IsRefresh(step, totalSteps))
        {
            selector.Select(masks, options.Schedule.SparsityAt(step, totalSteps, options.Sparsity));
            foreach (DenseKernel kernel in kernels) kernel.TakeMask();
        }

        foreach (DenseKernel kernel in kernels)
        {
            kernel.WritePruned(weights);
            if (step == end) weights.SetMask(kernel.Dense.Node, kernel.Dense.Mask);
        }
    }

    /// <summary>The dense weights of one node and the pruned ones that the trainer was given.</summary>
    private sealed class DenseKernel(PrunedKernel dense)
    {
        private readonly float[] alive = [.. Enumerable.Repeat(1f, dense.Weights.Length)];
        private readonly float[] pruned = new float[dense.Weights.Length];
        private readonly float[] present = new float[dense.Weights.Length];

        public PrunedKernel Dense { get; } = dense;

        /// <summary>Adds what the optimiser changed; at the first call dense and pruned are both 0, so that it takes the initial weights.</summary>
        public void TakeStep(ITrainableWeights weights)
        {
            weights.ReadWeights(Dense.Node, present);
            TensorMath.AddDifference(present, pruned, Dense.Weights);
        }

        public void TakeMask()
        {
            for (int index = 0; index < alive.Length; index++) alive[index] = Dense.Mask[index] ? 1f : 0f;
        }

        public void WritePruned(ITrainableWeights weights)
        {
            TensorMath.Multiply(Dense.Weights, alive, pruned);
            weights.WriteWeights(Dense.Node, pruned);
        }
    }
}
