namespace SparseNas.Search;

/// <summary>How the next candidate is chosen.</summary>
public enum SearchMethod
{
    /// <summary>Independent samples of the space.</summary>
    Random,

    /// <summary>Regularised evolution (Real et al. 2019) with randomly weighted fitness.</summary>
    Evolution,
}

/// <summary>The settings of the optimiser.</summary>
public sealed record OptimizerOptions
{
    /// <summary>Which optimiser.</summary>
    public SearchMethod Kind { get; init; } = SearchMethod.Evolution;

    /// <summary>Evolution: the youngest trials that may become parents, at least 2.</summary>
    public int Population { get; init; } = 32;

    /// <summary>Evolution: how many of the population compete to become a parent.</summary>
    public int Sample { get; init; } = 8;

    /// <summary>Trials that are drawn at random before the optimiser starts; never more than the population needs.</summary>
    public int InitialTrials { get; init; } = 16;

    /// <summary>
    /// Trial n is proposed from trials 1 .. n − lag exactly, so up to this many run side by side and their number changes nothing. At least 1.
    /// </summary>
    public int Lag { get; init; } = 2;

    /// <summary>Whether children start from their parent's weights.</summary>
    public bool InheritWeights { get; init; } = true;

    /// <summary>Share of the epochs that a child with inherited weights trains, above 0 to 1.</summary>
    public double ChildEpochs { get; init; } = 0.5;
}
