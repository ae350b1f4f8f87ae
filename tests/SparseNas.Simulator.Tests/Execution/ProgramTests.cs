using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SparseNas.Codegen.Compilation;
using SparseNas.Simulator.Tests.Conformance;

namespace SparseNas.Simulator.Tests.Execution;

/// <summary>
/// Programs that use most of the language, kept where device and desktop agree: the same source runs in the simulator and on .NET, and each
/// folds everything it sees into one number.
/// </summary>
public class ProgramTests
{
    private static readonly string s_folder = Path.Combine(SharedFiles.RepositoryRoot, "tests", "SparseNas.Simulator.Tests", "Execution", "Programs");

    public static TheoryData<string> Programs => [.. Directory.GetFiles(s_folder, "*.cs").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    private static readonly Lazy<MetadataReference[]> s_platform = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => Path.GetFileName(file).StartsWith("System.", StringComparison.Ordinal)).Select(file => MetadataReference.CreateFromFile(file))]);

    [Theory]
    [MemberData(nameof(Programs))]
    public void ProgramGivesWhatItGivesOnTheDesktop(string name) => Compare(name, File.ReadAllText(Path.Combine(s_folder, name + ".cs")));

    [Fact]
    public void FortyRandomProgramsGiveWhatTheyGiveOnTheDesktop() => CompareRandom(40);

    [Fact]
    [Trait("Category", "Exhaustive")]
    public void ThreeThousandRandomProgramsGiveWhatTheyGiveOnTheDesktop() => CompareRandom(3_000);

    private static void CompareRandom(int programs)
    {
        for (int seed = 1; seed <= programs; seed++) Compare($"Random{seed}", RandomProgram.Source((ulong)seed));
    }

    private static void Compare(string name, string text)
    {
        SourceFile main = new("Program.cs", "public static class Program { public static void Main() { } }");
        using SimulatedDevice device = new(ConformanceCase.Board, 1_000_000) { BudgetOpcodes = 10_000_000 };
        device.Load(FirmwareCompiler.Compile([new SourceFile(name + ".cs", text), main], "app", FirmwareOutput.Executable).Image);
        SimulationReport report = device.Run("Case.Run");
        (int? result, string? exception) = OnTheDesktop(name, text);
        Assert.True((report.Result, report.Exception) == (result, exception), $"{name}: {report.Result}{report.Exception} in the simulator, {result}{exception} on the desktop");
    }

    /// <summary>Result, or the exception that left the program.</summary>
    private static (int? Result, string? Exception) OnTheDesktop(string name, string text)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            "desktop" + name, [CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.CSharp7_3))], s_platform.Value,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release));
        using MemoryStream image = new();
        Assert.Empty(compilation.Emit(image).Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error));
        AssemblyLoadContext context = new(name, isCollectible: true);
        try
        {
            image.Position = 0;
            return ((int)context.LoadFromStream(image).GetType("Case")!.GetMethod("Run")!.Invoke(null, null)!, null);
        }
        catch (TargetInvocationException thrown)
        {
            return (null, thrown.InnerException!.GetType().FullName);
        }
        finally
        {
            context.Unload();
        }
    }
}
