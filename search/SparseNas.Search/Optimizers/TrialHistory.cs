using System.Collections.Immutable;

namespace SparseNas.Search;

/// <summary>
/// What a proposal may know: trials 1 .. n − lag, all finished, in number order. The same number always sees the same history, whatever runs beside it.
/// </summary>
/// <param name="Trials">Trials by number, without gaps.</param>
/// <param name="Pending">Candidates of the trials between them and the proposal, whose results are not known yet.</param>
public sealed record TrialHistory(ImmutableArray<Trial> Trials, ImmutableArray<Candidate> Pending)
{
    /// <summary>Nothing known.</summary>
    public static TrialHistory Empty { get; } = new([], []);

    /// <summary>Completed trials, by number.</summary>
    public ImmutableArray<Trial> Completed { get; } = [.. Trials.Where(trial => trial.IsCompleted)];

    /// <summary>Number of the trial that is proposed next.</summary>
    public int NextNumber => Trials.Length + Pending.Length + 1;

    /// <summary>Trials with a score, by number: the completed and those that broke a limit after training.</summary>
    public ImmutableArray<Trial> Scored { get; } = [.. Trials.Where(trial => trial.Score is not null)];

    /// <summary>The trial with a number that is known.</summary>
    public Trial this[int number] => Trials[number - 1];

    /// <summary>Epochs of the whole training data that a candidate's weights have seen when it is trained: its own and those of its ancestors, at least 1.</summary>
    public int EpochsOfLineage(Candidate candidate)
    {
        double epochs = EpochsOf(candidate);
        for (int? parent = candidate.Parent; parent is not null && parent <= Trials.Length; parent = this[parent.Value].Candidate.Parent)
        {
            epochs += EpochsOf(this[parent.Value].Candidate);
        }

        return Math.Max(1, (int)Math.Round(epochs));
    }

    private static double EpochsOf(Candidate candidate) => candidate.Training.Epochs * candidate.DataShare;
}
