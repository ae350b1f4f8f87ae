using SparseNas.Quantization;

namespace SparseNas.Search;

/// <summary>Room that a study keeps free on its board for the user's own application.</summary>
/// <param name="HeapBytes">Managed heap, 0 or more.</param>
/// <param name="FlashBytes">Deployment area, 0 or more.</param>
public sealed record Reserve(long HeapBytes, long FlashBytes)
{
    /// <summary>Nothing is kept.</summary>
    public static Reserve None { get; } = new(0, 0);
}

/// <summary>What a board has for a network and its application, before anything is reserved.</summary>
/// <param name="HeapBytes">Managed heap.</param>
/// <param name="FlashBytes">Deployment area.</param>
public sealed record BoardRoom(long HeapBytes, long FlashBytes);

/// <summary>What the whole application with a network takes on a board, and whether it fits there.</summary>
/// <param name="HeapBytes">A managed heap with which it was seen to run, at most a kilobyte above the smallest.</param>
/// <param name="ImageBytes">Its deployment image.</param>
/// <param name="Room">What the board has.</param>
public sealed record DeploymentCost(int HeapBytes, int ImageBytes, BoardRoom Room);

/// <summary>Measures what a network takes on a study's board: code is generated, compiled and simulated. A pure function; called from several threads.</summary>
public interface IDeploymentMeter
{
    /// <summary>What the board has.</summary>
    BoardRoom Room { get; }

    /// <summary>Measures a network.</summary>
    /// <param name="trial">The trial's number; it is part of names in the program.</param>
    /// <param name="network">The integer network.</param>
    /// <param name="score">Its score so far; the code takes no more working memory than it says.</param>
    DeploymentCost Measure(int trial, QuantizedNetwork network, Score score);
}
