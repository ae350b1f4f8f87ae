using System.Text.Json;

namespace SparseNas.Pipeline.Tests;

/// <summary>The whole road as a user walks it: search, look at the front, deploy a member, simulate what was written.</summary>
public sealed class RoadTests : IClassFixture<RoadTests.Study>
{
    private readonly Study study;

    public RoadTests(Study study) => this.study = study;

    /// <summary>One small study for all tests of this class.</summary>
    public sealed class Study : IDisposable
    {
        private readonly TemporaryFolder folder = new();

        public Study()
        {
            Run = folder.File("run");
            Search = SparseNasProcess.Run("search", TestStudy.Write(folder, 10), "--out", Run, "--workers", "2");
        }

        internal SparseNasProcess.Result Search { get; }

        public string Run { get; }

        public string File(string name) => folder.File(name);

        public void Dispose() => folder.Dispose();
    }

    [Fact]
    public void Search_prints_the_front_on_standard_output_and_the_next_command_on_standard_error()
    {
        Assert.True(study.Search.ExitCode == 0, study.Search.Error);
        Assert.Contains("Pareto front of 'small'", study.Search.Output, StringComparison.Ordinal);
        Assert.Contains($"deploy {study.Run} --pick knee --board ESP32_C3", study.Search.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', study.Search.Output + study.Search.Error);
    }

    [Fact]
    public void Front_has_every_promised_key_and_touches_test_data_only_when_asked()
    {
        JsonElement[] plain = Array(SparseNasProcess.Run("front", study.Run, "--json")), tested = Array(SparseNasProcess.Run("front", study.Run, "--test", "--json"));
        Assert.NotEmpty(plain);
        Assert.Equal(plain.Length, tested.Length);
        string[] keys =
        [
            "trial", "validationError", "parameterBytes", "l0", "workingMemoryPeakBytes", "wm1Elements", "wm2Elements", "macs", "cycles", "heapPeakBytes", "imageBytes",
            "board", "architecture",
        ];
        foreach ((JsonElement without, JsonElement with) in plain.Zip(tested))
        {
            Assert.All(keys, key => Assert.True(without.TryGetProperty(key, out _), key));
            Assert.False(without.TryGetProperty("testError", out _));
            Assert.InRange(with.GetProperty("testError").GetDouble(), 0, 1);
        }

        string[] csv = SparseNasProcess.Run("front", study.Run, "--csv").Output.TrimEnd().Split('\n');
        Assert.Equal(plain.Length + 1, csv.Length);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("plain")]
    public void What_deploy_writes_is_simulated_again_from_its_files_with_the_same_image(string strategy)
    {
        string firmware = study.File("firmware-" + strategy);
        using JsonDocument deployed = Json(SparseNasProcess.Run("deploy", study.Run, "--pick", "accuracy", "--strategy", strategy, "--out", firmware, "--json"));
        Assert.True(deployed.RootElement.GetProperty("fits").GetBoolean());
        using JsonDocument simulated = Json(SparseNasProcess.Run("simulate", firmware, "--board", "ESP32_C3", "--json"));
        Assert.Equal(deployed.RootElement.GetProperty("imageBytes").GetInt64(), simulated.RootElement.GetProperty("imageBytes").GetInt64());
        Assert.True(simulated.RootElement.GetProperty("fits").GetBoolean());

        SparseNasProcess.Result shown = SparseNasProcess.Run("simulate", firmware, "--board", "ESP32_C3");
        Assert.Contains("SPARSENAS DONE passed=", shown.Output, StringComparison.Ordinal);
        Assert.Contains("failed=0", shown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Deploy_refuses_what_does_not_fit_with_every_limit_and_writes_nothing()
    {
        string firmware = study.File("refused");
        SparseNasProcess.Result result = SparseNasProcess.Run(
            "deploy", study.Run, "--board", "ESP32_C3", "--reserve-heap", "54000", "--reserve-flash", "2020000", "--out", firmware);
        Assert.Equal(3, result.ExitCode);
        Assert.Contains("managedHeapBytes", result.Error, StringComparison.Ordinal);
        Assert.Contains("deploymentBytes", result.Error, StringComparison.Ordinal);
        Assert.Contains("54,472 available", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(firmware));
    }

    [Fact]
    public void Simulate_runs_a_source_file_by_entry_and_reports_a_board_that_is_too_small()
    {
        string source = study.File("Case.cs");
        File.WriteAllText(source, "public static class Case { static readonly int[] Numbers = new int[100]; public static int Run() { int s = 0; for (int i = 0; i < 100; i++) { Numbers[i] = i; s += Numbers[i]; } return s; } }");
        using JsonDocument report = Json(SparseNasProcess.Run("simulate", source, "--entry", "Case.Run", "--board", "ESP32_C3", "--min-heap", "--json"));
        Assert.Equal(4950, report.RootElement.GetProperty("result").GetInt64());
        Assert.InRange(report.RootElement.GetProperty("minHeapBytes").GetInt32(), 5000, 8000);
        Assert.Contains(report.RootElement.GetProperty("allocations").EnumerateArray(), allocation => allocation.GetProperty("type").GetString() == "System.Int32[]");

        SparseNasProcess.Result small = SparseNasProcess.Run("simulate", source, "--entry", "Case.Run", "--board", "ESP32_C3", "--heap", "3500");
        Assert.Equal(3, small.ExitCode);
        Assert.Contains("managedHeapBytes", small.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Sources_that_use_what_the_device_lacks_are_refused_by_name_and_line()
    {
        string source = study.File("Lacking.cs");
        File.WriteAllText(source, "using System.Linq;\npublic static class Case { public static int Run() { return new[] { 1, 2 }.Sum(); } }");
        SparseNasProcess.Result result = SparseNasProcess.Run("simulate", source, "--entry", "Case.Run", "--board", "ESP32_C3");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Lacking.cs", result.Error, StringComparison.Ordinal);
        Assert.Contains("Linq", result.Error, StringComparison.Ordinal);
    }

    private static JsonElement[] Array(SparseNasProcess.Result result)
    {
        using JsonDocument document = Json(result);
        return [.. document.RootElement.EnumerateArray().Select(element => element.Clone())];
    }

    private static JsonDocument Json(SparseNasProcess.Result result)
    {
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}: {result.Error}");
        return JsonDocument.Parse(result.Output);
    }
}
