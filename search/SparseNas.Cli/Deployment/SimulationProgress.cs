namespace SparseNas.Cli.Deployment;

/// <summary>
/// Tells how long the simulator will still run. Plain loops take ten times the instructions of chosen code, and the smallest heap takes a dozen runs to find.
/// </summary>
internal sealed class SimulationProgress(Terminal terminal, TimeProvider time) : IProgress<SimulatedRuns>
{
    /// <summary>A line is worth reading when so much has happened since the last.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    private long begin = time.GetTimestamp(), said = time.GetTimestamp();

    /// <inheritdoc/>
    public void Report(SimulatedRuns value)
    {
        if (value.Most is not { } most)
        {
            terminal.Note("  compiled; the simulator runs it, then again on ever smaller heaps");
            begin = said = time.GetTimestamp();
            return;
        }

        if (time.GetElapsedTime(said) < Pause || value.Done >= most) return;
        said = time.GetTimestamp();
        terminal.Note($"  run {value.Done} of at most {most}, about {Units.Duration(time.GetElapsedTime(begin) / value.Done * (most - value.Done))} left");
    }
}
