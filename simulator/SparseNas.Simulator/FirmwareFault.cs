namespace SparseNas.Simulator;

/// <summary>The simulated program cannot go on: names method, IL offset, instruction and the state of the heap.</summary>
public sealed class FirmwareFault : Exception
{
    /// <summary>Builds the fault.</summary>
    /// <param name="message">Place, law and heap state.</param>
    public FirmwareFault(string message)
        : base(message)
    {
    }
}
