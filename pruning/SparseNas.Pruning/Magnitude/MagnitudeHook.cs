using SparseNas.Networks;
using SparseNas.Training;

namespace SparseNas.Pruning;

/// <summary>Gradual magnitude pruning: at every refresh of the schedule the least salient weights die; the dead, being 0, stay the least salient.</summary>
internal sealed class MagnitudeHook : ITrainingHook
{
    private readonly MagnitudePruning options;
    private readonly IMaskSelector selector;
    private readonly PrunedKernels kernels;

    public MagnitudeHook(Architecture architecture, MagnitudePruning options)
    {
        options.Schedule.Check(options.Sparsity);
        this.options = options;
        kernels = new PrunedKernels(architecture);
        selector = MaskSelectors.For(options.Granularity, architecture);
    }

    public void AfterStep(int step, int totalSteps, ITrainableWeights weights)
    {
        if (!options.Schedule.IsRefresh(step, totalSteps)) return;
        foreach (PrunedKernel kernel in kernels.All) weights.ReadWeights(kernel.Node, kernel.Weights);
        selector.Select(kernels.All, options.Schedule.SparsityAt(step, totalSteps, options.Sparsity));
        foreach (PrunedKernel kernel in kernels.All)
        {
            kernel.ApplyMask(kernel.Weights);
            weights.WriteWeights(kernel.Node, kernel.Weights);
            weights.SetMask(kernel.Node, kernel.Mask);
        }
    }
}
