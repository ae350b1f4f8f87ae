using System.Collections.Immutable;

namespace SparseNas.Search;

/// <summary>
/// Expected growth of the dominated hypervolume (Emmerich et al. 2006). Beliefs are independent between objectives; the expectation over the uncertain ones is a
/// quadrature over quantiles of their posterior, the volumes are exact, on a <see cref="RatioScale"/>.
/// </summary>
internal static class ExpectedImprovement
{
    /// <summary>Standard normal quantiles in the middle of eight equally likely slices.</summary>
    private static readonly double[] Quantiles = [-1.5341, -0.8871, -0.4888, -0.1573, 0.1573, 0.4888, 0.8871, 1.5341];

    /// <summary>Minus the expected growth, for each member of the pool; ties by the expected values themselves.</summary>
    public static double[] Costs(ObjectiveBeliefs beliefs, ImmutableArray<double[]> front, RatioScale scale)
    {
        double[][] scaledFront = [.. front.Select(scale.Of)];
        double[] corner = [.. beliefs.Objectives.Select(_ => 1.0)];
        var costs = new double[beliefs.PoolSize];
        for (int index = 0; index < costs.Length; index++)
        {
            double[] middle = scale.Of([.. beliefs.Objectives.Select(belief => belief.Values[index])]);
            double growth = Quantiles.Average(quantile => Growth(scale.Of(PointAt(beliefs, index, quantile)), scaledFront, corner));
            costs[index] = growth > 0 ? -growth : 1e-6 * Math.Max(0, middle.Sum());
        }

        return costs;
    }

    private static double[] PointAt(ObjectiveBeliefs beliefs, int index, double quantile) =>
    [
        .. beliefs.Objectives.Select(belief => belief.Prediction is { } prediction
            ? ObjectiveBelief.FromLog(belief.Objective, prediction.Mean[index] + (quantile * prediction.Deviation(index)))
            : belief.Values[index]),
    ];

    /// <summary>The part of a point's box that no front member dominates.</summary>
    private static double Growth(double[] point, double[][] front, double[] corner)
    {
        double box = 1;
        for (int axis = 0; axis < point.Length; axis++)
        {
            if (point[axis] >= corner[axis]) return 0;
            box *= corner[axis] - point[axis];
        }

        return box - Hypervolume.Of(front.Select(member => member.Zip(point, Math.Max).ToArray()), corner);
    }
}
