using System.Collections.Immutable;
using SparseNas.Training.Data.Formats;

namespace SparseNas.Training.Data.Catalog;

/// <summary>What is known about one file of a dataset after looking at it.</summary>
public enum FileState
{
    /// <summary>It has the checksum of the table, or of a download that was verified.</summary>
    Recognised,

    /// <summary>It is there, and its content is not in the table.</summary>
    Unknown,

    /// <summary>It is not there.</summary>
    Missing,
}

/// <summary>One file after the check.</summary>
/// <param name="Path">Below the data folder; without <c>.gz</c> where the plain file is used.</param>
/// <param name="State">Whether its content is known.</param>
/// <param name="What">What it is, for people.</param>
/// <param name="Sha256">Its checksum, or null when it is missing.</param>
public sealed record FileCheck(string Path, FileState State, string What, string? Sha256);

/// <summary>A dataset after the check.</summary>
/// <param name="Name">Name of the dataset.</param>
/// <param name="Files">Every file of the table.</param>
/// <param name="Problem">Why the files cannot be read as a dataset, or null when they can.</param>
/// <param name="Verdict">What the whole is, as a sentence.</param>
public sealed record DatasetCheck(string Name, ImmutableArray<FileCheck> Files, string? Problem, string Verdict)
{
    /// <summary>Whether training and test samples can be read.</summary>
    public bool IsReadable => Problem is null;
}

/// <summary>
/// Says what the files of a known dataset are: compares each with its known SHA-256 and reads all samples. It recognises rebuilt or
/// repacked files as what they are, so that nobody takes them for the originals.
/// </summary>
public static class DatasetChecker
{
    /// <summary>Looks at the files of one dataset.</summary>
    /// <param name="facts">The dataset.</param>
    /// <param name="dataFolder">An existing data folder.</param>
    public static DatasetCheck Check(DatasetFacts facts, string dataFolder)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ImmutableDictionary<string, string> unpacked = UnpackRecord.Read(facts.FileFacts, dataFolder);
        ImmutableArray<FileCheck> files = [.. facts.FileFacts.Files.Select(known => CheckFile(known, dataFolder, unpacked))];
        string? problem = ReadProblem(facts.Name, dataFolder);
        return new DatasetCheck(facts.Name, files, problem, Verdict(facts, files, problem));
    }

    private static FileCheck CheckFile(KnownFile known, string dataFolder, ImmutableDictionary<string, string> unpacked)
    {
        string stem = known.Path.EndsWith(".gz", StringComparison.Ordinal) ? known.Path[..^3] : known.Path;
        if (DataFiles.Find(dataFolder, stem) is not { } found) return new FileCheck(known.Path, FileState.Missing, "missing", null);
        string sha256 = FileHash.Sha256(found);
        string path = found.EndsWith(".gz", StringComparison.Ordinal) ? stem + ".gz" : stem;
        if (sha256 == known.Sha256) return new FileCheck(path, FileState.Recognised, known.What, sha256);
        return unpacked.GetValueOrDefault(path) == sha256
            ? new FileCheck(path, FileState.Recognised, UnpackRecord.What, sha256)
            : new FileCheck(path, FileState.Unknown, "content not known to this program", sha256);
    }

    private static string? ReadProblem(string name, string dataFolder)
    {
        try
        {
            _ = DatasetCatalog.Load(name, dataFolder).Test.Value;
            return null;
        }
        catch (DatasetException problem)
        {
            return problem.Message;
        }
    }

    private static string Verdict(DatasetFacts facts, ImmutableArray<FileCheck> files, string? problem)
    {
        string[] missing = [.. files.Where(file => file.State == FileState.Missing).Select(file => file.Path)];
        int unknown = files.Count(file => file.State == FileState.Unknown);
        int downloaded = files.Count(file => file.What == UnpackRecord.What);
        string what = (unknown, downloaded) switch
        {
            _ when files.IsEmpty => facts.WhenRecognised,
            (0, 0) when missing.Length < files.Length => facts.WhenRecognised,
            (0, _) when missing.Length < files.Length => $"{downloaded} files as in the archive of its public home",
            _ => $"{unknown} of {files.Length} files have a content that is not known",
        };
        string lack = missing.Length == 0 || downloaded > 0 ? "" : $"; missing: {string.Join(", ", missing)}";
        return $"{facts.Name}: {what}{lack}{(problem is null ? "; readable" : $"; NOT READABLE: {problem}")}";
    }
}
