using System.Collections.Immutable;
using System.Globalization;
using SparseNas.Codegen.Costs;
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
/// <param name="Cycles">Cycles of one inference, at least; null without a board.</param>
public sealed record Forecast(int ParameterBytes, int L0, int WorkingMemoryPeakBytes, long Macs, long? Cycles = null)
{
    /// <summary>Managed heap that any code needs: the arena lies there.</summary>
    public int LeastHeapBytes => WorkingMemoryPeakBytes;

    /// <summary>Image that any code needs: every living weight is written somewhere, in no less than a bit.</summary>
    public int LeastImageBytes { get; init; }

    /// <summary>The forecast of a candidate that fits its space.</summary>
    /// <param name="candidate">The candidate.</param>
    /// <param name="input">Shape of one sample.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="cycles">What a core needs at least, or null where cycles do not count.</param>
    public static Forecast Of(Candidate candidate, Shape input, int classes, CycleBound? cycles = null)
    {
        PruningChoice pruning = candidate.Pruning;
        Blueprint blueprint = pruning.Structure == PruningStructure.Channels
            ? candidate.Blueprint.WithShareOfChannels(1 - pruning.Sparsity)
            : candidate.Blueprint;
        OperatorGraph graph = OperatorGraph.From(blueprint.ToArchitecture("forecast", input, classes));
        double alive = pruning.Structure == PruningStructure.Weights ? 1 - pruning.Sparsity : 1;
        int living = LivingWeights(graph, blueprint, alive);
        return new Forecast(
            Bytes(graph, blueprint, alive), living, CodeChoice.LeastArenaBytes(graph), MacsOf(graph, blueprint),
            cycles?.Of(graph, index => AliveShare(graph, blueprint, graph.Operators[index], alive)))
        {
            LeastImageBytes = living / 8,
        };
    }

    /// <summary>The first hard limit that the forecast breaks, as a reason for people; null when all may hold.</summary>
    public string? BrokenLimit(ImmutableArray<Objective> objectives)
    {
        foreach (Objective objective in objectives)
        {
            if (objective.Limit is { } limit && LeastOf(objective.Kind) is { } least && least > limit)
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
        ObjectiveKind.ValidationError or ObjectiveKind.Cycles => null,   // of cycles only a bound is known
        _ => throw new InvalidOperationException($"Objective {kind} is not handled here."),
    };

    /// <summary>The least that one objective can be; null where nothing is known before training.</summary>
    public double? LeastOf(ObjectiveKind kind) => kind == ObjectiveKind.Cycles ? Cycles : Of(kind);

    /// <summary>The head multiplies only what it gathers.</summary>
    private static long MacsOf(OperatorGraph graph, Blueprint blueprint) => MacCount.Of(graph) - graph.Operators
        .Where(op => op.Layer is Dense).Sum(op => (long)ParameterCount.Of(graph.Architecture, op.NodeIndex).Weights - Weights(graph, blueprint, op).Count);

    private static int LivingWeights(OperatorGraph graph, Blueprint blueprint, double alive) =>
        graph.Operators.Sum(op => Living(Weights(graph, blueprint, op).Count, alive));

    private static int Bytes(OperatorGraph graph, Blueprint blueprint, double alive)
    {
        int sum = 0;
        for (int index = 0; index < graph.Operators.Length; index++)
        {
            Operator op = graph.Operators[index];
            if (op.Layer is not (Conv2D or DepthwiseConv2D or Dense)) continue;
            (int count, int selectionBytes) = Weights(graph, blueprint, op);
            int channels = op.Output.Channels;
            bool isLast = index == graph.Operators.Length - 1;
            sum += Networks.ParameterBytes.Weights(count, Living(count, alive), blueprint.WeightBitsOf(op.Name)) + selectionBytes + channels
                + (isLast ? 0 : Networks.ParameterBytes.Requantization(channels));
        }

        return sum;
    }

    /// <summary>Weights of an operator, and the bytes that say which values the head's first dense layer reads.</summary>
    private static (int Count, int SelectionBytes) Weights(OperatorGraph graph, Blueprint blueprint, Operator op)
    {
        int count = ParameterCount.Of(graph.Architecture, op.NodeIndex).Weights;
        if (blueprint.Head.GatherShare >= 1 || op.Layer is not Dense || op.Name != blueprint.Head.FirstDense) return (count, 0);
        int features = graph.OutputOf(op.Inputs[0]).Elements, gathered = blueprint.Head.Gathered(features);
        return (count / features * gathered, Networks.ParameterBytes.Selection(features, gathered));
    }

    private static double AliveShare(OperatorGraph graph, Blueprint blueprint, Operator op, double alive) =>
        alive * Weights(graph, blueprint, op).Count / Math.Max(1, ParameterCount.Of(graph.Architecture, op.NodeIndex).Weights);

    private static int Living(int count, double alive) => (int)Math.Floor((count * alive) + 1e-9);
}
