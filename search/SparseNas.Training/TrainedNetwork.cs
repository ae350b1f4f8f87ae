using SparseNas.Networks;

namespace SparseNas.Training;

/// <summary>How a training run ended.</summary>
public enum TrainingStatus
{
    /// <summary>All epochs done.</summary>
    Completed,

    /// <summary>The loss became infinite or not a number; the weights are those of the last finite epoch.</summary>
    Diverged,
}

/// <summary>Progress that wants to hear of some epochs only: for the others nothing is measured.</summary>
public interface IChosenEpochs : IProgress<EpochReport>
{
    /// <summary>Whether an epoch's report is wanted.</summary>
    /// <param name="epoch">Counted from 1.</param>
    /// <param name="epochs">Of how many.</param>
    bool Wants(int epoch, int epochs);
}

/// <summary>What one epoch gave.</summary>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="Epochs">Of how many.</param>
/// <param name="TrainingLoss">Mean cross-entropy over the epoch.</param>
/// <param name="ValidationError">Share of wrong answers on validation data in floating point, or null when it was not measured.</param>
public sealed record EpochReport(int Epoch, int Epochs, double TrainingLoss, double? ValidationError);

/// <summary>A network after training.</summary>
/// <param name="Network">Weights and masks.</param>
/// <param name="Status">How it ended.</param>
/// <param name="TrainingLoss">Mean cross-entropy of the last epoch.</param>
/// <param name="ValidationError">Share of wrong answers on validation data, in floating point.</param>
public sealed record TrainedNetwork(Network Network, TrainingStatus Status, double TrainingLoss, double ValidationError);
