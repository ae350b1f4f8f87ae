using System.Reflection;
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

    [Theory]
    [MemberData(nameof(Programs))]
    public void ProgramGivesWhatItGivesOnTheDesktop(string name)
    {
        string text = File.ReadAllText(Path.Combine(s_folder, name + ".cs"));
        SourceFile main = new("Program.cs", "public static class Program { public static void Main() { } }");
        using SimulatedDevice device = new(ConformanceCase.Board, 1_000_000) { BudgetOpcodes = 10_000_000 };
        device.Load(FirmwareCompiler.Compile([new SourceFile(name + ".cs", text), main], "app", FirmwareOutput.Executable).Image);
        SimulationReport report = device.Run("Case.Run");
        Assert.Null(report.Exception);
        Assert.Equal(OnTheDesktop(name, text), report.Result);
    }

    private static long OnTheDesktop(string name, string text)
    {
        IEnumerable<MetadataReference> platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => Path.GetFileName(file).StartsWith("System.", StringComparison.Ordinal)).Select(file => MetadataReference.CreateFromFile(file));
        CSharpCompilation compilation = CSharpCompilation.Create(
            "desktop" + name, [CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.CSharp7_3))], platform,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release));
        using MemoryStream image = new();
        Assert.Empty(compilation.Emit(image).Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error));
        return (int)Assembly.Load(image.ToArray()).GetType("Case")!.GetMethod("Run")!.Invoke(null, null)!;
    }
}
