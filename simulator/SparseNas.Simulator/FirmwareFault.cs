namespace SparseNas.Simulator;

/// <summary>The simulated program cannot go on: names method, IL offset, instruction and the state of the heap.</summary>
public sealed class FirmwareFault : Exception
{
    /// <summary>Builds the fault.</summary>
    /// <param name="message">Place, law and heap state.</param>
    /// <param name="isOutOfMemory">Whether the heap was too small.</param>
    public FirmwareFault(string message, bool isOutOfMemory = false)
        : base(message) => IsOutOfMemory = isOutOfMemory;

    /// <summary>Whether the program would go on with a larger heap.</summary>
    public bool IsOutOfMemory { get; }
}
