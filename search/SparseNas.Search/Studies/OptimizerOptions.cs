using System.Collections.Immutable;

namespace SparseNas.Search;

/// <summary>How the next candidate is chosen.</summary>
public enum SearchMethod
{
    /// <summary>Independent samples of the space.</summary>
    Random,

    /// <summary>Regularised evolution (Real et al. 2019) with randomly weighted fitness.</summary>
    Evolution,

    /// <summary>NSGA-II (Deb et al. 2002).</summary>
    Nsga2,

    /// <summary>Gaussian processes and an acquisition over samples and morphisms of the front.</summary>
    Bayesian,
}

/// <summary>What a Bayesian search maximises to choose a candidate.</summary>
public enum AcquisitionKind
{
    /// <summary>A sample of the posterior, scalarised with random weights (Thompson sampling; SpArSe).</summary>
    Thompson,

    /// <summary>Expected growth of the front's hypervolume.</summary>
    HypervolumeImprovement,
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

    /// <summary>Bayesian: what is maximised.</summary>
    public AcquisitionKind Acquisition { get; init; } = AcquisitionKind.Thompson;

    /// <summary>Bayesian: random samples among which, with as many morphisms of the front, the acquisition chooses.</summary>
    public int Pool { get; init; } = 200;

    /// <summary>
    /// Successive halving: epochs of each rung, ascending; a trial's weights train on when it is promoted. Empty for none. The first replaces the training's epochs.
    /// </summary>
    public ImmutableArray<int> RungEpochs { get; init; } = [];

    /// <summary>Successive halving: one of so many trials of a rung is promoted, at least 2.</summary>
    public int Reduction { get; init; } = 3;
}
