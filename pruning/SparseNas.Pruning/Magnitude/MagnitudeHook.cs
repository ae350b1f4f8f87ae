using SparseNas.Networks;
using SparseNas.Training;

namespace SparseNas.Pruning;

/// <summary>Gradual magnitude pruning: at every refresh of the schedule the least salient weights die; the dead, being 0, stay the least salient.</summary>
internal sealed class MagnitudeHook : ITrainingHook
{
    private readonly PruningSchedule schedule;
    private readonly double final;
    private readonly IMaskSelector selector;
    private readonly PrunedKernels kernels;

    private MagnitudeHook(Architecture architecture, PruningSchedule schedule, double final, IMaskSelector selector)
    {
        this.schedule = schedule;
        this.final = final;
        this.selector = selector;
        kernels = new PrunedKernels(architecture);
    }

    /// <summary>Towards a rate.</summary>
    public static MagnitudeHook Of(Architecture architecture, MagnitudePruning options)
    {
        options.Schedule.Check(options.Sparsity);
        return new MagnitudeHook(architecture, options.Schedule, options.Sparsity, MaskSelectors.For(options.Granularity, architecture));
    }

    /// <summary>Towards budgets: the schedule runs from 0 to 1.</summary>
    public static MagnitudeHook Of(Architecture architecture, BudgetPruning options)
    {
        options.Schedule.Check(0);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.WeightBits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.WeightBits, 8);
        return new MagnitudeHook(architecture, options.Schedule, 1, new BudgetSelector(architecture, options));
    }

    public void AfterStep(int step, int totalSteps, ITrainableWeights weights)
    {
        if (!schedule.IsRefresh(step, totalSteps)) return;
        foreach (PrunedKernel kernel in kernels.All) weights.ReadWeights(kernel.Node, kernel.Weights);
        selector.Select(kernels.All, schedule.SparsityAt(step, totalSteps, final));
        foreach (PrunedKernel kernel in kernels.All)
        {
            kernel.ApplyMask(kernel.Weights);
            weights.WriteWeights(kernel.Node, kernel.Weights);
            weights.SetMask(kernel.Node, kernel.Mask);
        }
    }
}
