using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Quantization.Storage;

namespace SparseNas.Search;

/// <summary>
/// A study on disk: <c>study.json</c>, <c>journal.jsonl</c> and for each scored trial <c>trials/0001.json</c> (the integer network) and
/// <c>trials/0001.weights</c> (what children start from). A trial's files are in place before its line, so a trial in the journal is complete; the
/// process may be killed at any moment. One process writes at a time.
/// </summary>
/// <example><code>
/// using StudyStore store = StudyStore.Create("runs/mnist", study);   // or StudyStore.Open("runs/mnist") to continue
/// StudyRecord record = StudyStore.Read("runs/mnist");                // to look at it, even while it runs
/// </code></example>
public sealed class StudyStore : IDisposable
{
    private const string StudyFile = "study.json", JournalFile = "journal.jsonl", LockFile = "lock", TrialsFolder = "trials";
    private readonly FileStream processLock;
    private readonly Journal journal;
    private readonly SortedDictionary<int, Trial> trials = [];
    private readonly Lock gate = new();

    private StudyStore(string folder, Study study, FileStream processLock)
    {
        Folder = folder;
        Study = study;
        this.processLock = processLock;
        foreach (string partial in Directory.EnumerateFiles(Path.Combine(folder, TrialsFolder), "*.partial")) File.Delete(partial);
        Journal.Content content = Journal.Read(Path.Combine(folder, JournalFile));
        Repair = content.TornBytes == 0 ? null
            : $"The last line of {Path.Combine(folder, JournalFile)} was torn ({content.TornBytes} bytes); it is removed and its trial will run again.";
        foreach (Trial trial in content.Trials) trials[trial.Number] = trial;
        journal = Journal.Open(Path.Combine(folder, JournalFile), content);
    }

    /// <summary>Where it lies.</summary>
    public string Folder { get; }

    /// <summary>The study.</summary>
    public Study Study { get; private set; }

    /// <summary>What was repaired on opening, for people; null when nothing was.</summary>
    public string? Repair { get; }

    /// <summary>Finished trials by number, judged by the study's present limits.</summary>
    public ImmutableArray<Trial> Trials
    {
        get
        {
            lock (gate) return [.. trials.Values.Select(trial => Limits.Judged(trial, Study))];
        }
    }

    /// <summary>Whether <paramref name="folder"/> holds a study.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, StudyFile));

    /// <summary>Begins a study in a new folder.</summary>
    /// <exception cref="StudyStoreException">The folder holds a study already, or cannot be written.</exception>
    public static StudyStore Create(string folder, Study study)
    {
        if (Exists(folder)) throw new StudyStoreException(folder, "holds a study already; resume it, or choose another folder");
        return Guard(folder, () =>
        {
            Directory.CreateDirectory(Path.Combine(folder, TrialsFolder));
            FileStream processLock = Lock(folder);
            try
            {
                WriteStudy(folder, study);
                return new StudyStore(folder, study, processLock);
            }
            catch
            {
                processLock.Dispose();
                throw;
            }
        });
    }

    /// <summary>Opens a study to continue it; a torn last line of its journal is removed (<see cref="Repair"/>).</summary>
    /// <exception cref="StudyStoreException">There is no study, another process runs it, or its journal is damaged.</exception>
    public static StudyStore Open(string folder) => Guard(folder, () =>
    {
        Study study = ReadStudy(folder);
        Directory.CreateDirectory(Path.Combine(folder, TrialsFolder));
        FileStream processLock = Lock(folder);
        try
        {
            return new StudyStore(folder, study, processLock);
        }
        catch
        {
            processLock.Dispose();
            throw;
        }
    });

    /// <summary>Looks at a study without changing it; it may be running.</summary>
    /// <exception cref="StudyStoreException">There is no study or its journal is damaged.</exception>
    public static StudyRecord Read(string folder) => Guard(folder, () => new StudyRecord(
        folder, ReadStudy(folder), [.. Journal.Read(Path.Combine(folder, JournalFile)).Trials.OrderBy(trial => trial.Number)]).Judged());

    /// <summary>Takes over a changed study: what its trials follow from must be the same (<see cref="Study.DifferencesFrom"/>).</summary>
    /// <exception cref="StudyStoreException">Anything else differs.</exception>
    public void Change(Study study)
    {
        ImmutableArray<string> differences = study.DifferencesFrom(Study);
        if (!differences.IsEmpty)
        {
            throw new StudyStoreException(
                Folder, $"the study differs from the stored one in {string.Join(", ", differences)}; only trials, time, limits, targets, reserve, description and further start architectures may change, because the finished trials follow from the rest");
        }

        if (study.Text == Study.Text) return;
        Guard(Folder, () =>
        {
            WriteStudy(Folder, study);
            return Study = study;
        });
    }

    /// <summary>Records a finished trial: its files first, then its line. Everything is on the device when this returns.</summary>
    /// <exception cref="StudyStoreException">It could not be written; then the study is as before.</exception>
    public void Record(Trial trial, QuantizedNetwork? quantized, Network? weights)
    {
        lock (gate)
        {
            if (trials.ContainsKey(trial.Number)) throw new InvalidOperationException($"Trial {trial.Number} is recorded already.");
            Guard(Folder, () =>
            {
                if (weights is not null) NetworkFile.Save(WeightsPath(Folder, trial.Number), weights);
                if (quantized is not null) QuantizedNetworkFile.Save(NetworkPath(Folder, trial.Number), quantized);
                journal.Append(trial);
                return true;
            });
            trials.Add(trial.Number, trial);
        }
    }

    /// <summary>The weights that children of a trial start from, or null when it has none.</summary>
    public Network? LoadWeights(int trial)
    {
        string path = WeightsPath(Folder, trial);
        return File.Exists(path) ? NetworkFile.Load(path) : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        journal.Dispose();
        processLock.Dispose();
    }

    internal static string NetworkPath(string folder, int trial) => PathOf(folder, trial, "json");

    private static string WeightsPath(string folder, int trial) => PathOf(folder, trial, "weights");

    private static string PathOf(string folder, int trial, string ending) =>
        Path.Combine(folder, TrialsFolder, $"{trial.ToString("D4", CultureInfo.InvariantCulture)}.{ending}");

    private static void WriteStudy(string folder, Study study) =>
        AtomicFile.Write(Path.Combine(folder, StudyFile), stream => stream.Write(Encoding.UTF8.GetBytes(study.Text)));

    private static Study ReadStudy(string folder)
    {
        if (!Exists(folder)) throw new StudyStoreException(folder, $"holds no study ({StudyFile} is missing)");
        string path = Path.Combine(folder, StudyFile);
        return Study.Parse(path, File.ReadAllText(path));
    }

    /// <summary>The operating system releases the lock when the process ends, however it ends.</summary>
    private static FileStream Lock(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(Path.Combine(folder, LockFile)))
        {
            throw new StudyStoreException(folder, "another process runs this study; wait for it or end it", e);
        }
    }

    private static T Guard<T>(string folder, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StudyStoreException(folder, $"{e.Message} Nothing half-written remains; every trial in the journal is complete", e);
        }
    }
}
