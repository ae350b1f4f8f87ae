using System.CommandLine;
using SparseNas.Boards;
using SparseNas.Cli.Deployment;
using SparseNas.Cli.Studies;
using SparseNas.Search;
using SparseNas.Training.Data;

namespace SparseNas.Cli.Commands;

/// <summary><c>sparsenas search</c>: runs or resumes a study and ends with its front and the next command.</summary>
internal static class SearchCommand
{
    public static Command Create(CommandContext context)
    {
        var file = new Argument<string>("study.json") { Description = "The study file; configs/studies has examples." };
        var output = new Option<string?>("--out") { Description = "The study's folder (default: runs/<study name>).", HelpName = "DIR" };
        Option<string?> data = CommandContext.DataOption();
        var trials = new Option<int?>("--trials") { Description = "Trials of the study in all, on resume too.", HelpName = "N" };
        var time = new Option<string?>("--time") { Description = "How long this run may take: 90s, 30m, 2h.", HelpName = "TIME" };
        var workers = new Option<int?>("--workers") { Description = "Trials side by side (default: one per core); changes nothing but the time.", HelpName = "N" };
        var seed = new Option<ulong?>("--seed") { Description = "Seed of a new study.", HelpName = "N" };
        var start = new Option<string[]>("--start") { Description = "An architecture to try next, such as \"conv3x8/2 bn | gap\"; may be given again.", HelpName = "ARCHITECTURE" };
        var warmStart = new Option<string?>("--warm-start") { Description = "Try the front of another study's folder first.", HelpName = "DIR" };
        var resume = new Option<bool>("--resume") { Description = "Continue the study in the folder; begins it when there is none." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show how large the space is and a few of its candidates, with the least they can cost; nothing is trained or written." };
        Option<bool> json = CommandContext.JsonOption();
        var command = new Command("search", "Runs or resumes a study: searches, trains, prunes, quantises, and prints the Pareto front.")
        {
            file, output, data, trials, time, workers, seed, start, warmStart, resume, dryRun, json,
        };
        command.SetAction((parsed, cancellation) => Task.Run(() =>
        {
            Terminal terminal = context.Terminal(parsed);
            Study study = ReadStudy(parsed.GetRequiredValue(file)).With(parsed.GetValue(trials), parsed.GetValue(seed));
            string folder = parsed.GetValue(output) ?? Path.Combine("runs", study.Name);
            TimeSpan? limit = parsed.GetValue(time) is { } text ? ParseTime(text) : study.Time;
            int workerCount = parsed.GetValue(workers) ?? Environment.ProcessorCount;
            if (workerCount < 1) throw new UsageException($"--workers: at least 1 must hold, but got {workerCount}.");
            Dataset dataset = DatasetCatalog.Load(study.Dataset.Name, parsed.GetValue(data));
            study = study.With(start: KnownArchitectures.Of(study, folder, parsed.GetValue(start) ?? [], parsed.GetValue(warmStart), dataset, terminal));
            BoardProfile? board = study.Board is { } name ? BoardOption.Resolve(name) : null;
            SimulatedMeter? meter = board is null ? null : new SimulatedMeter(study, dataset, board);
            SearchSpace space = SearchSpace.Of(study, dataset.Shape, dataset.Classes, board?.CostTable, meter?.Room);
            if (parsed.GetValue(dryRun))
            {
                SpacePreview.Print(terminal, parsed.GetValue(json), study, space);
                return ExitCode.Ok;
            }

            PipelineEvaluator evaluator = PipelineEvaluator.For(study, dataset, board, Path.Combine(folder, "teacher.weights"), meter);

            using StudyStore store = OpenStore(folder, study, parsed.GetValue(resume));
            if (store.Repair is { } repair) terminal.Note(repair);
            terminal.Note($"study {study.Name}: {dataset.Name}, {study.Trials} trials{(limit is { } t ? $" or {Units.Duration(t)}" : "")}, {workerCount} worker(s), folder {folder}");
            StudyRun run;
            using (var progress = SearchProgress.Start(terminal, study, store.Trials.Length, limit, context.Time))
            {
                run = StudyRunner.Run(store, space, evaluator, new RunOptions(workerCount, limit, context.Time), progress, cancellation);
            }

            return Finish(terminal, context.Time, run, dataset, new Invocation(parsed.GetRequiredValue(file), folder, parsed.GetValue(output) is not null, parsed.GetValue(data), parsed.GetValue(json)));
        }, CancellationToken.None));
        return command;
    }

    /// <summary>What the user typed, as far as the next command repeats it.</summary>
    private sealed record Invocation(string StudyFile, string Folder, bool NamedFolder, string? Data, bool Json);

    private static int Finish(Terminal terminal, TimeProvider time, StudyRun run, Dataset dataset, Invocation invocation)
    {
        IReadOnlyList<FrontRow> rows = FrontRow.Of(run.Record, dataset, withTest: false, terminal, time);
        if (invocation.Json) JsonOutput.Write(terminal, rows);
        else FrontTable.Print(terminal, run.Record, rows);
        string data = invocation.Data is { } folder ? $" --data {Shell.Quote(folder)}" : "";
        if (run.End != RunEnd.Finished)
        {
            string named = invocation.NamedFolder ? $" --out {Shell.Quote(invocation.Folder)}" : "";
            terminal.Note($"{(run.End == RunEnd.TimeUp ? "Time is up" : "Cancelled")} after {run.Record.Trials.Length} of {run.Record.Study.Trials} trials; continue with:");
            terminal.Note($"  {Shell.Tool} search {Shell.Quote(invocation.StudyFile)}{named}{data} --resume");
        }

        if (run.End == RunEnd.Cancelled) return ExitCode.Cancelled;
        if (rows.Count == 0) throw new NothingFitsException(NothingFits(run.Record));
        string board = run.Record.Study.Board ?? "ESP32_C3";
        terminal.Note("Next: write the firmware of the network in the knee of the front (or --trial N from the table):");
        terminal.Note($"  {Shell.Tool} deploy {Shell.Quote(invocation.Folder)} --pick knee --board {board}{data} --out {Shell.Quote(run.Record.Study.Name + "-firmware")}");
        return ExitCode.Ok;
    }

    /// <summary>Why the front is empty, with each limit and the best that was reached.</summary>
    private static string NothingFits(StudyRecord record)
    {
        Score[] scores = [.. record.Trials.Select(trial => trial.Score).OfType<Score>()];
        IEnumerable<string> limits = record.Study.Objectives.Where(objective => objective.Limit is not null).Select(objective =>
            $"  {objective.Name} <= {Units.Plain(objective.Limit!.Value)}: the best of {scores.Length} scored trials has "
            + (scores.Length == 0 ? "none" : Units.Plain(scores.Min(objective.Of))));
        string counts = string.Join(", ", record.Trials.GroupBy(trial => trial.Status).Select(group => $"{group.Count()} {group.Key.ToString().ToLowerInvariant()}"));
        return $"No trial of study '{record.Study.Name}' is within its limits ({(counts.Length == 0 ? "no trial finished" : counts)}). Loosen a limit or shrink the space:"
            + Environment.NewLine + string.Join(Environment.NewLine, limits);
    }

    private static Study ReadStudy(string path) =>
        File.Exists(path) ? Study.Parse(path, File.ReadAllText(path)) : throw new UsageException($"The study file '{path}' does not exist.");

    private static TimeSpan ParseTime(string text) =>
        Durations.Parse(text) ?? throw new UsageException($"--time: a positive number followed by s, m or h is needed, such as 30m, but got '{text}'.");

    private static StudyStore OpenStore(string folder, Study study, bool resume)
    {
        if (!StudyStore.Exists(folder)) return StudyStore.Create(folder, study);
        if (!resume) throw new UsageException($"'{folder}' holds a study already. Add --resume to continue it, or choose another --out.");
        StudyStore store = StudyStore.Open(folder);
        try
        {
            store.Change(study);
            return store;
        }
        catch (Exception exception)
        {
            store.Dispose();
            if (exception is StudyStoreException) throw new UsageException(exception.Message);
            throw;
        }
    }
}
