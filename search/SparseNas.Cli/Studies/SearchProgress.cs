using Spectre.Console;
using SparseNas.Search;

namespace SparseNas.Cli.Studies;

/// <summary>
/// A running study on standard error: for a person one line that redraws itself (trials, best so far, forecast), above it a line for each trial that
/// changed the front; for a file only the lines.
/// </summary>
internal sealed class SearchProgress : IProgress<StudyProgress>, IDisposable
{
    private readonly Terminal terminal;
    private readonly TimeSpan? limit;
    private readonly TimeProvider time;
    private readonly long begin;
    private readonly bool redraws;

    private SearchProgress(Terminal terminal, TimeSpan? limit, TimeProvider time)
    {
        this.terminal = terminal;
        this.limit = limit;
        this.time = time;
        begin = time.GetTimestamp();
        redraws = terminal.ErrorIsTerminal && !terminal.Quiet;
    }

    public static SearchProgress Start(Terminal terminal, Study study, int finished, TimeSpan? limit, TimeProvider time)
    {
        if (finished > 0) terminal.Note($"resuming after {finished} of {study.Trials} trials");
        return new SearchProgress(terminal, limit, time);
    }

    public void Report(StudyProgress value)
    {
        if (terminal.Quiet) return;
        if (redraws) Erase();
        if (value.FrontChanged || value.Trial.Status == TrialStatus.Failed || !redraws) terminal.Note(Line(value));
        if (redraws) terminal.Progress.Write(new Text(Status(value)));
    }

    public void Dispose()
    {
        if (redraws) Erase();
    }

    private static string Line(StudyProgress value)
    {
        Trial trial = value.Trial;
        string number = $"trial {trial.Number,4}/{value.Total}";
        return trial.Score is { } score && trial.IsCompleted
            ? $"{number}  {(value.FrontChanged ? "front" : "     ")}  {Units.Accuracy(score.ValidationError),8}  {Units.Bytes(score.ParameterBytes),9}  {Units.Bytes(score.WorkingMemoryPeakBytes),9}  {trial.Candidate.Origin}"
            : $"{number}  {trial.Status.ToString().ToLowerInvariant()}: {trial.Reason}";
    }

    private string Status(StudyProgress value)
    {
        TimeSpan spent = time.GetElapsedTime(begin);
        TimeSpan? left = limit is { } most && (value.Remaining is null || most - spent < value.Remaining) ? most - spent : value.Remaining;
        string best = value.Front.Members.Length == 0 ? "no network within the limits yet" : $"best {Units.Accuracy(value.Front.Members.Min(member => member.Score!.ValidationError))}, {value.Front.Members.Length} on the front";
        string text = $"{value.Finished}/{value.Total} trials, {best}, {Units.Duration(spent)} spent, about {Units.Duration(left ?? TimeSpan.Zero)} left";
        int width = Math.Max(terminal.Progress.Profile.Width - 1, 20);
        return text.Length <= width ? text : text[..width];
    }

    private void Erase() => terminal.EraseProgressLine();
}
