using SparseNas.Networks;

namespace SparseNas.Search.Tests;

/// <summary>
/// A score by formula, in microseconds: larger networks err less, weights count a little, so that inheritance shows. A given share of trials fails.
/// </summary>
internal sealed class SyntheticEvaluator(TimeSpan delay = default, double failingShare = 0, Action<EvaluationRequest>? onEvaluate = null) : IEvaluator
{
    public Evaluation Evaluate(EvaluationRequest request, CancellationToken cancellation)
    {
        onEvaluate?.Invoke(request);
        if (delay > TimeSpan.Zero && cancellation.WaitHandle.WaitOne(delay)) throw new OperationCanceledException(cancellation);
        SeededRandom random = new(request.Seed);
        if (random.NextDouble() < failingShare) throw new InvalidOperationException("the loss is not a number");

        Forecast forecast = Forecast.Of(request.Candidate, request.Architecture.Input, request.Architecture.Classes);
        Network weights = request.ParentWeights is { } parent
            ? WeightInheritance.Inherit(parent, request.Architecture, random)
            : RandomNetwork.Of(request.Architecture, random.NextUInt64());
        double mean = Math.Abs(weights.Layers.OfType<KernelWeights>().SelectMany(kernel => kernel.Weights).Average());
        double error = Math.Min(1, (0.5 / Math.Sqrt(1 + (forecast.ParameterBytes / 100.0))) + (0.2 / Math.Sqrt(1 + (forecast.Macs / 1000.0))) + (0.1 * mean) + (0.02 * random.NextDouble()));
        return new Evaluation(TrialStatus.Completed, null, new Score
        {
            ValidationError = error, FloatValidationError = error, ParameterBytes = forecast.ParameterBytes, L0 = forecast.L0,
            WorkingMemoryPeakBytes = forecast.WorkingMemoryPeakBytes, Wm1Elements = 1, Wm2Elements = 1, Macs = forecast.Macs,
        }, null, weights);
    }
}
