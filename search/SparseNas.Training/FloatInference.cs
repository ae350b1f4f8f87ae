using SparseNas.Networks;
using SparseNas.Training.Data;
using SparseNas.Training.Engine;
using SparseNas.Training.Engine.Kernels;
using SparseNas.Training.Engine.Steps;

namespace SparseNas.Training;

/// <summary>Runs a trained network in floating point, batch norm folded: validation, and the ranges that quantisation is calibrated on.</summary>
/// <example><code>
/// double error = FloatInference.Error(trained.Network, validation, dataset.Encoding);
/// </code></example>
public static class FloatInference
{
    /// <summary>Logits of every sample.</summary>
    /// <param name="network">The network; its input has the samples' shape.</param>
    /// <param name="samples">Raw bytes.</param>
    /// <param name="encoding">What a byte means.</param>
    /// <returns>[N, classes].</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static float[] Logits(Network network, Samples samples, InputEncoding encoding)
    {
        using var engine = new InferenceEngine(FoldedNetwork.From(network), EngineInstructions.Current);
        var logits = new float[samples.Count * network.Architecture.Classes];
        engine.Run(samples, encoding, (first, count) => engine.ReadOutput(first, count, logits));
        return logits;
    }

    /// <summary>Share of samples whose largest logit is not their label; of equal logits the first counts. 0 for no samples.</summary>
    /// <inheritdoc cref="Logits"/>
    public static double Error(Network network, Samples samples, InputEncoding encoding)
    {
        if (samples.Count == 0) return 0;
        float[] logits = Logits(network, samples, encoding);
        int classes = network.Architecture.Classes, wrong = 0;
        for (int sample = 0; sample < samples.Count; sample++)
        {
            ReadOnlySpan<float> row = logits.AsSpan(sample * classes, classes);
            int best = 0;
            for (int c = 1; c < classes; c++) best = row[c] > row[best] ? c : best;
            if (best != samples.Label(sample)) wrong++;
        }

        return (double)wrong / samples.Count;
    }

    /// <summary>Shows every operator's output (after its ReLU) for every sample: what calibration looks at.</summary>
    /// <param name="network">The network.</param>
    /// <param name="samples">Raw bytes.</param>
    /// <param name="encoding">What a byte means.</param>
    /// <param name="visit">
    /// Called with the index of an operator of <see cref="FoldedNetwork.Graph"/> (−1 for the input) and one image's values in NHWC order; the
    /// span is only valid during the call.
    /// </param>
    public static void VisitOperatorOutputs(Network network, Samples samples, InputEncoding encoding, Action<int, ReadOnlySpan<float>> visit)
    {
        using var engine = new InferenceEngine(FoldedNetwork.From(network), EngineInstructions.Current, everyOutput: true);
        engine.Run(samples, encoding, (_, count) => engine.Visit(count, visit));
    }
}
