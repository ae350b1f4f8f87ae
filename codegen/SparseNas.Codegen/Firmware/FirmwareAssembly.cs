using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Firmware.Files;

namespace SparseNas.Codegen.Firmware;

/// <summary>One assembly of a firmware project: its sources and which of the project's other assemblies they use.</summary>
/// <param name="Name">Assembly name, folder and project file name.</param>
/// <param name="Output">The application, or a library that holds part of the model.</param>
/// <param name="Sources">All of them, in compile order; paths relative to the assembly's folder, <c>/</c> between parts.</param>
/// <param name="Uses">Names of other assemblies of the same project.</param>
public sealed record FirmwareAssembly(
    FirmwareName Name, FirmwareOutput Output, IReadOnlyList<SourceFile> Sources, IReadOnlyList<FirmwareName> Uses)
{
    /// <summary>Resource files that the assembly carries.</summary>
    public IReadOnlyList<ResourceFile> Resources { get; init; } = [];

    /// <summary>A new assembly: the sources and, last, <c>Properties/AssemblyInfo.cs</c>.</summary>
    /// <param name="name">Assembly name.</param>
    /// <param name="output">Application or library.</param>
    /// <param name="sources">Sources in compile order.</param>
    /// <param name="uses">Names of other assemblies of the same project.</param>
    public static FirmwareAssembly Create(
        FirmwareName name, FirmwareOutput output, IEnumerable<SourceFile> sources, params IReadOnlyList<FirmwareName> uses) =>
        new(name, output, [.. sources, AssemblyInfoFile.For(name)], uses);
}
