using SparseNas.Training.Data.Catalog;

namespace SparseNas.Cli;

/// <summary>Downloads as lines of progress: one for each tenth of a file, with a forecast.</summary>
internal sealed class DownloadNotes(Terminal terminal, TimeProvider time) : IProgress<DownloadProgress>
{
    private const int Steps = 10;
    private string url = "";
    private long begin;
    private long step;

    public void Report(DownloadProgress value)
    {
        if (value.Url != url) (url, begin, step) = (value.Url, time.GetTimestamp(), -1);
        long now = value.DoneBytes * Steps / Math.Max(value.TotalBytes, 1);
        if (now == step) return;
        step = now;
        TimeSpan left = time.GetElapsedTime(begin) * ((double)(value.TotalBytes - value.DoneBytes) / Math.Max(value.DoneBytes, 1));
        terminal.Note($"{value.Url}  {Units.Bytes(value.DoneBytes)} of {Units.Bytes(value.TotalBytes)}{(value.DoneBytes < value.TotalBytes ? $", about {Units.Duration(left)} left" : "")}");
    }
}
