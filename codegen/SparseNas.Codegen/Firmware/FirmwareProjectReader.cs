using System.Collections.Immutable;
using System.Xml;
using System.Xml.Linq;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Firmware.Files;

namespace SparseNas.Codegen.Firmware;

/// <summary>
/// Reads the assemblies of a firmware folder back from its project files, so that whatever a user changed in the sources is what gets
/// compiled and simulated.
/// </summary>
public static class FirmwareProjectReader
{
    /// <summary>Reads every project below a folder.</summary>
    /// <param name="folder">A folder that <see cref="FirmwareProjectWriter"/> wrote, or one like it.</param>
    /// <returns>Assemblies in build order; the application is last.</returns>
    /// <exception cref="IOException">There is no project, not exactly one application, or a named source is missing.</exception>
    public static ImmutableArray<FirmwareAssembly> Read(string folder)
    {
        string[] projects = Directory.EnumerateDirectories(folder).Prepend(folder)
            .SelectMany(place => Directory.EnumerateFiles(place))
            .Where(path => Path.GetExtension(path) is ".nfproj" or ".csproj")
            .Order(StringComparer.Ordinal)
            .ToArray();
        FirmwareAssembly[] assemblies = projects.Select(ReadProject).ToArray();
        int applications = assemblies.Count(assembly => assembly.Output == FirmwareOutput.Executable);
        if (applications != 1)
        {
            throw new IOException(
                $"'{folder}' holds {projects.Length} nanoFramework projects, {applications} of them applications; exactly one application is needed.");
        }

        return InBuildOrder(assemblies);
    }

    private static FirmwareAssembly ReadProject(string path)
    {
        XElement root;
        try
        {
            root = XDocument.Load(path).Root!;
        }
        catch (XmlException error)
        {
            throw new IOException($"'{path}' is not a project file: {error.Message}", error);
        }

        string folder = Path.GetDirectoryName(path)!;
        string Property(string name, string preset) => root.Descendants().FirstOrDefault(e => e.Name.LocalName == name)?.Value ?? preset;
        IEnumerable<string> Items(string kind) =>
            root.Descendants().Where(e => e.Name.LocalName == kind).Select(e => (e.Attribute("Include")?.Value ?? "").Replace('\\', '/'));

        // SDK-style projects name no files: all of the folder belong to them, in the order of their names.
        IEnumerable<string> sources = Path.GetExtension(path) == ".nfproj"
            ? Items("Compile")
            : Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/'))
                .Where(file => !file.StartsWith("bin/", StringComparison.Ordinal) && !file.StartsWith("obj/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal);
        return new FirmwareAssembly(
            FirmwareName.From(Property("AssemblyName", Path.GetFileNameWithoutExtension(path))),
            Property("OutputType", "Library") == "Exe" ? FirmwareOutput.Executable : FirmwareOutput.Library,
            [.. sources.Select(source => new SourceFile(source, File.ReadAllText(Path.Combine(folder, source))))],
            [.. Items("ProjectReference").Select(used => FirmwareName.From(Path.GetFileNameWithoutExtension(used)))])
        {
            Resources =
            [
                .. Items("EmbeddedResource").Where(item => item.EndsWith(".resx", StringComparison.OrdinalIgnoreCase))
                    .Select(item => ResxFile.Read(item, Property("RootNamespace", ""), File.ReadAllText(Path.Combine(folder, item)))),
            ],
        };
    }

    private static ImmutableArray<FirmwareAssembly> InBuildOrder(IReadOnlyList<FirmwareAssembly> assemblies)
    {
        var ordered = ImmutableArray.CreateBuilder<FirmwareAssembly>();
        var waiting = new HashSet<FirmwareName>();
        void Visit(FirmwareAssembly assembly)
        {
            if (ordered.Contains(assembly)) return;
            if (!waiting.Add(assembly.Name)) throw new IOException($"The projects refer to each other in a circle through '{assembly.Name}'.");
            foreach (FirmwareName used in assembly.Uses)
            {
                Visit(assemblies.FirstOrDefault(other => other.Name == used)
                    ?? throw new IOException($"Project '{assembly.Name}' uses '{used}', which is not in the folder."));
            }

            ordered.Add(assembly);
        }

        foreach (FirmwareAssembly assembly in assemblies.OrderBy(assembly => assembly.Output == FirmwareOutput.Executable)) Visit(assembly);
        return ordered.ToImmutable();
    }
}
