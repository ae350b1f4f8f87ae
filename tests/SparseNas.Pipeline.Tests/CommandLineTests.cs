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
    public void Usage_errors_are_exit_code_2_with_a_sentence_on_standard_error(params string[] arguments)
    {
        SparseNasProcess.Result result = SparseNasProcess.Run(arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.InRange(result.Error.Length, 10, 1500);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }
}
