using System.Collections.Immutable;

namespace SparseNas.Quantization.Execution;

/// <summary>Everything one inference computes: what two executors are compared by, byte for byte.</summary>
/// <param name="Activations">Codes of every operator but the last, in the graph's order, each NHWC.</param>
/// <param name="Logits">The last operator's accumulators, one per class.</param>
public sealed record OperatorOutputs(ImmutableArray<byte[]> Activations, int[] Logits)
{
    /// <summary>The class: index of the largest logit, the first of equals.</summary>
    public int Class => ArgMax.Of(Logits);
}

/// <summary>The decision rule of every executor.</summary>
public static class ArgMax
{
    /// <summary>Index of the largest value, the first of equals.</summary>
    public static int Of(ReadOnlySpan<int> logits)
    {
        int best = 0;
        for (int index = 1; index < logits.Length; index++)
        {
            if (logits[index] > logits[best]) best = index;
        }

        return best;
    }
}
