using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>
/// Thompson sampling with a random augmented Chebyshev scalarisation (Knowles 2006; Paria et al. 2020): one draw of the posterior, objectives on a
/// <see cref="RatioScale"/>, cost = max λᵢ·fᵢ + 0.05·Σ λᵢ·fᵢ with λ uniform on the simplex.
/// </summary>
internal static class ThompsonScalarization
{
    private const double Augmentation = 0.05;

    /// <summary>Whatever its weight, an objective beyond the corner makes a candidate useless.</summary>
    private const double BeyondCorner = 10;

    public static double[] Costs(ObjectiveBeliefs beliefs, ImmutableArray<Objective> objectives, TrialHistory history, SeededRandom random)
    {
        double[] weights = [.. objectives.Select(_ => -Math.Log(1 - random.NextDouble()))];
        RatioScale scale = RatioScale.Of(objectives, history);
        var maximum = new double[beliefs.PoolSize];
        var sum = new double[beliefs.PoolSize];
        for (int axis = 0; axis < objectives.Length; axis++)
        {
            ObjectiveBelief belief = beliefs.Objectives[axis];
            double[] values = belief.Prediction is JointPrediction prediction
                ? [.. prediction.Sample(random).Select(value => ObjectiveBelief.FromLog(objectives[axis], value))]
                : belief.Values;
            for (int index = 0; index < beliefs.PoolSize; index++)
            {
                double value = scale.At(axis, values[index]);
                double term = (weights[axis] * value) + (BeyondCorner * Math.Max(0, value - 1));
                maximum[index] = axis == 0 ? term : Math.Max(maximum[index], term);
                sum[index] += term;
            }
        }

        return [.. maximum.Zip(sum, (m, s) => m + (Augmentation * s))];
    }
}
