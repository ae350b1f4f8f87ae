namespace SparseNas.Simulator;

/// <summary>An assembly that breaks the rules of its format: nothing of it is executed beyond the place that the message names.</summary>
public sealed class DamagedAssemblyException : Exception
{
    /// <summary>Builds the exception.</summary>
    /// <param name="message">The law, the values and the place.</param>
    /// <param name="inner">What the metadata reader said, if it found the damage.</param>
    public DamagedAssemblyException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
