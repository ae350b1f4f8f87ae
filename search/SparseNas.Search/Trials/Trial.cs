using System.Text.Json.Serialization;

namespace SparseNas.Search;

/// <summary>How a trial ended.</summary>
public enum TrialStatus
{
    /// <summary>Trained, quantised and scored, within every limit.</summary>
    Completed,

    /// <summary>Something went wrong: the loss was not finite, or an error; the reason says what.</summary>
    Failed,

    /// <summary>Training was given up as hopeless.</summary>
    StoppedEarly,

    /// <summary>A hard limit is broken: before training by a lower bound (then there is no score), or after it by the exact figure.</summary>
    Infeasible,
}

/// <summary>One finished trial. Two runs of a study give equal trials, except for the time they took.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Candidate">What was tried.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Reason">Why it is not completed; null when it is.</param>
/// <param name="Score">What was measured; null when nothing could be.</param>
/// <param name="Seconds">Time on one core, for people and forecasts; nothing depends on it.</param>
public sealed record Trial(int Number, Candidate Candidate, TrialStatus Status, string? Reason, Score? Score, double Seconds)
{
    /// <summary>Validation error in floating point after half of the epochs, against which learning curves are compared; null where it was not measured.</summary>
    public double? HalfwayError { get; init; }

    /// <summary>Whether it may be on the front.</summary>
    [JsonIgnore]
    public bool IsCompleted => Status == TrialStatus.Completed;
}
