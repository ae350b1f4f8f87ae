using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace SparseNas.Pipeline.Tests;

public class CommandLineTests
{
    [Fact]
    public void Boards_are_listed_as_text_and_as_json()
    {
        SparseNasProcess.Result text = SparseNasProcess.Run("boards");
        Assert.Equal(0, text.ExitCode);
        Assert.Contains("ESP32_C3", text.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text.Output);

        SparseNasProcess.Result json = SparseNasProcess.Run("boards", "ESP32_C3", "--json");
        using JsonDocument document = JsonDocument.Parse(json.Output);
        JsonElement board = Assert.Single(document.RootElement.EnumerateArray());
        Assert.Equal(54_472, board.GetProperty("managedHeapBytes").GetProperty("value").GetDouble());
    }

    [Fact]
    public void A_dry_run_shows_the_space_and_writes_nothing()
    {
        using var folder = new TemporaryFolder();
        string study = TestStudy.Write(folder, 5);
        SparseNasProcess.Result text = SparseNasProcess.RunIn(folder.FullName, "search", study, "--dry-run");
        Assert.Equal(0, text.ExitCode);
        Assert.Contains("architectures", text.Output, StringComparison.Ordinal);
        Assert.Contains("parameters", text.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("runs")));

        using JsonDocument json = JsonDocument.Parse(SparseNasProcess.RunIn(folder.FullName, "search", study, "--dry-run", "--json").Output);
        Assert.True(long.Parse(json.RootElement.GetProperty("architectures").GetString()!, System.Globalization.CultureInfo.InvariantCulture) > 100);
        Assert.All(json.RootElement.GetProperty("sample").EnumerateArray(), candidate => Assert.True(candidate.GetProperty("parameterBytes").GetInt32() > 0));
    }

    [Fact]
    public void Scale_grows_an_architecture_as_far_as_a_budget_allows()
    {
        const string Line = "down2 | conv3x8 bn max2 | conv3x12 bn | gap";
        using JsonDocument json = JsonDocument.Parse(SparseNasProcess.Run("scale", Line, "--parameters", "3000", "--memory", "2048", "--json").Output);
        JsonElement before = json.RootElement.GetProperty("before"), after = json.RootElement.GetProperty("after");
        Assert.Equal(Line, before.GetProperty("architecture").GetString());
        Assert.InRange(after.GetProperty("parameterBytes").GetInt32(), before.GetProperty("parameterBytes").GetInt32() + 1, 3000);
        Assert.InRange(after.GetProperty("workingMemoryPeakBytes").GetInt32(), 1, 2048);

        SparseNasProcess.Result smaller = SparseNasProcess.Run("scale", Line, "--phi", "-2");
        Assert.Equal(0, smaller.ExitCode);
        Assert.Contains("conv3x7 bn max2", smaller.Output, StringComparison.Ordinal);   // 8 · 1.1^-2 = 6.6
    }

    [Theory]
    [InlineData(2, "such as 'conv3x8/2 bn max2'", "conv | gap", "--phi", "1")]
    [InlineData(2, "either --phi, or a budget", "conv3x8 | gap")]
    [InlineData(2, "either --phi, or a budget", "conv3x8 | gap", "--phi", "1", "--macs", "9")]
    [InlineData(2, "such as 28x28x1", "conv3x8 | gap", "--phi", "1", "--input", "28")]
    [InlineData(2, "kernel 5x5 does not fit", "conv5x8 valid | gap", "--phi", "1", "--input", "3x3x1")]
    [InlineData(3, "keeps parameters <= 10 B", "conv3x8 | gap", "--parameters", "10")]
    public void Scale_says_what_is_wrong(int exitCode, string reason, params string[] arguments)
    {
        SparseNasProcess.Result result = SparseNasProcess.Run(["scale", .. arguments]);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("boards", "ESP99")]
    [InlineData("bords")]
    [InlineData("boards", "--nonsense")]
    [InlineData("front", "no-such-folder")]
    [InlineData("deploy", "no-such-folder", "--out", "x")]
    [InlineData("simulate", "no-such-file.cs", "--board", "ESP32_C3")]
    [InlineData("data", "get", "no-such-dataset")]
    [InlineData("data", "get", "mnist", "--mirror", "ftp://somewhere")]
    public void Usage_errors_are_exit_code_2_with_a_sentence_on_standard_error(params string[] arguments)
    {
        SparseNasProcess.Result result = SparseNasProcess.Run(arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.InRange(result.Error.Length, 10, 1500);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_instruction_set_that_there_is_not_is_a_sentence()
    {
        var environment = new Dictionary<string, string> { [SparseNas.Training.EngineInstructions.Variable] = "sse9" };

        SparseNasProcess.Result result = SparseNasProcess.RunWith(environment, Environment.CurrentDirectory, "--version");

        Assert.Equal(2, result.ExitCode);
        Assert.Equal("SPARSENAS_SIMD must be avx512, avx2 or portable, but is 'sse9'.", result.Error.Trim());
    }

    [Theory]
    [InlineData("--pick", "best", "accuracy, size, memory, latency, knee")]
    [InlineData("--live", "usb", "own, serial")]
    [InlineData("--strategy", "quick", "plain, auto, small, fast")]
    public void A_word_that_is_no_choice_is_answered_with_those_there_are(string option, string word, string choices)
    {
        SparseNasProcess.Result result = SparseNasProcess.Run("deploy", "runs/any", option, word, "--out", "x");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"{option}: one of {choices} is needed, but got '{word}'.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Ctrl_C_ends_an_endless_simulation_with_exit_code_130()
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = new TemporaryFolder();
        string source = folder.File("Endless.cs");
        File.WriteAllText(source, "public static class Case { public static int Run() { int i = 0; while (i >= 0) { i &= 7; } return i; } }");
        using Process process = SparseNasProcess.StartInteractive(folder.FullName, "simulate", source, "--entry", "Case.Run", "--board", "ESP32_C3", "--budget", "9000000000000");
        try
        {
            // The handler is there once the program runs; a signal before that ends the process in the usual way, with the same exit code.
            Assert.False(process.WaitForExit(TimeSpan.FromSeconds(3)));
            Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();

            Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)), "it goes on");
            Assert.Equal(130, process.ExitCode);
        }
        finally
        {
            process.Kill();
        }
    }

    /// <summary>The network of Gural and Murmann: every memory figure of it, as text, JSON and pictures.</summary>
    [Fact]
    public void Plan_reports_all_bounds_beside_the_plan_and_draws_it()
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("published.json"), svg = folder.File("arena.svg");
        File.WriteAllText(file, """
            { "name": "published", "input": [28, 28, 1], "classes": 10, "layers": [
              { "layer": "avgpool", "window": 2 }, { "layer": "conv", "channels": 5, "kernel": 3 }, { "layer": "relu" },
              { "layer": "conv", "channels": 8, "kernel": 3 }, { "layer": "relu" }, { "layer": "conv", "channels": 11, "kernel": 3 }, { "layer": "relu" },
              { "layer": "maxpool", "window": 2 }, { "layer": "dense", "features": 10 } ] }
            """);

        using JsonDocument json = JsonDocument.Parse(SparseNasProcess.Run("plan", file, "--json", "--svg", svg).Output);
        int Figure(string name) => json.RootElement.GetProperty(name).GetInt32();
        Assert.Equal(604, Figure("arenaBytes"));
        Assert.Equal(6, Figure("rowOperators"));
        Assert.Equal(1520, Figure("materialisedBytes"));   // 12x12x5 and 10x10x8
        Assert.Equal(1520, Figure("wm2Elements"));
        Assert.Equal(1946, Figure("wm1Elements"));         // 4x4x11 and 176x10 + 10 weights and biases
        Assert.InRange(Figure("overlappedBytes"), 800, 1519);
        Assert.Equal((2 * 14) + (2 * 12 * 5) + (2 * 10 * 8), Figure("streamedBytes"));
        Assert.True(Figure("wholeImageBytes") > 604);
        Assert.Contains("<rect", File.ReadAllText(svg), StringComparison.Ordinal);

        string text = SparseNasProcess.Run("plan", file).Output;
        Assert.All(new[] { "WM1", "WM2", "materialised", "overlapped", "streamed", "604 B", "input row" }, word => Assert.Contains(word, text, StringComparison.Ordinal));
        SparseNasProcess.Result wrong = SparseNasProcess.Run("plan", file, "--trial", "1");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("--trial", wrong.Error, StringComparison.Ordinal);
    }
}
