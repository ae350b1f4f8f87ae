namespace SparseNas.Search;

/// <summary>What a trial measured; everything is a cost. Sizes and the error are those of the integer network.</summary>
public sealed record Score
{
    /// <summary>Share of wrong answers of the integer network on validation data, 0 to 1.</summary>
    public required double ValidationError { get; init; }

    /// <summary>The same in floating point, before quantisation.</summary>
    public required double FloatValidationError { get; init; }

    /// <summary>Packed parameter bytes.</summary>
    public required int ParameterBytes { get; init; }

    /// <summary>Weights and biases that are not zero.</summary>
    public required int L0 { get; init; }

    /// <summary>Planned working-memory peak, input included, with the local variables of plain loops; code that deployment chooses for speed may hold more in locals.</summary>
    public required int WorkingMemoryPeakBytes { get; init; }

    /// <summary>SpArSe's first memory model.</summary>
    public required long Wm1Elements { get; init; }

    /// <summary>SpArSe's second memory model.</summary>
    public required long Wm2Elements { get; init; }

    /// <summary>Multiply-accumulates, dense.</summary>
    public required long Macs { get; init; }

    /// <summary>Estimated cycles of one inference, by the code that deployment would choose; null where cycles are no objective.</summary>
    public long? Cycles { get; init; }

    /// <summary>What the whole application takes on the study's board; null without a board.</summary>
    public DeploymentCost? Deployment { get; init; }

    /// <summary>Name and version of the cost table behind <see cref="Cycles"/>, or null.</summary>
    public string? CostTable { get; init; }
}
