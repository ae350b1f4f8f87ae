using System.Collections.Immutable;
using SparseNas.Networks;
using SparseNas.Training;
using SparseNas.Training.Data;

namespace SparseNas.Quantization.AwareTraining;

/// <summary>A network trained for its integer form.</summary>
/// <param name="Trained">Weights on their grids, and how training ended; its validation error is that of float activations.</param>
/// <param name="Integers">The integer network; its error is measured with <see cref="Execution.IntegerExecutor"/>.</param>
public sealed record QuantizationAwareResult(TrainedNetwork Trained, QuantizedNetwork Integers);

/// <summary>
/// Trains a float network further while weights and activations below 8 bits are rounded as the integer network will round them. Formats of
/// such activations come from calibration on the float network and stay; those of 8 bits are calibrated on the trained network.
/// </summary>
/// <example><code>
/// QuantizationAwareResult result = QuantizationAwareTraining.Train(
///     trained.Network, train, validation, dataset.Encoding,
///     new TrainingOptions { Epochs = 8, LearningRate = 0.01f }, new QuantizationOptions { WeightBits = 4, ActivationBits = 4 }, seed: 1);
/// double error = IntegerExecutor.Error(result.Integers, validation);
/// </code></example>
public static class QuantizationAwareTraining
{
    /// <summary>Trains and converts.</summary>
    /// <param name="start">A float network, trained; masks of pruned weights are kept.</param>
    /// <param name="train">Training samples; the first of them calibrate.</param>
    /// <param name="validation">Samples for the float validation error.</param>
    /// <param name="encoding">What a byte means.</param>
    /// <param name="training">How to train; its own activation grids are replaced.</param>
    /// <param name="options">Widths and calibration.</param>
    /// <param name="seed">All randomness derives from it.</param>
    /// <param name="hook">Sees the weights between steps, before they are rounded: holds masks, for example.</param>
    /// <param name="progress">Told after every epoch.</param>
    /// <param name="cancellation">Checked before every step.</param>
    /// <exception cref="ArgumentException">Options out of range, no samples, or activations that are not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static QuantizationAwareResult Train(
        Network start, Samples train, Samples validation, InputEncoding encoding, TrainingOptions training, QuantizationOptions options,
        ulong seed, ITrainingHook? hook = null, IProgress<EpochReport>? progress = null, CancellationToken cancellation = default)
    {
        QuantizedNetwork calibrated = Quantizer.Quantize(start, train, encoding, options);
        TrainedNetwork trained = Trainer.Train(
            start.Architecture, train, validation, encoding, training with { ActivationGrids = GridsOf(calibrated) }, seed, start,
            new StraightThroughWeights(start.Architecture, options, hook), progress, cancellation);
        return new QuantizationAwareResult(trained, Quantizer.QuantizeTrained(calibrated, trained.Network, train, encoding, options));
    }

    /// <summary>A grid for every activation below 8 bits that is rounded by its own operator.</summary>
    private static ImmutableArray<ActivationGrid> GridsOf(QuantizedNetwork network) =>
    [
        .. network.Operators.SkipLast(1)
            .Where(op => op.Output.Bits < 8 && op is (QuantizedKernel or QuantizedMean or QuantizedAdd or QuantizedConcat))
            .Select(op => new ActivationGrid(
                op.Operator.BatchNormIndex ?? op.Operator.NodeIndex, op.Output.Scale, Minimum(op) - op.Output.ZeroPoint,
                op.Output.Maximum - op.Output.ZeroPoint)),
    ];

    private static int Minimum(QuantizedOperator op) => op switch
    {
        QuantizedKernel o => o.Requantization!.Minimum,
        QuantizedMean o => o.Requantization!.Minimum,
        QuantizedAdd o => o.Minimum,
        QuantizedConcat o => o.Minimum,
        _ => throw new InvalidOperationException($"{op.GetType().Name} '{op.Operator.Name}' does not round."),
    };
}
