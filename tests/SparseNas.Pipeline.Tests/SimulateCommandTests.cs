using System.Text.Json;
using SparseNas.Testing;

namespace SparseNas.Pipeline.Tests;

/// <summary><c>simulate</c> as a script calls it, on programs of the conformance suite: its keys, its heap options, its exit codes.</summary>
public class SimulateCommandTests
{
    private static string Folder(string name) => Path.Combine(SharedFiles.RepositoryRoot, "tests", "SparseNas.Simulator.Tests", "Conformance", "cases", name);

    private static JsonElement Expected(string name) => JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder(name), "expected.json"))).RootElement;

    private static JsonElement Simulate(string name, params string[] options)
    {
        SparseNasProcess.Result result = SparseNasProcess.Run(["simulate", Path.Combine(Folder(name), "Case.cs"), "--entry", "Case.Run", "--board", "NETDUINO3_WIFI", "--json", .. options]);
        Assert.True(result.ExitCode is 0 or 3, result.Error);
        return JsonDocument.Parse(result.Output).RootElement;
    }

    [Theory]
    [InlineData("struct_copies")]
    [InlineData("static_constructors")]
    public void Its_keys_mean_what_the_suite_measured(string name)
    {
        JsonElement expected = Expected(name), report = Simulate(name);
        foreach (string key in (string[])["result", "ilOpcodes", "ramBytesAssembly", "peBytes", "ilBytes", "signatureBytes", "stringBytes"])
        {
            Assert.Equal(expected.GetProperty(key).GetInt64(), report.GetProperty(key).GetInt64());
        }

        Assert.Equal(Counts(expected.GetProperty("opcodeHistogram")), Counts(report.GetProperty("opcodeHistogram")));
        if (expected.TryGetProperty("startupOpcodes", out JsonElement startup)) Assert.Equal(startup.GetInt64(), report.GetProperty("startupOpcodes").GetInt64());
        Dictionary<string, long> tables = Counts(report.GetProperty("tables"));
        Assert.All(Counts(expected.GetProperty("tables")).Where(table => table.Value > 0 && table.Key != "StaticFields"), table => Assert.Equal(table.Value, tables[table.Key]));
        Assert.Equal(JsonValueKind.Null, report.GetProperty("exception").ValueKind);
        foreach (string key in (string[])["heapPeakBytes", "imageBytes", "armInstructions", "cycles", "milliseconds", "fits", "costTable", "allocations"]) Assert.True(report.TryGetProperty(key, out _), key);
        Assert.All(report.GetProperty("limits").EnumerateArray(), limit => Assert.True(limit.TryGetProperty("name", out _) && limit.TryGetProperty("used", out _) && limit.TryGetProperty("available", out _)));
    }

    /// <summary>What a fixed heap changes is the point of these four.</summary>
    [Theory]
    [InlineData("gc_fragmentation")]
    [InlineData("oom_fill_heap")]
    [InlineData("oom_object_limit")]
    [InlineData("stack_exhausted")]
    public void A_heap_of_the_documented_size_gives_the_measured_result(string name)
    {
        JsonElement expected = Expected(name), report = Simulate(name, "--heap", expected.GetProperty("heapBytes").GetRawText());
        Assert.Equal(expected.GetProperty("result").GetInt64(), report.GetProperty("result").GetInt64());
        Assert.Equal(expected.GetProperty("ilOpcodes").GetInt64(), report.GetProperty("ilOpcodes").GetInt64());
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("recursion")]
    public void The_smallest_heap_is_that_of_the_suites_driver(string name) =>
        Assert.Equal(Expected(name).GetProperty("minHeapBytes").GetInt64(), Simulate(name, "--min-heap").GetProperty("minHeapBytes").GetInt64());

    [Fact]
    public void A_board_too_small_is_exit_code_3_with_the_limits_name_and_a_board_that_knows_its_power_gives_the_energy()
    {
        using var folder = new TemporaryFolder();
        string board = folder.File("small.json"), source = Path.Combine(Folder("cnn_small"), "Case.cs");
        File.WriteAllText(board, """
            { "name": "SMALL", "inherits": "NETDUINO3_WIFI", "description": "half a deployment area",
              "deploymentBytes": { "value": 33000, "accuracy": "exact", "source": "test" }, "activeMilliwatts": { "value": 100, "accuracy": "estimate", "source": "test" } }
            """);
        SparseNasProcess.Result flash = SparseNasProcess.Run("simulate", source, "--entry", "Case.Run", "--board", board, "--json");
        Assert.Equal(3, flash.ExitCode);
        Assert.Contains("deploymentBytes: ", flash.Error, StringComparison.Ordinal);
        Assert.Contains("33,000 available", flash.Error, StringComparison.Ordinal);
        JsonElement report = JsonDocument.Parse(flash.Output).RootElement;
        Assert.False(report.GetProperty("fits").GetBoolean());
        Assert.Equal(report.GetProperty("milliseconds").GetDouble() / 10, report.GetProperty("millijoules").GetDouble(), 0.001);

        SparseNasProcess.Result heap = SparseNasProcess.Run("simulate", source, "--entry", "Case.Run", "--board", "NETDUINO3_WIFI", "--heap", "4600");
        Assert.Equal(3, heap.ExitCode);
        Assert.Contains("managedHeapBytes: 4,600 available", heap.Error, StringComparison.Ordinal);
    }

    private static Dictionary<string, long> Counts(JsonElement counts) => counts.EnumerateObject().ToDictionary(count => count.Name, count => count.Value.GetInt64());
}
