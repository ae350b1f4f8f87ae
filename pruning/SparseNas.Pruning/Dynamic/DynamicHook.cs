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
    private readonly PrunedKernels dense;
    private readonly Dictionary<int, float[]> pruned;
    private readonly float[] current;
    private bool isFirst = true;

    public DynamicHook(Architecture architecture, DynamicPruning options)
    {
        options.Schedule.Check(options.Sparsity);
        this.options = options;
        selector = MaskSelectors.For(options.Granularity, architecture);
        dense = new PrunedKernels(architecture);
        pruned = dense.All.ToDictionary(kernel => kernel.Node, kernel => new float[kernel.Weights.Length]);
        current = new float[dense.All.Max(kernel => kernel.Weights.Length)];
    }

    public void AfterStep(int step, int totalSteps, ITrainableWeights weights)
    {
        int end = options.Schedule.EndStep(totalSteps);
        if (step > end) return;
        foreach (PrunedKernel kernel in dense.All) TakeStep(kernel, weights);
        isFirst = false;
        if (options.Schedule.IsRefresh(step, totalSteps))
        {
            selector.Select(dense.All, options.Schedule.SparsityAt(step, totalSteps, options.Sparsity));
        }

        foreach (PrunedKernel kernel in dense.All)
        {
            float[] values = pruned[kernel.Node];
            kernel.Weights.CopyTo(values, 0);
            kernel.ApplyMask(values);
            weights.WriteWeights(kernel.Node, values);
            if (step == end) weights.SetMask(kernel.Node, kernel.Mask);
        }
    }

    private void TakeStep(PrunedKernel kernel, ITrainableWeights weights)
    {
        if (isFirst)
        {
            weights.ReadWeights(kernel.Node, kernel.Weights);
            return;
        }

        Span<float> now = current.AsSpan(0, kernel.Weights.Length);
        weights.ReadWeights(kernel.Node, now);
        float[] before = pruned[kernel.Node], target = kernel.Weights;
        for (int index = 0; index < now.Length; index++) target[index] += now[index] - before[index];
    }
}
