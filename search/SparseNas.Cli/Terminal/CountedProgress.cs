namespace SparseNas.Cli;

/// <summary>Progress of work in equal pieces, one line for each that is finished, with a forecast of the rest. Pieces may finish side by side.</summary>
internal sealed class CountedProgress(Terminal terminal, TimeProvider time, int total)
{
    private readonly Lock gate = new();
    private readonly long begin = time.GetTimestamp();
    private int done;

    /// <summary>One more piece is finished.</summary>
    public void Finished(string what)
    {
        lock (gate)
        {
            done++;
            TimeSpan left = time.GetElapsedTime(begin) / done * (total - done);
            terminal.Note($"  {done}/{total}  {what}{(done < total ? $", about {Units.Duration(left)} left" : "")}");
        }
    }
}
