using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>
/// One number from many objectives: max over i of min(fᵢ / boundᵢ, 10) / λᵢ with λ uniform on the simplex, drawn anew for each choice (µNAS, Liberis et al.
/// 2021). An objective's bound is its target, else its limit, else the median of the trials.
/// </summary>
internal sealed class RandomScalarization
{
    private const double Ceiling = 10;
    private readonly ImmutableArray<Objective> objectives;
    private readonly double[] bounds, weights;

    private RandomScalarization(ImmutableArray<Objective> objectives, double[] bounds, double[] weights)
    {
        this.objectives = objectives;
        this.bounds = bounds;
        this.weights = weights;
    }

    /// <summary>A scalarisation with random weights.</summary>
    public static RandomScalarization Draw(ImmutableArray<Objective> objectives, ImmutableArray<Trial> trials, SeededRandom random)
    {
        double[] exponentials = [.. objectives.Select(_ => -Math.Log(1 - random.NextDouble()) + 1e-9)];
        double sum = exponentials.Sum();
        return new RandomScalarization(
            objectives, [.. objectives.Select(objective => objective.Target ?? objective.Limit ?? Median(objective, trials))], [.. exponentials.Select(value => value / sum)]);
    }

    /// <summary>The cost of a scored trial; smaller is fitter.</summary>
    public double CostOf(Trial trial)
    {
        double worst = 0;
        for (int index = 0; index < objectives.Length; index++)
        {
            double share = objectives[index].Of(trial.Score!) / bounds[index];
            worst = Math.Max(worst, Math.Min(share, Ceiling) / weights[index]);
        }

        return worst;
    }

    private static double Median(Objective objective, ImmutableArray<Trial> trials)
    {
        double[] values = [.. trials.Select(trial => objective.Of(trial.Score!)).Order()];
        return Math.Max(values[values.Length / 2], 1e-9);
    }
}
