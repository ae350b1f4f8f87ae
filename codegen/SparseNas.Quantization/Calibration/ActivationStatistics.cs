using System.Collections.Immutable;
using SparseNas.Networks;
using SparseNas.Training;
using SparseNas.Training.Data;

namespace SparseNas.Quantization.Calibration;

/// <summary>Shows every operator's float output for every calibration sample, the same values in the same order at each call.</summary>
/// <param name="visit">Takes an operator's index and one sample's values; other indices (the input) are ignored.</param>
public delegate void ActivationSource(Action<int, ReadOnlySpan<float>> visit);

/// <summary>What every operator's output held over the calibration samples.</summary>
/// <param name="Operators">One per operator of the graph.</param>
public sealed record ActivationStatistics(ImmutableArray<ActivationHistogram> Operators)
{
    /// <summary>Float inference over <paramref name="samples"/>, batch norm folded.</summary>
    /// <exception cref="ArgumentException">No samples, another shape, or an activation that is not finite.</exception>
    public static ActivationStatistics Collect(Network network, Samples samples, InputEncoding encoding)
    {
        if (samples.Count == 0) throw new ArgumentException("Calibration needs at least one sample.", nameof(samples));
        return Collect(
            OperatorGraph.From(network.Architecture), visit => FloatInference.VisitOperatorOutputs(network, samples, encoding, visit));
    }

    /// <summary>Reads the source twice: for extremes, then for histograms between them.</summary>
    /// <param name="graph">The operators.</param>
    /// <param name="source">Their outputs in floating point.</param>
    /// <exception cref="ArgumentException">An activation is not finite.</exception>
    public static ActivationStatistics Collect(OperatorGraph graph, ActivationSource source)
    {
        ImmutableArray<ActivationHistogram> histograms = [.. graph.Operators.Select(_ => new ActivationHistogram())];
        source((index, values) =>
        {
            if (index >= 0) histograms[index].Widen(values);
        });
        source((index, values) =>
        {
            if (index >= 0) histograms[index].Count(values);
        });
        return new ActivationStatistics(histograms);
    }
}
