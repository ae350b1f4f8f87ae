using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace SparseNas.Codegen.Compilation;

/// <summary>
/// Compiles device C# in process against the <see cref="DeviceFacade"/>. The IL equals, instruction for instruction, what
/// <c>csc -noconfig -nostdlib+ -optimize+ -debug- -langversion:7.3 -deterministic+ -r:mscorlib.dll</c> makes, which a test checks with the SDK's own csc.
/// <code>
/// CompiledFirmware firmware = FirmwareCompiler.Compile([new SourceFile("Program.cs", text)], "app", FirmwareOutput.Executable);
/// </code>
/// </summary>
public static class FirmwareCompiler
{
    /// <summary>Newer language versions make the compiler inject attributes that take room on the device.</summary>
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp7_3, DocumentationMode.None);

    /// <summary>
    /// Unknown type, namespace, name or member (CS0234, CS0246, CS0103, CS0117, CS1061, CS0400), an overload the type does not have
    /// (CS1501, CS1503), and library members the language itself needs (CS0518, CS0656).
    /// </summary>
    private static readonly HashSet<string> UnknownNameCodes =
        ["CS0234", "CS0246", "CS0103", "CS0117", "CS1061", "CS0400", "CS1501", "CS1503", "CS0518", "CS0656"];

    /// <summary>Compiles sources, in the given order, into one assembly.</summary>
    /// <param name="sources">C# 7.3; the order decides the order of types in the metadata and so the order of static constructors.</param>
    /// <param name="assemblyName">The simple name of the assembly.</param>
    /// <param name="output">A program or a library.</param>
    /// <param name="references">Other firmware assemblies that the sources use, beside the device's own libraries.</param>
    /// <param name="resources">Resource files that the assembly carries.</param>
    /// <param name="device">The device's libraries; those of the stable line unless said otherwise.</param>
    /// <returns>The assembly.</returns>
    /// <exception cref="FirmwareCompilationException">The sources have errors; all of them are listed.</exception>
    public static CompiledFirmware Compile(
        IReadOnlyList<SourceFile> sources,
        string assemblyName,
        FirmwareOutput output,
        IReadOnlyList<CompiledFirmware>? references = null,
        IReadOnlyList<ResourceFile>? resources = null,
        IReadOnlyList<DeviceAssembly>? device = null)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            assemblyName,
            sources.Select(source => CSharpSyntaxTree.ParseText(source.Text, ParseOptions, source.Path, Encoding.UTF8)),
            ReferencesOf(device ?? DeviceFacade.Assemblies, references ?? []),
            OptionsFor(output));

        using MemoryStream image = new(), symbols = new();
        EmitResult result = compilation.Emit(
            image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb), manifestResources: (resources ?? []).Select(file => new ResourceDescription(file.ManifestName, file.ToStream, isPublic: true)));
        if (!result.Success) throw new FirmwareCompilationException(assemblyName, ErrorsIn(result));

        return Describe(assemblyName, image.ToArray(), symbols.ToArray());
    }

    private static IEnumerable<MetadataReference> ReferencesOf(IReadOnlyList<DeviceAssembly> device, IEnumerable<CompiledFirmware> others) =>
        device.Select(library => library.Reference)
            .Concat(others.Select(other => (MetadataReference)MetadataReference.CreateFromImage(other.Image)));

    private static CSharpCompilationOptions OptionsFor(FirmwareOutput output)
    {
        OutputKind kind = output switch
        {
            FirmwareOutput.Executable => OutputKind.ConsoleApplication,
            FirmwareOutput.Library => OutputKind.DynamicallyLinkedLibrary,
            _ => throw new ArgumentOutOfRangeException(nameof(output), output, "A firmware assembly is an executable or a library."),
        };
        return new CSharpCompilationOptions(
            kind,
            optimizationLevel: OptimizationLevel.Release,
            checkOverflow: false,
            deterministic: true,
            assemblyIdentityComparer: DesktopAssemblyIdentityComparer.Default);
    }

    private static FirmwareDiagnostic[] ErrorsIn(EmitResult result) =>
        result.Diagnostics
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .OrderBy(diagnostic => diagnostic.Location.SourceTree?.FilePath, StringComparer.Ordinal)
            .ThenBy(diagnostic => diagnostic.Location.SourceSpan.Start)
            .Select(ToFirmwareDiagnostic)
            .ToArray();

    private static FirmwareDiagnostic ToFirmwareDiagnostic(Diagnostic diagnostic)
    {
        string message = diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture);
        bool unknownName = UnknownNameCodes.Contains(diagnostic.Id);
        if (!diagnostic.Location.IsInSource) return new FirmwareDiagnostic("", 0, 0, diagnostic.Id, message, unknownName);

        FileLinePositionSpan place = diagnostic.Location.GetLineSpan();
        return new FirmwareDiagnostic(
            place.Path,
            place.StartLinePosition.Line + 1,
            place.StartLinePosition.Character + 1,
            diagnostic.Id,
            message,
            unknownName);
    }

    private static CompiledFirmware Describe(string assemblyName, byte[] image, byte[] symbols)
    {
        using var reader = new PEReader(new MemoryStream(image, writable: false));
        MetadataReader metadata = reader.GetMetadataReader();
        string[] references = metadata.AssemblyReferences
            .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))
            .ToArray();
        int ilBytes = metadata.MethodDefinitions
            .Select(handle => metadata.GetMethodDefinition(handle).RelativeVirtualAddress)
            .Where(address => address != 0)
            .Sum(address => reader.GetMethodBody(address).GetILReader().Length);
        return new CompiledFirmware(assemblyName, image, references, ilBytes) { Symbols = symbols };
    }
}
