using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace SparseNas.Codegen.Compilation;

/// <summary>
/// The device's libraries as reference assemblies: the declarations in <c>firmware/SparseNas.DeviceFacade</c>, which travel inside
/// this assembly as resources, compiled once per process.
/// </summary>
public static class DeviceFacade
{
    /// <summary>Resource names are <c>DeviceFacade/&lt;assembly&gt;/&lt;path&gt;.cs</c>.</summary>
    private const string ResourcePrefix = "DeviceFacade/";

    private const string CoreLibraryName = "mscorlib";

    /// <summary>What the core library of the 2.x preview has more than that of 1.x.</summary>
    private const string PreviewAdditions = "preview";

    private static readonly Lazy<DeviceAssembly> LazyDeclared = new(() => CoreLibrary([]));

    private static readonly Lazy<ImmutableArray<DeviceAssembly>> LazyAssemblies =
        new(() => WithOthers(RestoredCoreLibrary.TryRead(RestoredCoreLibrary.PackagesFolder) ?? DeclaredCoreLibrary));

    private static readonly Lazy<ImmutableArray<DeviceAssembly>> LazyPreview = new(() => WithOthers(CoreLibrary([PreviewAdditions])));

    /// <summary>The core library as the facade declares it.</summary>
    public static DeviceAssembly DeclaredCoreLibrary => LazyDeclared.Value;

    /// <summary>The device's core library first, the real one where it is restored, then the others by name.</summary>
    public static ImmutableArray<DeviceAssembly> Assemblies => LazyAssemblies.Value;

    /// <summary>The same for the 2.x preview: the surface of 1.x and, of what the preview adds, what generated code uses.</summary>
    public static ImmutableArray<DeviceAssembly> PreviewAssemblies => LazyPreview.Value;

    private static DeviceAssembly CoreLibrary(string[] additions)
    {
        ILookup<string, SourceFile> sources = SourcesByAssembly();
        return Compile(CoreLibraryName, sources[CoreLibraryName].Concat(additions.SelectMany(addition => sources[addition])), []);
    }

    private static ImmutableArray<DeviceAssembly> WithOthers(DeviceAssembly core)
    {
        IEnumerable<DeviceAssembly> others = SourcesByAssembly()
            .Where(group => group.Key is not (CoreLibraryName or PreviewAdditions))
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => Compile(group.Key, group, [core.Reference]));
        return [core, .. others];
    }

    private static ILookup<string, SourceFile> SourcesByAssembly() => ReadSources().ToLookup(source => source.Path.Split('/')[0]);

    private static IEnumerable<SourceFile> ReadSources()
    {
        Assembly carrier = typeof(DeviceFacade).Assembly;
        IEnumerable<string> names = carrier.GetManifestResourceNames()
            .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        foreach (string name in names)
        {
            using var reader = new StreamReader(carrier.GetManifestResourceStream(name)!);
            yield return new SourceFile(name[ResourcePrefix.Length..].Replace('\\', '/'), reader.ReadToEnd());
        }
    }

    private static DeviceAssembly Compile(string name, IEnumerable<SourceFile> sources, IEnumerable<MetadataReference> references)
    {
        var parseOptions = new CSharpParseOptions(LanguageVersion.Latest, DocumentationMode.None);
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, deterministic: true, allowUnsafe: true);
        CSharpCompilation compilation = CSharpCompilation.Create(
            name,
            sources.Select(source => CSharpSyntaxTree.ParseText(source.Text, parseOptions, source.Path)),
            references,
            options);

        // Bodies do not exist: every member is extern. Metadata alone is what a reference needs.
        var emitOptions = new EmitOptions(metadataOnly: true, runtimeMetadataVersion: "v4.0.30319");
        using var image = new MemoryStream();
        EmitResult result = compilation.Emit(image, options: emitOptions);
        if (!result.Success)
        {
            IEnumerable<Diagnostic> errors = result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error);
            throw new InvalidOperationException($"The device facade '{name}' does not compile:\n" + string.Join('\n', errors));
        }

        return new DeviceAssembly(name, [.. image.ToArray()]);
    }
}
