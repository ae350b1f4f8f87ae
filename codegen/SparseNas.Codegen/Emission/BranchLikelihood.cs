using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission;

/// <summary>How often branches are taken that data decides: expectations for the cost model, nothing depends on them for correctness.</summary>
internal static class BranchLikelihood
{
    /// <summary>An accumulator whose code would be above the largest: calibration keeps such values rare.</summary>
    public const double AboveMaximum = 0.02;

    /// <summary>A later value of a pooling window beats the largest before it: 1/2, 1/3, 1/4 of the time for unordered values.</summary>
    public static double BeatsEarlier(int earlier) => 1.0 / (earlier + 1);

    /// <summary>An accumulator whose code would be below the smallest: about half of all before a ReLU.</summary>
    public static double BelowMinimum(OperatorSite site) => site.Operator.Operator.HasRelu ? 0.5 : 0.02;
}
