using System.Collections.Immutable;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Search;

/// <summary>One candidate to try.</summary>
/// <param name="Number">The trial's number.</param>
/// <param name="Candidate">What to try.</param>
/// <param name="Architecture">Its architecture.</param>
/// <param name="Seed">Every random number of the trial derives from it.</param>
/// <param name="ParentWeights">Weights of the candidate's parent, or null for fresh ones.</param>
public sealed record EvaluationRequest(int Number, Candidate Candidate, Architecture Architecture, ulong Seed, Network? ParentWeights)
{
    /// <summary>The finished trials that this one was proposed from; learning curves are compared with theirs.</summary>
    public ImmutableArray<Trial> Known { get; init; } = [];
}

/// <summary>What a trial gave.</summary>
/// <param name="Status">How it ended; limits are judged later, from the score.</param>
/// <param name="Reason">Why it is not completed; null when it is.</param>
/// <param name="Score">Measurements, or null.</param>
/// <param name="Quantized">The integer network behind the score, or null.</param>
/// <param name="Weights">Floating-point weights of the candidate's own architecture, from which children start, or null.</param>
public sealed record Evaluation(TrialStatus Status, string? Reason, Score? Score, QuantizedNetwork? Quantized = null, Network? Weights = null)
{
    /// <summary>Validation error half-way, or null where it was not measured.</summary>
    public double? HalfwayError { get; init; }

    /// <summary>A trial that went wrong.</summary>
    public static Evaluation Failure(string reason) => new(TrialStatus.Failed, reason, null);
}

/// <summary>
/// From a candidate to its score: the pipeline in studies, a formula in tests. A pure function of the request; called from several threads.
/// </summary>
public interface IEvaluator
{
    /// <summary>Tries a candidate.</summary>
    /// <exception cref="OperationCanceledException">The run was cancelled; the trial leaves no trace.</exception>
    Evaluation Evaluate(EvaluationRequest request, CancellationToken cancellation);
}
