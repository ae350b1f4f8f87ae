namespace SparseNas.Cli;

/// <summary>Progress that is told on the thread that reports it, in order; <see cref="Progress{T}"/> would go through the thread pool.</summary>
internal sealed class ImmediateProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
