using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace SparseNas.Pipeline.Tests;

/// <summary>The table in <c>docs/architecture.md</c> is the law: a project may reference only what its row allows.</summary>
public partial class DependencyTests
{
    private static readonly string[] SourceFolders = ["search", "pruning", "codegen", "firmware", "simulator"];

    [Fact]
    public void EveryReferenceBetweenProjectsIsAnArrowOfThePicture()
    {
        Dictionary<string, HashSet<string>> allowed = AllowedReferences();
        List<string> breaks = [];
        foreach ((string project, string file) in Projects())
        {
            if (!allowed.TryGetValue(project, out HashSet<string>? targets))
            {
                breaks.Add($"{project} has no row in docs/architecture.md");
                continue;
            }

            breaks.AddRange(References(file).Where(target => !targets.Contains(target)).Select(target => $"{project} -> {target}"));
        }

        Assert.True(breaks.Count == 0, $"docs/architecture.md does not allow: {string.Join("; ", breaks)}");
    }

    [Fact]
    public void EveryProjectOfThePictureExists()
    {
        string[] existing = [.. Projects().Select(project => project.Name)];
        Assert.All(AllowedReferences().Keys, name => Assert.Contains(name, existing));
        Assert.True(existing.Length >= 9, $"only {existing.Length} projects were found");
    }

    /// <summary>Rows whose first cell names a project: <c>| `search/SparseNas.Networks` | … | nothing |</c>.</summary>
    private static Dictionary<string, HashSet<string>> AllowedReferences()
    {
        string[] lines = File.ReadAllLines(Path.Combine(SharedFiles.RepositoryRoot, "docs", "architecture.md"));
        string[][] rows = [.. lines.Select(line => line.Split('|')).Where(cells => cells.Length >= 5 && ProjectCell().IsMatch(cells[1]))
            .Select(cells => new[] { ProjectCell().Match(cells[1]).Groups[1].Value, cells[^2] })];
        string[] names = [.. rows.Select(row => row[0])];
        return rows.ToDictionary(row => row[0], row => Allowed(row[1], names));
    }

    /// <summary>"everything", "nothing", or short project names; what follows a colon explains.</summary>
    private static HashSet<string> Allowed(string cell, string[] names)
    {
        string list = cell.Split(':')[0];
        return list.Trim() == "everything"
            ? [.. names]
            : [.. names.Where(name => Regex.IsMatch(list, $@"\b{Regex.Escape(name.Replace("SparseNas.", "", StringComparison.Ordinal))}\b"))];
    }

    private static IEnumerable<(string Name, string File)> Projects() =>
        SourceFolders.Select(folder => Path.Combine(SharedFiles.RepositoryRoot, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "SparseNas.*.csproj", SearchOption.AllDirectories))
            .Select(file => (Path.GetFileNameWithoutExtension(file), file));

    private static IEnumerable<string> References(string file) =>
        XDocument.Load(file).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

    [GeneratedRegex(@"`(?:search|pruning|codegen|simulator)/(SparseNas\.[\w.]+)`")]
    private static partial Regex ProjectCell();
}
