using System.Collections.Immutable;
using System.Text;

namespace SparseNas.Training.Data.Catalog;

/// <summary>
/// The checksums of files that came out of a verified archive, kept beside them: their givers publish a checksum of the archive only. The
/// first line names the archive, so that a record of another archive counts for nothing.
/// </summary>
internal static class UnpackRecord
{
    /// <summary>What a file with a recorded checksum is.</summary>
    public const string What = "original, as unpacked from the verified archive";

    private const string FileName = "unpacked.sha256";

    /// <summary>Path below the data folder and SHA-256 of each recorded file; empty without a record of this archive.</summary>
    public static ImmutableDictionary<string, string> Read(DatasetFacts facts, string dataFolder)
    {
        string path = PathOf(facts, dataFolder);
        if (facts.Archive is not { } archive || !File.Exists(path)) return ImmutableDictionary<string, string>.Empty;
        string[] lines = File.ReadAllLines(path);
        if (lines.Length == 0 || lines[0] != Title(archive)) return ImmutableDictionary<string, string>.Empty;
        return lines.Skip(1).Select(line => line.Split("  ", 2)).Where(parts => parts.Length == 2).DistinctBy(parts => parts[1])
            .ToImmutableDictionary(parts => parts[1], parts => parts[0]);
    }

    /// <summary>Writes the record.</summary>
    public static void Write(DatasetFacts facts, string dataFolder, IEnumerable<(string Path, string Sha256)> files)
    {
        var text = new StringBuilder(Title(facts.Archive!)).Append('\n');
        foreach ((string path, string sha256) in files) text.Append(sha256).Append("  ").Append(path).Append('\n');
        File.WriteAllText(PathOf(facts, dataFolder), text.ToString());
    }

    private static string Title(KnownArchive archive) => $"# unpacked from {archive.Url} with SHA-256 {archive.Sha256}";

    private static string PathOf(DatasetFacts facts, string dataFolder) => Path.Combine(dataFolder, facts.Name, FileName);
}
