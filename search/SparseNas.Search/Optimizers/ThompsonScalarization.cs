using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>
/// Thompson sampling with a random augmented Chebyshev scalarisation (Knowles 2006; Paria et al. 2020): one draw of the posterior, objectives scaled to the
/// region that matters, cost = max λᵢ·fᵢ + 0.05·Σ λᵢ·fᵢ with λ uniform on the simplex.
/// </summary>
internal static class ThompsonScalarization
{
    private const double Augmentation = 0.05;

    public static double[] Costs(ObjectiveBeliefs beliefs, ImmutableArray<Objective> objectives, TrialHistory history, SeededRandom random)
    {
        double[] weights = [.. objectives.Select(_ => -Math.Log(1 - random.NextDouble()))];
        double[] ideal = [.. objectives.Select(objective => history.Completed.Min(trial => objective.Of(trial.Score!)))];
        double[] worst = ReferencePoint.Of(objectives, history);
        var maximum = new double[beliefs.PoolSize];
        var sum = new double[beliefs.PoolSize];
        for (int axis = 0; axis < objectives.Length; axis++)
        {
            ObjectiveBelief belief = beliefs.Objectives[axis];
            double[] values = belief.Prediction is { } prediction
                ? [.. prediction.Sample(random).Select(value => ObjectiveBelief.FromLog(objectives[axis], value))]
                : belief.Values;
            double range = Math.Max(worst[axis] - ideal[axis], 1e-12);
            for (int index = 0; index < beliefs.PoolSize; index++)
            {
                double term = weights[axis] * (values[index] - ideal[axis]) / range;
                maximum[index] = axis == 0 ? term : Math.Max(maximum[index], term);
                sum[index] += term;
            }
        }

        return [.. maximum.Zip(sum, (m, s) => m + (Augmentation * s))];
    }
}

/// <summary>The corner beyond which nobody cares.</summary>
internal static class ReferencePoint
{
    /// <summary>Per objective the limit, else twice the target, else the worst completed value; always a little beyond the best.</summary>
    public static double[] Of(ImmutableArray<Objective> objectives, TrialHistory history) =>
    [
        .. objectives.Select(objective =>
        {
            double[] values = [.. history.Completed.Select(trial => objective.Of(trial.Score!)).Order()];
            double corner = objective.Limit ?? (objective.Target is { } target ? Math.Max(5 * target, values[values.Length / 4]) : values[values.Length * 3 / 4]);
            return Math.Max(corner, values[0] * 1.01);
        }),
    ];
}
