using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SparseNas.Codegen.Firmware;

/// <summary>
/// Writes a firmware project as a folder, whole or not at all: everything is written beside the target first and then moved into place.
/// An earlier project is replaced; a folder with anything else in it, or with files someone edited, is left alone.
/// </summary>
public static class FirmwareProjectWriter
{
    /// <summary>Names the board and lists every written file with its SHA-256, so that a later run knows what it may replace.</summary>
    public const string ManifestName = "sparsenas.json";

    private static readonly JsonSerializerOptions ManifestJson = new() { WriteIndented = true, NewLine = "\n" };

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Folders that building leaves in a project.</summary>
    private static readonly HashSet<string> BuildFolders = ["bin", "obj", "packages", ".vs"];

    /// <summary>Writes a project.</summary>
    /// <param name="project">The project; it is compiled on the way.</param>
    /// <param name="folder">The target; made when it does not exist.</param>
    /// <exception cref="IOException">The folder holds files that are not ours, or the disk refuses; nothing of the target has changed.</exception>
    public static void Write(FirmwareProject project, string folder) => Write(project.Files(), folder, project.Board.Target);

    /// <summary>Writes a project's files.</summary>
    /// <param name="files">From <see cref="FirmwareProject.Files"/>.</param>
    /// <param name="folder">The target; made when it does not exist.</param>
    /// <param name="board">Name of the board they are for; empty when none is known.</param>
    /// <exception cref="IOException">The folder holds files that are not ours, or the disk refuses; nothing of the target has changed.</exception>
    public static void Write(ImmutableArray<ProjectFile> files, string folder, string board = "")
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        RefuseForeignFiles(target);

        string parent = Path.GetDirectoryName(target) ?? throw new IOException($"'{target}' is the root of a disk, not a project folder.");
        Directory.CreateDirectory(parent);
        string staging = Unused(target + ".partial");
        try
        {
            foreach (ProjectFile file in files.Append(Manifest(files, board)))
            {
                string path = Path.Combine(staging, file.Path.Replace('/', Path.DirectorySeparatorChar));
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, file.Text, Utf8);
            }

            Replace(target, staging);
        }
        finally
        {
            if (Directory.Exists(staging)) Directory.Delete(staging, recursive: true);
        }
    }

    private static void Replace(string target, string staging)
    {
        if (!Directory.Exists(target))
        {
            Directory.Move(staging, target);
            return;
        }

        string old = Unused(target + ".old");
        Directory.Move(target, old);
        try
        {
            Directory.Move(staging, target);
        }
        catch
        {
            Directory.Move(old, target);
            throw;
        }

        Directory.Delete(old, recursive: true);
    }

    private static string Unused(string wish)
    {
        string name = wish;
        for (int attempt = 2; Path.Exists(name); attempt++) name = $"{wish}{attempt}";
        return name;
    }

    private static void RefuseForeignFiles(string target)
    {
        if (File.Exists(target)) throw new IOException($"'{target}' is a file; a firmware project needs a folder.");
        if (!Directory.Exists(target) || !Directory.EnumerateFileSystemEntries(target).Any()) return;

        IReadOnlyDictionary<string, string> written = ReadManifest(target)?.Files ?? ImmutableDictionary<string, string>.Empty;
        string[] foreign = Directory.EnumerateFiles(target, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(target, path).Replace(Path.DirectorySeparatorChar, '/'))
            .Where(path => path != ManifestName && !path.Split('/').Any(BuildFolders.Contains))
            .Where(path => !written.TryGetValue(path, out string? hash) || hash != Hash(File.ReadAllText(Path.Combine(target, path))))
            .Order(StringComparer.Ordinal)
            .ToArray();
        if (foreign.Length == 0) return;

        string some = string.Join(", ", foreign.Take(5).Select(path => $"'{path}'")) + (foreign.Length > 5 ? $" and {foreign.Length - 5} more" : "");
        throw new IOException(
            $"'{target}' holds files that this program did not write or that were edited since: {some}. Move them away or choose another folder.");
    }

    /// <summary>The board that the project in a folder is for; null when the folder does not say.</summary>
    /// <param name="folder">A folder that this class wrote.</param>
    public static string? BoardOf(string folder) => ReadManifest(folder)?.Board is { Length: > 0 } board ? board : null;

    private static ManifestContent? ReadManifest(string target)
    {
        string path = Path.Combine(target, ManifestName);
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize<ManifestContent>(File.ReadAllText(path), ManifestJson);
        }
        catch (JsonException)
        {
            // Not a list of ours: then no file is known to be ours either, and the caller refuses them all.
            return null;
        }
    }

    private static ProjectFile Manifest(ImmutableArray<ProjectFile> files, string board)
    {
        var hashes = new SortedDictionary<string, string>(files.ToDictionary(file => file.Path, file => Hash(file.Text)), StringComparer.Ordinal);
        return new ProjectFile(ManifestName, JsonSerializer.Serialize(new ManifestContent(1, board, hashes), ManifestJson) + "\n");
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Utf8.GetBytes(text)));

    private sealed record ManifestContent(int Format, string Board, IReadOnlyDictionary<string, string> Files);
}
