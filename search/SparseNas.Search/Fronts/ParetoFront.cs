using System.Collections.Immutable;

namespace SparseNas.Search;

/// <summary>Which member of a front to take.</summary>
public enum FrontPick
{
    /// <summary>Smallest validation error.</summary>
    Accuracy,

    /// <summary>Fewest parameter bytes.</summary>
    Size,

    /// <summary>Smallest working-memory peak.</summary>
    Memory,

    /// <summary>Fewest cycles, or multiply-accumulates where cycles were not measured.</summary>
    Latency,

    /// <summary>Nearest to the ideal point, counted in ratios: twice the error weighs as much as twice the bytes. Better than an objective's target counts for nothing.</summary>
    Knee,
}

/// <summary>
/// The completed trials that no other completed trial dominates: none is at least as good in every objective and better in one. Of trials with
/// equal objectives the earliest stays. Members come by ascending first objective, then number.
/// </summary>
public sealed class ParetoFront
{
    /// <summary>Below this share of the front's worst nothing is told apart, so that an error of 0 has a logarithm.</summary>
    private const double NegligibleShare = 1e-3;

    private ParetoFront(ImmutableArray<Objective> objectives, ImmutableArray<Trial> members)
    {
        Objectives = objectives;
        Members = members;
    }

    /// <summary>What is minimised.</summary>
    public ImmutableArray<Objective> Objectives { get; }

    /// <summary>The trials on the front.</summary>
    public ImmutableArray<Trial> Members { get; }

    /// <summary>The front of <paramref name="trials"/>.</summary>
    public static ParetoFront Of(IEnumerable<Trial> trials, ImmutableArray<Objective> objectives)
    {
        (Trial Trial, double[] Point)[] points =
            [.. trials.Where(trial => trial.IsCompleted).OrderBy(trial => trial.Number).Select(trial => (trial, PointOf(trial, objectives)))];
        IEnumerable<Trial> members = points
            .Where((candidate, index) => !points.Where((other, otherIndex) => otherIndex != index
                && (Dominance.Dominates(other.Point, candidate.Point) || (otherIndex < index && other.Point.AsSpan().SequenceEqual(candidate.Point)))).Any())
            .OrderBy(member => member.Point[0]).ThenBy(member => member.Trial.Number)
            .Select(member => member.Trial);
        return new ParetoFront(objectives, [.. members]);
    }

    /// <summary>The objective values of a trial that has a score.</summary>
    public static double[] PointOf(Trial trial, ImmutableArray<Objective> objectives) => [.. objectives.Select(objective => objective.Of(trial.Score!))];

    /// <summary>One member, or null when the front is empty; ties go to the smaller validation error, then to the earlier trial.</summary>
    public Trial? Pick(FrontPick pick) => Members.OrderBy(trial => Cost(trial, pick)).ThenBy(trial => trial.Score!.ValidationError).ThenBy(trial => trial.Number).FirstOrDefault();

    private double Cost(Trial trial, FrontPick pick) => pick switch
    {
        FrontPick.Accuracy => trial.Score!.ValidationError,
        FrontPick.Size => trial.Score!.ParameterBytes,
        FrontPick.Memory => trial.Score!.WorkingMemoryPeakBytes,
        FrontPick.Latency => trial.Score!.Cycles ?? trial.Score.Macs,
        FrontPick.Knee => DistanceFromIdeal(trial),
        _ => throw new InvalidOperationException($"Pick {pick} is not handled here."),
    };

    /// <summary>
    /// Squared distance in logarithms from what is ideal: the front's best, or the target where that is easier. Ranges would not do: one useless
    /// network at the end of a front would make all the others look equally accurate.
    /// </summary>
    private double DistanceFromIdeal(Trial trial)
    {
        double sum = 0;
        foreach (Objective objective in Objectives)
        {
            double best = Members.Min(member => objective.Of(member.Score!)), worst = Members.Max(member => objective.Of(member.Score!));
            double ideal = Math.Max(Math.Max(best, objective.Target ?? 0), worst * NegligibleShare);
            double ratio = ideal > 0 ? Math.Max(1, objective.Of(trial.Score!) / ideal) : 1;
            sum += Math.Log(ratio) * Math.Log(ratio);
        }

        return sum;
    }
}
