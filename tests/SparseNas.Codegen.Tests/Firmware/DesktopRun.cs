using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Firmware;

namespace SparseNas.Codegen.Tests.Firmware;

/// <summary>
/// Runs a device program natively: .NET's own mscorlib stands in for the device's, a few lines for the device's collector.
/// Captures the console, which is one per process, so runs are serialised.
/// </summary>
internal static class DesktopRun
{
    private const string RuntimeNative =
        "namespace nanoFramework.Runtime.Native { public static class GC { public static uint Run(bool compactHeap) => 54321; } }";

    private static readonly Lock ConsoleLock = new();

    private static readonly byte[] RuntimeNativeImage = CompileStandIn();

    /// <summary>The lines of an application, with probes of 1 ms instead of 100: a desktop's clock is fine enough.</summary>
    public static string[] Lines(IEnumerable<FirmwareAssembly> application)
    {
        const string Long = "LongEnoughTicks = 1000000";
        FirmwareAssembly[] quick = [.. application.Select(assembly => assembly with
        {
            Sources = [.. assembly.Sources.Select(source => source with { Text = source.Text.Replace(Long, "LongEnoughTicks = 10000") })],
        })];
        return Lines(FirmwareBuild.Compile(quick));
    }

    /// <summary>The lines that <c>Main</c> of the last image prints.</summary>
    public static string[] Lines(IReadOnlyList<CompiledFirmware> firmware)
    {
        var context = new AssemblyLoadContext("device", isCollectible: true);
        context.Resolving += (_, name) => name.Name == "nanoFramework.Runtime.Native" ? Load(context, RuntimeNativeImage) : null;
        Assembly[] assemblies = firmware.Select(image => Load(context, image.Image)).ToArray();
        lock (ConsoleLock)
        {
            TextWriter console = Console.Out;
            using var captured = new StringWriter { NewLine = "\n" };
            Console.SetOut(captured);
            try
            {
                assemblies[^1].EntryPoint!.Invoke(null, null);
            }
            finally
            {
                Console.SetOut(console);
                context.Unload();
            }

            return captured.ToString().Split('\n').Where(line => line.StartsWith("SPARSENAS", StringComparison.Ordinal)).ToArray();
        }
    }

    private static Assembly Load(AssemblyLoadContext context, byte[] image) => context.LoadFromStream(new MemoryStream(image, writable: false));

    private static byte[] CompileStandIn()
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            "nanoFramework.Runtime.Native",
            [CSharpSyntaxTree.ParseText(RuntimeNative)],
            [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        Assert.True(compilation.Emit(image).Success);
        return image.ToArray();
    }
}
