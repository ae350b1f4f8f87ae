using System.Collections.Immutable;
using System.Globalization;

namespace SparseNas.Search;

/// <summary>Judges a measured trial by the hard limits and by common sense: figures that are not finite never reach the front.</summary>
internal static class Limits
{
    public static (TrialStatus Status, string? Reason) Judge(Evaluation evaluation, ImmutableArray<Objective> objectives)
    {
        if (evaluation.Status != TrialStatus.Completed) return (evaluation.Status, evaluation.Reason ?? "no reason was given");
        if (evaluation.Score is not { } score) return (TrialStatus.Failed, "the trial ended without a score");
        foreach (Objective objective in objectives)
        {
            double value = objective.Of(score);
            if (!double.IsFinite(value)) return (TrialStatus.Failed, $"{objective.Name} was not measured");
            if (value > objective.Limit)
            {
                return (TrialStatus.Infeasible, string.Create(CultureInfo.InvariantCulture, $"{objective.Name}: {value}, but the limit is {objective.Limit}"));
            }
        }

        return (TrialStatus.Completed, null);
    }
}
