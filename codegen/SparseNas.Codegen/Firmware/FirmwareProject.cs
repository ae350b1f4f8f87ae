using System.Collections.Immutable;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Firmware.Files;

namespace SparseNas.Codegen.Firmware;

/// <summary>
/// Everything that becomes a folder: assemblies in build order (an assembly comes after those it uses, the application is last), the board
/// they are for and the words for people.
/// <code>
/// FirmwareProject project = ModelApplication.Project(…);
/// FirmwareProjectWriter.Write(project.Files(), "out/mnist");
/// </code>
/// </summary>
/// <param name="Name">Name of the solution and the application.</param>
/// <param name="Assemblies">In build order.</param>
/// <param name="Board">The board that the README's commands are for.</param>
/// <param name="Sdk">Which project system the folder is for.</param>
/// <param name="Summary">What the model is, as lines of Markdown; text from users escaped with <see cref="Markdown.Escape"/>.</param>
public sealed record FirmwareProject(
    FirmwareName Name, ImmutableArray<FirmwareAssembly> Assemblies, BoardDeployment Board, FirmwareSdk Sdk, ImmutableArray<string> Summary)
{
    /// <summary>
    /// The files of the folder, in a stable order, ready to write. Compiles the sources first, so that what is written compiles and
    /// names exactly the packages it uses.
    /// </summary>
    /// <exception cref="FirmwareCompilationException">An assembly does not compile.</exception>
    /// <exception cref="BoardApiException">The sources use a library that the board's firmware does not contain.</exception>
    public ImmutableArray<ProjectFile> Files()
    {
        IReadOnlyList<CompiledFirmware> compiled = FirmwareBuild.Compile(Assemblies, Sdk);
        var files = new List<ProjectFile> { ReadmeFile.For(this), SolutionFile.For(this) };
        foreach ((FirmwareAssembly assembly, CompiledFirmware image) in Assemblies.Zip(compiled))
        {
            IReadOnlyList<DevicePackage> packages = DevicePackage.For(image.References.Where(name => Assemblies.All(a => a.Name.Value != name)));
            BoardApiException.ThrowIfLacking(Board, packages);
            files.AddRange(Sdk switch
            {
                FirmwareSdk.Stable => [NfProjectFile.For(assembly, packages), PackagesConfigFile.For(assembly, packages)],
                FirmwareSdk.Preview => [SdkProjectFile.For(assembly, packages)],
                _ => throw new InvalidOperationException($"Unknown project system '{Sdk}'."),
            });
            files.AddRange(assembly.Resources.Select(resource => ResxFile.For(assembly, resource)));
            files.AddRange(assembly.Sources.Select(source => new ProjectFile($"{assembly.Name}/{source.Path}", source.Text)));
        }

        return [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)];
    }
}

/// <summary>One text file of a project folder.</summary>
/// <param name="Path">Relative to the folder, <c>/</c> between parts.</param>
/// <param name="Text">UTF-8 without byte order mark, LF.</param>
public sealed record ProjectFile(string Path, string Text);
