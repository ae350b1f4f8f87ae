using System.Collections.Immutable;
using SparseNas.Quantization;
using SparseNas.Quantization.Storage;

namespace SparseNas.Search;

/// <summary>What a study's folder holds at one moment.</summary>
/// <param name="Folder">Where it lies.</param>
/// <param name="Study">The study.</param>
/// <param name="Trials">Finished trials by number.</param>
public sealed record StudyRecord(string Folder, Study Study, ImmutableArray<Trial> Trials)
{
    /// <summary>The front of the finished trials.</summary>
    public ParetoFront Front => ParetoFront.Of(Trials, Study.Objectives);

    /// <summary>The record under the study's present limits.</summary>
    internal StudyRecord Judged() => this with { Trials = [.. Trials.Select(trial => Limits.Judged(trial, Study))] };

    /// <summary>Whether short trainings ranked candidates as long ones did: one check for each step of epochs.</summary>
    public IEnumerable<RungCheck> RungChecks => RungCheck.Of(Trials);

    /// <summary>Completed trainings of a trial's choices from seeds that nobody chose by their result; empty where there are none.</summary>
    public ImmutableArray<Trial> SeedsOf(Trial trial) =>
        [.. Trials.Where(other => other.IsCompleted && other.Candidate.Repeats is { } original && original == (trial.Candidate.Repeats ?? trial.Number))];

    /// <summary>The integer network of a trial.</summary>
    /// <exception cref="StudyStoreException">The trial does not exist or was never scored.</exception>
    public QuantizedNetwork LoadQuantized(int trial)
    {
        string path = StudyStore.NetworkPath(Folder, trial);
        if (!Trials.Any(other => other.Number == trial)) throw new StudyStoreException(Folder, $"no trial {trial} has finished; {Trials.Length} have");
        if (!File.Exists(path)) throw new StudyStoreException(path, $"trial {trial} left no network; its status is {Trials.First(other => other.Number == trial).Status}");
        return QuantizedNetworkFile.Load(path);
    }
}
