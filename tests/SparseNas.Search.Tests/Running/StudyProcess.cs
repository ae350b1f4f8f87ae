using SparseNas.Networks;

namespace SparseNas.Search.Tests;

/// <summary>A running study as a process of its own: <c>dotnet SparseNas.Search.Tests.dll FOLDER TRIALS WORKERS DELAY_MS</c>.</summary>
internal static class StudyProcess
{
    public static int Main(string[] args)
    {
        if (args.Length != 4) return 2;
        int trials = int.Parse(args[1]), workers = int.Parse(args[2]), delay = int.Parse(args[3]);
        Run(args[0], TestStudies.Parse(TestStudies.Rich).With(trials: trials), workers, new SyntheticEvaluator(TimeSpan.FromMilliseconds(delay), failingShare: 0.1));
        return 0;
    }

    /// <summary>Begins the study, or continues it when the folder holds it.</summary>
    public static StudyRun Run(
        string folder, Study study, int workers, IEvaluator evaluator, IProgress<StudyProgress>? progress = null, CancellationToken cancellation = default,
        TimeProvider? clock = null)
    {
        using StudyStore store = StudyStore.Exists(folder) ? StudyStore.Open(folder) : StudyStore.Create(folder, study);
        store.Change(study);
        return StudyRunner.Run(store, SearchSpace.Of(study, new Shape(12, 12, 1), 10), evaluator, new RunOptions(workers, Clock: clock), progress, cancellation);
    }
}
