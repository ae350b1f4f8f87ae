using System.Collections.Immutable;
using SparseNas.Networks;
using SparseNas.Quantization.Calibration;
using SparseNas.Quantization.Execution;
using SparseNas.Training.Data;

namespace SparseNas.Quantization;

/// <summary>Widths per layer and what they give.</summary>
/// <param name="Options">The chosen widths.</param>
/// <param name="Network">The integer network.</param>
/// <param name="Error">Its error on the validation samples, 0 to 1.</param>
/// <param name="ParameterBytes">Its packed size.</param>
public sealed record PrecisionChoice(QuantizationOptions Options, QuantizedNetwork Network, double Error, int ParameterBytes);

/// <summary>
/// Chooses weight bits per layer by greedy descent: of all layers that could take the next narrower width, the one that saves the most
/// bytes per validation error lost goes first, as long as the whole loss stays within what is allowed. Calibration alone; training for
/// the chosen widths (<see cref="AwareTraining.QuantizationAwareTraining"/>) wins back most of what they cost.
/// </summary>
/// <example><code>
/// PrecisionChoice choice = PrecisionSearch.Run(
///     network, train.Take(1000), validation, encoding, new QuantizationOptions(), allowedLoss: 0.002);
/// </code></example>
public static class PrecisionSearch
{
    /// <summary>Narrows layers from the widths of <paramref name="start"/>.</summary>
    /// <param name="network">Trained weights.</param>
    /// <param name="calibration">Samples for activation ranges, at least one.</param>
    /// <param name="validation">Samples that errors are measured on, at least one.</param>
    /// <param name="encoding">What a byte means.</param>
    /// <param name="start">Widths to begin with.</param>
    /// <param name="allowedLoss">How much the error may rise above that of <paramref name="start"/>, 0 to 1.</param>
    /// <exception cref="ArgumentException">Options out of range, or no samples.</exception>
    public static PrecisionChoice Run(
        Network network, Samples calibration, Samples validation, InputEncoding encoding, QuantizationOptions start, double allowedLoss)
    {
        ActivationStatistics statistics = ActivationStatistics.Collect(
            network, calibration.Take(Math.Min(calibration.Count, start.CalibrationSamples)), encoding);
        PrecisionChoice Measure(QuantizationOptions options)
        {
            QuantizedNetwork integers = Quantizer.Quantize(network, statistics, encoding, options);
            double error = IntegerExecutor.Error(integers, validation);
            return new PrecisionChoice(options, integers, error, PackedSize.Of(integers).ParameterBytes);
        }

        string[] layers = [.. network.Architecture.Nodes
            .Where((_, index) => network.Layers[index] is KernelWeights).Select(node => node.Name)];
        PrecisionChoice present = Measure(start);
        double limit = present.Error + allowedLoss, leastLoss = 0.5 / validation.Count;
        while (true)
        {
            PrecisionChoice? best = layers.Select(layer => Narrower(present.Options, layer)).OfType<QuantizationOptions>().Select(Measure)
                .Where(choice => choice.Error <= limit && choice.ParameterBytes < present.ParameterBytes)
                .MaxBy(choice => (present.ParameterBytes - choice.ParameterBytes) / Math.Max(choice.Error - present.Error, leastLoss));
            if (best is null) return present;
            present = best;
        }
    }

    /// <summary>The options with one layer at the next width, or null when it is at the last.</summary>
    private static QuantizationOptions? Narrower(QuantizationOptions options, string layer)
    {
        LayerBits bits = options.For(layer);
        int position = WeightWidth.All.IndexOf(bits.WeightBits);
        if (position == WeightWidth.All.Length - 1) return null;
        ImmutableArray<LayerBits> others = options.Layers.RemoveAll(other => other.Layer == layer);
        return options with { Layers = others.Add(bits with { WeightBits = WeightWidth.All[position + 1] }) };
    }
}
