using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>Places activations in one arena: lifetimes from the execution order, then offsets so that living buffers never overlap.</summary>
/// <example><code>
/// MemoryPlan plan = MemoryPlanner.Plan(OperatorGraph.From(architecture));
/// plan.PeakBytes;      // what the score calls working memory
/// plan.Of(0).OffsetBytes;
/// </code></example>
public static class MemoryPlanner
{
    /// <summary>A local variable of the device takes one heap block.</summary>
    private const int LocalSlotBytes = 12;

    /// <summary>Bytes of one logit: the raw 32-bit accumulator.</summary>
    private const int LogitBytes = 4;

    /// <summary>Plans activations of one byte per value and 32-bit logits.</summary>
    public static MemoryPlan Plan(OperatorGraph graph)
    {
        ImmutableArray<PlannedBuffer> lifetimes = Lifetimes(graph);
        ImmutableArray<PlannedBuffer> placed = Place(lifetimes);
        return new MemoryPlan(
            [.. Enumerable.Range(0, graph.Operators.Length)], placed, placed.Max(buffer => buffer.EndBytes), LocalSlotBytes);
    }

    /// <summary>Bytes that tensor <paramref name="tensor"/> takes.</summary>
    public static int TensorBytes(OperatorGraph graph, int tensor) =>
        graph.OutputOf(tensor).Elements * (tensor == graph.Operators.Length - 1 ? LogitBytes : 1);

    private static ImmutableArray<PlannedBuffer> Lifetimes(OperatorGraph graph)
    {
        int count = graph.Operators.Length;
        var lastStep = new int[count + 1];
        for (int step = 0; step < count; step++)
        {
            lastStep[step + 1] = Math.Max(lastStep[step + 1], step);
            foreach (int source in graph.Operators[step].Inputs) lastStep[source + 1] = step;
        }

        return [.. Enumerable.Range(-1, count + 1)
            .Select(tensor => new PlannedBuffer(tensor, 0, TensorBytes(graph, tensor), tensor, lastStep[tensor + 1]))];
    }

    /// <summary>Largest first, each at the lowest offset that is free during its whole life.</summary>
    private static ImmutableArray<PlannedBuffer> Place(ImmutableArray<PlannedBuffer> lifetimes)
    {
        List<PlannedBuffer> placed = [];
        foreach (PlannedBuffer buffer in lifetimes.OrderByDescending(b => b.SizeBytes).ThenBy(b => b.FirstStep))
        {
            int offset = 0;
            foreach (PlannedBuffer neighbour in placed.Where(buffer.LivesWith).OrderBy(b => b.OffsetBytes))
            {
                if (offset + buffer.SizeBytes <= neighbour.OffsetBytes) break;
                offset = Math.Max(offset, neighbour.EndBytes);
            }

            placed.Add(buffer with { OffsetBytes = offset });
        }

        return [.. placed.OrderBy(buffer => buffer.Tensor)];
    }
}
