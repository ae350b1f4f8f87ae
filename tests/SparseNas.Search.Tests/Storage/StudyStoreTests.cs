using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using SparseNas.Networks;

namespace SparseNas.Search.Tests;

public class StudyStoreTests
{
    private static readonly Study Rich = TestStudies.Parse(TestStudies.Rich);

    [Fact]
    public void TrialsSurviveTheirJson()
    {
        SearchSpace space = TestStudies.Space();
        SeededRandom random = new(1);
        for (int number = 1; number <= 300; number++)
        {
            Trial trial = FrontTests.Trial(number, random.NextDouble(), random.Next(5000)) with { Candidate = Morphisms.Mutate(space.Sample(random), space, random) };
            if (number % 3 == 0) trial = trial with { Status = TrialStatus.Failed, Reason = "why \"not\"\n?", Score = null };
            byte[] line = TrialJson.Write(trial);
            Assert.DoesNotContain((byte)'\n', line);
            Assert.Equal(trial, TrialJson.Read(line));
        }

        Assert.Throws<JsonException>(() => TrialJson.Read(Encoding.UTF8.GetBytes("{\"number\":1,\"colour\":2}")));
    }

    [Fact]
    public void WhatWasRecordedIsReadAgain()
    {
        using TemporaryFolder folder = new();
        Trial[] trials = [FrontTests.Trial(2, 0.1, 10), FrontTests.Trial(1, 0.2, 5)];
        Architecture architecture = TestStudies.Space().Assemble(trials[0].Candidate);
        Network weights = RandomNetwork.Of(architecture, 1);
        using (StudyStore store = StudyStore.Create(folder["study"], Rich))
        {
            store.Record(trials[0], null, weights);
            store.Record(trials[1], null, null);
        }

        using StudyStore again = StudyStore.Open(folder["study"]);
        Assert.Equal([trials[1], trials[0]], again.Trials.ToArray());
        Assert.Null(again.Repair);
        Assert.Equal(weights.Layers.OfType<KernelWeights>().SelectMany(k => k.Weights), again.LoadWeights(2)!.Layers.OfType<KernelWeights>().SelectMany(k => k.Weights));
        Assert.Null(again.LoadWeights(1));
        Assert.Equal(Rich.Text, again.Study.Text);
    }

    /// <summary>A kill may cut the file after any byte: every complete line is kept, the torn one goes, and appending continues behind it.</summary>
    [Fact]
    public void AJournalCutAnywhereKeepsEveryCompleteLine()
    {
        using TemporaryFolder folder = new();
        Trial[] trials = [.. Enumerable.Range(1, 3).Select(number => FrontTests.Trial(number, 0.1 * number, 100))];
        string path = Path.Combine(folder["study"], "journal.jsonl");
        using (StudyStore store = StudyStore.Create(folder["study"], Rich))
        {
            foreach (Trial trial in trials) store.Record(trial, null, null);
        }

        byte[] whole = File.ReadAllBytes(path);
        for (int length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            int complete = whole[..length].Count(value => value == '\n');
            Assert.Equal(trials[..complete], StudyStore.Read(folder["study"]).Trials.ToArray());
            using (StudyStore store = StudyStore.Open(folder["study"]))
            {
                Assert.Equal(length > 0 && whole[length - 1] != '\n', store.Repair is not null);
                foreach (Trial trial in trials[complete..]) store.Record(trial, null, null);
            }

            Assert.Equal(whole, File.ReadAllBytes(path));
        }
    }

    [Fact]
    public void DamageInTheMiddleIsReportedWithItsLine()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder["study"], "journal.jsonl");
        using (StudyStore store = StudyStore.Create(folder["study"], Rich))
        {
            for (int number = 1; number <= 3; number++) store.Record(FrontTests.Trial(number, 0.1, 100), null, null);
        }

        byte[] whole = File.ReadAllBytes(path);
        int secondLine = Array.IndexOf(whole, (byte)'\n') + 1;
        SeededRandom random = new(9);
        for (int repeat = 0; repeat < 200; repeat++)
        {
            byte[] damaged = [.. whole];
            damaged[secondLine + random.Next(Array.IndexOf(whole, (byte)'\n', secondLine) - secondLine)] ^= (byte)(1 << random.Next(7));
            File.WriteAllBytes(path, damaged);
            StudyStoreException e = Assert.Throws<StudyStoreException>(() => StudyStore.Open(folder["study"]));
            Assert.Contains("line 2", e.Message, StringComparison.Ordinal);
            Assert.Equal(damaged, File.ReadAllBytes(path));
        }

        File.WriteAllBytes(path, [.. whole[..secondLine], .. whole[(Array.IndexOf(whole, (byte)'\n', secondLine) + 1)..], .. whole[..secondLine]]);
        Assert.Contains("a line before it is missing", Assert.Throws<StudyStoreException>(() => StudyStore.Open(folder["study"])).Message, StringComparison.Ordinal);
    }

    /// <summary>An intact line whose keys are another version's must not send its owner looking for a broken disk.</summary>
    [Fact]
    public void ALineOfAnotherVersionIsNotCalledDamaged()
    {
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder["study"], "journal.jsonl");
        using (StudyStore store = StudyStore.Create(folder["study"], Rich)) store.Record(FrontTests.Trial(1, 0.1, 100), null, null);
        const int ChecksumFrom = 13, ChecksumTo = 21;   // {"checksum":"89abcdef","line":…
        byte[] rest = System.Text.Encoding.UTF8.GetBytes(File.ReadAllText(path).TrimEnd('\n')[ChecksumTo..].Replace("\"parameterBytes\"", "\"packedBytes\"", StringComparison.Ordinal));
        File.WriteAllBytes(path, [.. File.ReadAllBytes(path)[..ChecksumFrom], .. System.Text.Encoding.UTF8.GetBytes($"{Crc32.Of(rest):x8}"), .. rest, (byte)'\n']);

        string message = Assert.Throws<StudyStoreException>(() => StudyStore.Open(folder["study"])).Message;

        Assert.Contains("line 1 is intact", message, StringComparison.Ordinal);
        Assert.Contains("Another version", message, StringComparison.Ordinal);
        Assert.DoesNotContain("damaged", message, StringComparison.Ordinal);
    }

    [Fact]
    public void ASecondWriterIsRefusedAReaderIsNot()
    {
        using TemporaryFolder folder = new();
        using StudyStore store = StudyStore.Create(folder["study"], Rich);
        Assert.Contains("another process", Assert.Throws<StudyStoreException>(() => StudyStore.Open(folder["study"])).Message, StringComparison.Ordinal);
        store.Record(FrontTests.Trial(1, 0.1, 100), null, null);
        Assert.Single(StudyStore.Read(folder["study"]).Trials);
    }

    [Fact]
    public void FoldersThatCannotBeUsedAreNamed()
    {
        using TemporaryFolder folder = new();
        Assert.Contains("holds no study", Assert.Throws<StudyStoreException>(() => StudyStore.Open(folder["none"])).Message, StringComparison.Ordinal);
        StudyStore.Create(folder["study"], Rich).Dispose();
        Assert.Contains("holds a study already", Assert.Throws<StudyStoreException>(() => StudyStore.Create(folder["study"], Rich)).Message, StringComparison.Ordinal);
        File.WriteAllText(folder["file"], "");
        Assert.Contains("file", Assert.Throws<StudyStoreException>(() => StudyStore.Create(folder["file"], Rich)).Message, StringComparison.Ordinal);
        Assert.Contains("trial 3", Assert.Throws<StudyStoreException>(() => StudyStore.Read(folder["study"]).LoadQuantized(3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OnlyTrialsAndTimeMayChange()
    {
        using TemporaryFolder folder = new();
        using StudyStore store = StudyStore.Create(folder["study"], Rich);
        store.Change(Rich.With(trials: 77, time: TimeSpan.FromHours(1)));
        Assert.Equal(77, StudyStore.Read(folder["study"]).Study.Trials);
        Assert.Contains("seed", Assert.Throws<StudyStoreException>(() => store.Change(Rich.With(seed: 8))).Message, StringComparison.Ordinal);
    }
}
