using System.Text.Json;
using SparseNas.Boards;
using SparseNas.Codegen.Compilation;

namespace SparseNas.Simulator.Tests.Conformance;

/// <summary>One program of the conformance suite with the values measured on the real runtime (see the suite's README).</summary>
public sealed class ConformanceCase
{
    private const string Driver = """
        using System;

        public static class Program
        {
            public static void Main()
            {
                try
                {
                    int result = Case.Run();
                    Console.WriteLine("RESULT " + result.ToString());
                }
                catch (Exception e)
                {
                    Console.WriteLine("EXCEPTION " + e.GetType().FullName);
                }
            }
        }
        """;

    private static readonly string s_folder = Path.Combine(SharedFiles.RepositoryRoot, "tests", "SparseNas.Simulator.Tests", "Conformance", "cases");

    private ConformanceCase(string name)
    {
        Name = name;
        Expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_folder, name, "expected.json"))).RootElement;
    }

    public string Name { get; }

    public JsonElement Expected { get; }

    /// <summary>A Cortex-M4F board with the build that the suite was measured on.</summary>
    public static BoardProfile Board => BoardCatalog.Default.Find("NETDUINO3_WIFI");

    public static IEnumerable<string> Names => Directory.GetDirectories(s_folder).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal);

    public static ConformanceCase Open(string name) => new(name);

    public long? Number(string key) => Expected.TryGetProperty(key, out JsonElement value) ? value.GetInt64() : null;

    public string? Text(string key) => Expected.TryGetProperty(key, out JsonElement value) ? value.GetString() : null;

    public SortedDictionary<string, long> Counts(string key) => new(
        Expected.TryGetProperty(key, out JsonElement value) ? value.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetInt64()) : [], StringComparer.Ordinal);

    /// <summary>The assembly as the suite makes it: the case, then the driver.</summary>
    public ReadOnlyMemory<byte> Compile() => s_images.GetOrAdd(Name, _ => CompileAnew());

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, ReadOnlyMemory<byte>> s_images = new();
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, SimulationReport> s_reports = new();

    private ReadOnlyMemory<byte> CompileAnew()
    {
        SourceFile source = new("Case.cs", File.ReadAllText(Path.Combine(s_folder, Name, "Case.cs")));
        return FirmwareCompiler.Compile([source, new SourceFile("Program.cs", Driver)], "app", FirmwareOutput.Executable).Image;
    }

    /// <summary>Runs <c>Case.Run</c> with the heap that the numbers hold for; 10 MB when the case names none.</summary>
    public SimulationReport Run() => s_reports.GetOrAdd(Name, _ => RunAnew());

    private SimulationReport RunAnew()
    {
        using SimulatedDevice device = new(Board, Number("heapBytes") ?? 10_000_000) { BudgetOpcodes = 50_000_000 };
        device.Load(Compile(), Name);
        return device.Run("Case.Run");
    }
}
