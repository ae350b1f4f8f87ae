using System.Diagnostics;
using System.Text.Json.Nodes;
using SparseNas.Networks;

namespace SparseNas.Pipeline.Tests;

public class InterruptionTests
{
    private const int Trials = 30;

    [Fact]
    public void Ten_kills_and_resumes_give_the_trials_and_the_front_of_an_undisturbed_run()
    {
        using var folder = new TemporaryFolder();
        string study = TestStudy.WriteWithoutBoard(folder, Trials), calm = folder.File("calm"), killed = folder.File("killed");
        Assert.Equal(0, SparseNasProcess.Run("search", study, "--out", calm, "--workers", "1", "--quiet").ExitCode);

        var random = new SeededRandom(2026);
        int kills = 0;
        for (int attempt = 0; attempt < 10; attempt++)
        {
            using Process process = SparseNasProcess.Start(folder.FullName, "search", study, "--out", killed, "--workers", "1", "--resume", "--quiet");
            long before = JournalBytes(killed);
            // Any moment counts once work is under way: starting the runtime is not work.
            WaitUntil(() => JournalBytes(killed) != before || process.HasExited);
            Thread.Sleep(random.Next(0, 60));
            if (process.HasExited) break;
            process.Kill();
            process.WaitForExit();
            kills++;
        }

        Assert.True(kills >= 3, $"only {kills} kills met a running study");
        SparseNasProcess.Result last = SparseNasProcess.Run("search", study, "--out", killed, "--workers", "1", "--resume", "--quiet");
        Assert.True(last.ExitCode == 0, last.Error);
        Assert.Equal(Journal(calm), Journal(killed));
        Assert.Equal(Front(calm), Front(killed));
        Assert.Empty(Directory.EnumerateFiles(killed, "*.partial", SearchOption.AllDirectories));
    }

    [Fact]
    public void Workers_and_a_later_larger_number_of_trials_change_no_trial()
    {
        using var folder = new TemporaryFolder();
        string study = TestStudy.WriteWithoutBoard(folder, 14), one = folder.File("one"), two = folder.File("two");
        Assert.Equal(0, SparseNasProcess.Run("search", study, "--out", one, "--workers", "1", "--quiet").ExitCode);
        Assert.Equal(0, SparseNasProcess.Run("search", study, "--out", two, "--workers", "2", "--quiet", "--trials", "5").ExitCode);
        Assert.Equal(0, SparseNasProcess.Run("search", study, "--out", two, "--workers", "2", "--quiet", "--resume").ExitCode);
        Assert.Equal(Journal(one), Journal(two));
    }

    private static long JournalBytes(string folder)
    {
        var journal = new FileInfo(Path.Combine(folder, "journal.jsonl"));
        return journal.Exists ? journal.Length : 0;
    }

    private static void WaitUntil(Func<bool> condition)
    {
        for (long begin = Stopwatch.GetTimestamp(); !condition(); Thread.Sleep(5))
        {
            if (Stopwatch.GetElapsedTime(begin) > TimeSpan.FromMinutes(2)) throw new TimeoutException("the study did not begin to work within two minutes");
        }
    }

    /// <summary>The trials by number, without the time that each took and what depends on it.</summary>
    private static string[] Journal(string folder) =>
        [.. File.ReadLines(Path.Combine(folder, "journal.jsonl")).Select(WithoutTime).OrderBy(entry => entry.Number).Select(entry => entry.Text)];

    private static (int Number, string Text) WithoutTime(string line)
    {
        JsonObject trial = JsonNode.Parse(line)!["trial"]!.AsObject();
        Assert.True(trial.Remove("seconds"));
        return ((int)trial["number"]!, trial.ToJsonString());
    }

    private static string Front(string folder) => SparseNasProcess.Run("front", folder, "--json").Output;
}
