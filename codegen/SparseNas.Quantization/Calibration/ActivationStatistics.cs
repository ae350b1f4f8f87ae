using System.Collections.Immutable;
using SparseNas.Networks;
using SparseNas.Training;
using SparseNas.Training.Data;

namespace SparseNas.Quantization.Calibration;

/// <summary>Shows every operator's float output for every calibration sample, the same values in the same order at each call.</summary>
/// <param name="visit">Takes an operator's index (or <see cref="Architecture.InputIndex"/>) and one sample's values, NHWC.</param>
public delegate void ActivationSource(Action<int, ReadOnlySpan<float>> visit);

/// <summary>What every tensor held over the calibration samples.</summary>
/// <param name="Input">The network's input; empty when the source does not show it.</param>
/// <param name="Operators">One per operator of the graph.</param>
public sealed record ActivationStatistics(ActivationHistogram Input, ImmutableArray<ActivationHistogram> Operators)
{
    /// <summary>Statistics of tensor <paramref name="index"/>: an operator's output or the network's input.</summary>
    public ActivationHistogram Of(int index) => index == Architecture.InputIndex ? Input : Operators[index];

    /// <summary>Float inference over <paramref name="samples"/>, batch norm folded.</summary>
    /// <exception cref="ArgumentException">No samples, another shape, or an activation that is not finite.</exception>
    public static ActivationStatistics Collect(Network network, Samples samples, InputEncoding encoding)
    {
        if (samples.Count == 0) throw new ArgumentException("Calibration needs at least one sample.", nameof(samples));
        return Collect(
            OperatorGraph.From(network.Architecture), visit => FloatInference.VisitOperatorOutputs(network, samples, encoding, visit));
    }

    /// <summary>Reads the source twice: for extremes and means, then for histograms between them.</summary>
    /// <param name="graph">The operators.</param>
    /// <param name="source">Their outputs in floating point.</param>
    /// <exception cref="ArgumentException">An activation is not finite.</exception>
    public static ActivationStatistics Collect(OperatorGraph graph, ActivationSource source)
    {
        ActivationStatistics statistics = new(new ActivationHistogram(), [.. graph.Operators.Select(_ => new ActivationHistogram())]);
        source((index, values) => statistics.Of(index).Widen(values));
        source((index, values) =>
        {
            if (index != Architecture.InputIndex) statistics.Of(index).Count(values);   // the input's format is given
        });
        return statistics;
    }
}
