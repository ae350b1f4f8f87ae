using System.Collections.Immutable;
using System.Globalization;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>
/// What a candidate will cost, before it is trained: the smallest figures its choices allow. Biases count one byte each, pruned weights count as
/// zeros, pruned channels are shared out evenly over the blocks (magnitudes decide the real shares). Without pruning only the zeros that rounding to
/// few bits adds can make a network smaller than its forecast.
/// </summary>
/// <param name="ParameterBytes">Packed parameter bytes, at least.</param>
/// <param name="L0">Living weights.</param>
/// <param name="WorkingMemoryPeakBytes">The smallest arena; the locals of the code come on top.</param>
/// <param name="Macs">Multiply-accumulates.</param>
public sealed record Forecast(int ParameterBytes, int L0, int WorkingMemoryPeakBytes, long Macs)
{
    /// <summary>The forecast of a candidate that fits its space.</summary>
    public static Forecast Of(Candidate candidate, Shape input, int classes)
    {
        PruningChoice pruning = candidate.Pruning;
        Blueprint blueprint = pruning.Structure == PruningStructure.Channels
            ? candidate.Blueprint.WithShareOfChannels(1 - pruning.Sparsity)
            : candidate.Blueprint;
        OperatorGraph graph = OperatorGraph.From(blueprint.ToArchitecture("forecast", input, classes));
        double alive = pruning.Structure == PruningStructure.Weights ? 1 - pruning.Sparsity : 1;
        return new Forecast(
            Bytes(graph, alive, candidate.WeightBits), LivingWeights(graph, alive), CodeChoice.LeastArenaBytes(graph), MacCount.Of(graph));
    }

    /// <summary>The first hard limit that the forecast breaks, as a reason for people; null when all may hold.</summary>
    public string? BrokenLimit(ImmutableArray<Objective> objectives)
    {
        foreach (Objective objective in objectives)
        {
            if (objective.Limit is { } limit && Of(objective.Kind) is { } least && least > limit)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{objective.Name}: at least {least}, but the limit is {limit}");
            }
        }

        return null;
    }

    /// <summary>The forecast of one objective, or null for those that only training shows.</summary>
    public double? Of(ObjectiveKind kind) => kind switch
    {
        ObjectiveKind.ParameterBytes => ParameterBytes,
        ObjectiveKind.L0 => L0,
        ObjectiveKind.WorkingMemoryPeakBytes => WorkingMemoryPeakBytes,
        ObjectiveKind.Macs => Macs,
        ObjectiveKind.ValidationError or ObjectiveKind.Cycles => null,
        _ => throw new InvalidOperationException($"Objective {kind} is not handled here."),
    };

    private static int LivingWeights(OperatorGraph graph, double alive) =>
        graph.Operators.Sum(op => Living(ParameterCount.Of(graph.Architecture, op.NodeIndex).Weights, alive));

    private static int Bytes(OperatorGraph graph, double alive, int bits)
    {
        int sum = 0;
        for (int index = 0; index < graph.Operators.Length; index++)
        {
            Operator op = graph.Operators[index];
            if (op.Layer is not (Conv2D or DepthwiseConv2D or Dense)) continue;
            int count = ParameterCount.Of(graph.Architecture, op.NodeIndex).Weights, channels = op.Output.Channels;
            bool isLast = index == graph.Operators.Length - 1;
            sum += Networks.ParameterBytes.Weights(count, Living(count, alive), bits) + channels + (isLast ? 0 : Networks.ParameterBytes.Requantization(channels));
        }

        return sum;
    }

    private static int Living(int count, double alive) => (int)Math.Floor((count * alive) + 1e-9);
}
