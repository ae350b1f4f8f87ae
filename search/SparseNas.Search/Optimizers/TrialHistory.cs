using System.Collections.Immutable;

namespace SparseNas.Search;

/// <summary>
/// What a proposal may know: trials 1 .. n − lag, all finished, in number order. The same number always sees the same history, whatever runs beside it.
/// </summary>
/// <param name="Trials">Trials by number, without gaps.</param>
public sealed record TrialHistory(ImmutableArray<Trial> Trials)
{
    /// <summary>Nothing known.</summary>
    public static TrialHistory Empty { get; } = new([]);

    /// <summary>Completed trials, by number.</summary>
    public ImmutableArray<Trial> Completed { get; } = [.. Trials.Where(trial => trial.IsCompleted)];

    /// <summary>Trials with a score, by number: the completed and those that broke a limit after training.</summary>
    public ImmutableArray<Trial> Scored { get; } = [.. Trials.Where(trial => trial.Score is not null)];
}
