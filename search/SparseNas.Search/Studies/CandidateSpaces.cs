using System.Collections.Immutable;
using SparseNas.Training;

namespace SparseNas.Search;

/// <summary>How candidates may be trained: fixed choices and the hyperparameters that are searched.</summary>
public sealed record TrainingSpace
{
    /// <summary>Everything that is not searched, and the values that candidates without a searched one have.</summary>
    public TrainingOptions Options { get; init; } = new();

    /// <summary>Images per step.</summary>
    public ImmutableArray<int> BatchSizes { get; init; } = [64];

    /// <summary>Highest learning rate.</summary>
    public NumberDomain LearningRate { get; init; } = NumberDomain.Fixed(0.05);

    /// <summary>L2 weight decay.</summary>
    public NumberDomain WeightDecay { get; init; } = NumberDomain.Fixed(1e-4);

    /// <summary>When training is given up as hopeless, or null for never.</summary>
    public GiveUp? GiveUp { get; init; }

    /// <summary>When training is ended by its learning curve, or null for never.</summary>
    public StopEarly? StopEarly { get; init; }

    /// <summary>Epochs of training that follow compaction, 0 for none.</summary>
    public int FineTuneEpochs { get; init; }

    /// <summary>A larger network that candidates learn from beside the labels, or null.</summary>
    public TeacherOptions? Teacher { get; init; }
}

/// <summary>
/// The teacher of a study (Hinton et al. 2015): trained once, on the study's own training samples, before the first candidate that listens to it.
/// </summary>
/// <param name="Blueprint">Its architecture; no member of the space, since it never leaves the desk.</param>
/// <param name="Epochs">Epochs that it trains, with the augmentation of the study.</param>
/// <param name="LearningRate">Its highest learning rate.</param>
/// <param name="Temperature">Temperature of its answers.</param>
/// <param name="Weight">Share of the teacher in a candidate's loss, 0 to 1; 0 for a candidate that learns from labels alone.</param>
public sealed record TeacherOptions(Blueprint Blueprint, int Epochs, float LearningRate, float Temperature, NumberDomain Weight);

/// <summary>A trial whose validation error is still above a bound after some epochs is stopped early: no further epoch will make it interesting.</summary>
/// <param name="AfterEpochs">Epochs, at least 1; shorter trainings are never given up.</param>
/// <param name="Error">The bound, above 0 to 1.</param>
public sealed record GiveUp(int AfterEpochs, double Error);

/// <summary>
/// A trial is stopped half-way when a finished one would be better in everything even if it improved from there as much as the best comparable trial did.
/// </summary>
/// <param name="Comparable">Finished trials of as many epochs that must be known before any is stopped, at least 1.</param>
public sealed record StopEarly(int Comparable);

/// <summary>What pruning removes together.</summary>
public enum PruningStructure
{
    /// <summary>Nothing is pruned.</summary>
    None,

    /// <summary>Single weights: fewer parameters.</summary>
    Weights,

    /// <summary>Whole output channels: fewer parameters and less working memory.</summary>
    Channels,
}

/// <summary>When what is pruned is decided.</summary>
public enum PruningMethod
{
    /// <summary>On a schedule, for good (Zhu and Gupta 2017).</summary>
    Magnitude,

    /// <summary>Again and again, with feedback to what was pruned too early (Lin et al. 2020).</summary>
    Dynamic,

    /// <summary>
    /// By the posterior of a sparse prior: variational dropout of single weights (Molchanov et al. 2017), Bayesian compression of channels and
    /// features with the normal-Jeffreys prior (Louizos et al. 2017). A sparsity s then means a divergence of weight s / (1 − s): what is left
    /// is for the data to say.
    /// </summary>
    Bayesian,

    /// <summary>The same with the group horseshoe prior for channels and features; for single weights there is no difference.</summary>
    Horseshoe,
}

/// <summary>How candidates may be pruned.</summary>
/// <param name="Structures">What may be removed.</param>
/// <param name="Methods">When; has no meaning without pruning.</param>
/// <param name="Sparsity">Share of weights or channels removed, 0 to 0.99; has no meaning without pruning.</param>
public sealed record PruningSpace(ImmutableArray<PruningStructure> Structures, ImmutableArray<PruningMethod> Methods, NumberDomain Sparsity);

/// <summary>How candidates may be quantised.</summary>
/// <param name="WeightBits">Bits per weight: 8, 4, 3 or 2.</param>
/// <param name="IsPerLayer">Whether every block and the head choose for themselves, or the network as a whole.</param>
/// <param name="AwareEpochs">Epochs in which candidates below 8 bits learn to live with the rounding; 0 for none.</param>
/// <param name="AwareShare">The same as a share of the epochs trained before, 0 to 2; the larger of both counts.</param>
public sealed record QuantizationSpace(ImmutableArray<int> WeightBits, bool IsPerLayer, int AwareEpochs, double AwareShare = 0)
{
    /// <summary>Epochs with rounding behind so many without.</summary>
    public int AwareEpochsAfter(int epochs) => Math.Max(AwareEpochs, (int)Math.Round(AwareShare * epochs));
}
