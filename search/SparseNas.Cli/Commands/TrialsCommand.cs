using System.CommandLine;
using System.Globalization;
using SparseNas.Cli.Studies;
using SparseNas.Search;

namespace SparseNas.Cli.Commands;

/// <summary><c>sparsenas trials</c>: everything a study tried, with the reason of each trial that did not complete.</summary>
internal static class TrialsCommand
{
    public static Command Create(CommandContext context)
    {
        var folder = new Argument<string>("DIR") { Description = "The study's folder, such as runs/quickstart." };
        var status = new Option<TrialStatus?>("--status") { Description = "Only those: completed, failed, stoppedEarly or infeasible." };
        Option<bool> json = CommandContext.JsonOption();
        var command = new Command("trials", "Every trial of a study: what was tried, how it ended, and why where it did not complete.") { folder, status, json };
        command.SetAction(parsed =>
        {
            Terminal terminal = context.Terminal(parsed);
            StudyRecord record = StudyFolder.Read(parsed.GetRequiredValue(folder));
            Trial[] trials = [.. record.Trials.Where(trial => parsed.GetValue(status) is not { } wanted || trial.Status == wanted)];
            if (parsed.GetValue(json)) JsonOutput.Write(terminal, trials.Select(Row));
            else Print(terminal, record, trials);
            return ExitCode.Ok;
        });
        return command;
    }

    private static object Row(Trial trial) => new
    {
        trial = trial.Number,
        status = trial.Status,
        reason = trial.Reason,
        validationError = trial.Score?.ValidationError,
        parameterBytes = trial.Score?.ParameterBytes,
        workingMemoryPeakBytes = trial.Score?.WorkingMemoryPeakBytes,
        macs = trial.Score?.Macs,
        heapBytes = trial.Score?.Deployment?.HeapBytes,
        imageBytes = trial.Score?.Deployment?.ImageBytes,
        epochs = trial.Candidate.Training.Epochs,
        parent = trial.Candidate.Parent,
        repeats = trial.Candidate.Repeats,
        seconds = trial.Seconds,
        origin = trial.Candidate.Origin,
        architecture = trial.Candidate.Blueprint.ToString(),
    };

    private static void Print(Terminal terminal, StudyRecord record, Trial[] trials)
    {
        string counts = string.Join(", ", record.Trials.GroupBy(trial => trial.Status).OrderBy(group => group.Key).Select(group => $"{group.Count()} {NameOf(group.Key)}"));
        terminal.WriteLine($"Trials of '{record.Study.Name}': {(counts.Length == 0 ? "none yet" : counts)}");
        if (trials.Length == 0) return;
        var table = new TextTable(["trial", "status", "validation", "parameters", "memory", "epochs", "what and why"]);
        foreach (Trial trial in trials)
        {
            table.Add(
            [
                trial.Number.ToString(CultureInfo.InvariantCulture), NameOf(trial.Status),
                trial.Score is { } error ? Units.Accuracy(error.ValidationError) : "-", trial.Score is { } size ? Units.Bytes(size.ParameterBytes) : "-",
                trial.Score is { } memory ? Units.Bytes(memory.WorkingMemoryPeakBytes) : "-", trial.Candidate.Training.Epochs.ToString(CultureInfo.InvariantCulture),
                trial.Reason is null ? trial.Candidate.Origin : $"{trial.Candidate.Origin}: {trial.Reason}",
            ]);
        }

        terminal.Write(table);
    }

    private static string NameOf(TrialStatus status) => status == TrialStatus.StoppedEarly ? "stopped early" : status.ToString().ToLowerInvariant();
}
