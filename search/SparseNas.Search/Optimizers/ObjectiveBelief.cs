using System.Collections.Immutable;

namespace SparseNas.Search;

/// <summary>What is believed of one objective over the pool, then over the pending candidates.</summary>
/// <param name="Objective">The objective.</param>
/// <param name="Values">Known, or expected by the median.</param>
/// <param name="Prediction">The belief about its logarithm; null when <paramref name="Values"/> are exact.</param>
internal sealed record ObjectiveBelief(Objective Objective, double[] Values, Prediction? Prediction)
{
    /// <summary>Surrogates see logarithms: errors and cycles vary by ratios, and a half-way guess of an error may not be negative.</summary>
    public static double ToLog(Objective objective, double value) => Math.Log(value + Offset(objective));

    public static double FromLog(Objective objective, double value) => Math.Max(0, Math.Exp(value) - Offset(objective));

    /// <summary>What keeps the logarithm finite and small errors from dominating.</summary>
    public static double Offset(Objective objective) => objective.Kind == ObjectiveKind.ValidationError ? 0.001 : 1;
}

/// <summary>Beliefs of all objectives.</summary>
/// <param name="Objectives">In the study's order.</param>
/// <param name="PoolSize">How many of the values belong to the pool; pending candidates follow.</param>
internal sealed record ObjectiveBeliefs(ImmutableArray<ObjectiveBelief> Objectives, int PoolSize)
{
    /// <summary>The point that is expected of each pending candidate.</summary>
    public IEnumerable<double[]> Expected(int pending) =>
        Enumerable.Range(PoolSize, pending).Select(index => Objectives.Select(belief => belief.Values[index]).ToArray());
}
