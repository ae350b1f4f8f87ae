using SparseNas.Networks;
using SparseNas.Training.Data;
using SparseNas.Training.Engine;

namespace SparseNas.Training;

/// <summary>Trains a network on one core, the same numbers for the same seed and instruction set whatever else runs.</summary>
/// <example><code>
/// TrainedNetwork trained = Trainer.Train(architecture, train, validation, dataset.Encoding, new TrainingOptions { Epochs = 5 }, seed: 1);
/// </code></example>
public static class Trainer
{
    private const ulong InitializationStream = 1;

    /// <summary>Trains from <paramref name="start"/> or from He initialisation.</summary>
    /// <param name="architecture">What to train.</param>
    /// <param name="train">Training samples, at least one.</param>
    /// <param name="validation">Measured after every epoch when <paramref name="progress"/> listens, else after the last.</param>
    /// <param name="encoding">What a byte means.</param>
    /// <param name="options">How.</param>
    /// <param name="seed">All randomness derives from it.</param>
    /// <param name="start">Inherited weights of the same architecture, or null.</param>
    /// <param name="hook">Sees the weights between steps.</param>
    /// <param name="progress">Told after every epoch.</param>
    /// <param name="cancellation">Checked before every step.</param>
    /// <returns>The network; a loss that is not finite ends training with <see cref="TrainingStatus.Diverged"/>.</returns>
    /// <exception cref="ArgumentException">Samples, options or start do not fit the architecture; all mistakes are listed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static TrainedNetwork Train(
        Architecture architecture, Samples train, Samples validation, InputEncoding encoding, TrainingOptions options, ulong seed,
        Network? start = null, ITrainingHook? hook = null, IProgress<EpochReport>? progress = null, CancellationToken cancellation = default)
    {
        TrainingLaws.Check(architecture, train, validation, options, start);
        using var run = new TrainingRun(architecture, train, encoding, options, seed, hook);
        run.Start(start ?? NetworkInitialization.He(architecture, new SeededRandom(seed, InitializationStream)));
        double loss = double.NaN;
        for (int epoch = 1; epoch <= options.Epochs; epoch++)
        {
            double epochLoss = run.Epoch(epoch, cancellation);
            if (!double.IsFinite(epochLoss)) return Result(run.LastFinite(), TrainingStatus.Diverged);
            loss = epochLoss;
            if (progress is null || (progress is IChosenEpochs chosen && !chosen.Wants(epoch, options.Epochs))) continue;
            progress.Report(new EpochReport(epoch, options.Epochs, loss, FloatInference.Error(run.Present(), validation, encoding)));
        }

        return Result(run.Present(), TrainingStatus.Completed);

        TrainedNetwork Result(Network network, TrainingStatus status) =>
            new(network, status, loss, FloatInference.Error(network, validation, encoding));
    }
}
