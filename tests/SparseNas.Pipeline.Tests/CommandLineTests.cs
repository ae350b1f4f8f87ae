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
        using Process process = SparseNasProcess.Start(folder.FullName, "simulate", source, "--entry", "Case.Run", "--board", "ESP32_C3", "--budget", "9000000000000");

        // The handler is there once the program runs; a signal before that ends the process in the usual way, with the same exit code.
        Assert.False(process.WaitForExit(TimeSpan.FromSeconds(3)));
        Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]).WaitForExit();

        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)), "it goes on");
        Assert.Equal(130, process.ExitCode);
    }
}
