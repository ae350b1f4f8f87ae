using System.Text.Json;

namespace SparseNas.Pipeline.Tests;

/// <summary>The board as a hard limit of a study, on the real road.</summary>
public class BoardLimitTests
{
    private const int BoardHeapBytes = 54_472;   // configs/boards/esp32-c3.json

    [Fact]
    public void Every_member_of_the_front_deploys_beside_what_is_reserved()
    {
        using var folder = new TemporaryFolder();
        string run = folder.File("run");
        SparseNasProcess.Result free = SparseNasProcess.Run("search", TestStudy.Write(folder, 5), "--out", run, "--workers", "2", "--quiet");
        Assert.True(free.ExitCode == 0, free.Error);
        int leastBytes = Trials(run).Min(HeapBytes) ?? 0;

        string reserve = $$""" "reserve": { "heapBytes": {{BoardHeapBytes - leastBytes}} },""";
        SparseNasProcess.Result tight = SparseNasProcess.Run("search", TestStudy.Write(folder, 5, more: reserve), "--out", run, "--resume", "--json", "--quiet");
        Assert.True(tight.ExitCode == 0, tight.Error);
        Assert.All(Trials(run), trial => Assert.Equal(HeapBytes(trial) <= leastBytes ? "completed" : "infeasible", trial.GetProperty("status").GetString()));
        using JsonDocument front = JsonDocument.Parse(tight.Output);
        Assert.NotEqual(0, front.RootElement.GetArrayLength());
        foreach (int member in front.RootElement.EnumerateArray().Select(row => row.GetProperty("trial").GetInt32()))
        {
            SparseNasProcess.Result deployed = SparseNasProcess.Run("deploy", run, "--trial", $"{member}", "--out", folder.File($"firmware{member}"), "--json");
            Assert.True(deployed.ExitCode == 0, deployed.Error);
        }
    }

    /// <summary>Measured on the board; null for a trial that breaks another limit.</summary>
    private static int? HeapBytes(JsonElement trial) => trial.TryGetProperty("heapBytes", out JsonElement bytes) && bytes.ValueKind == JsonValueKind.Number ? bytes.GetInt32() : null;

    private static JsonElement[] Trials(string run) =>
        [.. JsonDocument.Parse(SparseNasProcess.Run("trials", run, "--json").Output).RootElement.EnumerateArray().Select(trial => trial.Clone())];
}
