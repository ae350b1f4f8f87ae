using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>
/// Places activations in the smallest arena: an execution order with the least living memory, then offsets at which living buffers do not
/// overlap, except an output over the part of its dying input that is already consumed (see <see cref="OverlapDistance"/>).
/// </summary>
/// <example><code>
/// MemoryPlan plan = MemoryPlanner.Plan(OperatorGraph.From(architecture));
/// plan.ArenaBytes;             // every activation, input and logits included
/// plan.Of(0).OffsetBytes;      // where the first operator writes
/// PlanPicture.Ascii(graph, plan);
/// </code></example>
public static class MemoryPlanner
{
    /// <summary>Bytes of one logit: the raw 32-bit accumulator.</summary>
    private const int LogitBytes = 4;

    /// <summary>Plans activations of one byte per value and 32-bit logits; locals are added by whoever chooses the code.</summary>
    public static MemoryPlan Plan(OperatorGraph graph) => Plan(graph, ImmutableHashSet<int>.Empty);

    /// <summary>Plans with convolutions whose pooling is computed in the same pass: their own output is never stored and takes no bytes.</summary>
    /// <param name="graph">The operators.</param>
    /// <param name="onePass">Convolutions that only the pooling behind them in the order reads.</param>
    public static MemoryPlan Plan(OperatorGraph graph, ImmutableHashSet<int> onePass)
    {
        (ImmutableArray<int> order, OrderMethod method) = ExecutionOrder.Of(graph);
        Packing packing = Packing.Of(graph, order, onePass);
        int[] offsets = ArenaPacker.Pack(packing);
        ImmutableArray<PlannedBuffer> buffers = [.. packing.Buffers.Select((buffer, at) => buffer with { OffsetBytes = offsets[at] })];
        return new MemoryPlan(order, method, buffers, buffers.Max(buffer => buffer.EndBytes), LocalBytes: 0);
    }

    /// <summary>Bytes of one value of tensor <paramref name="tensor"/>.</summary>
    public static int ElementBytes(OperatorGraph graph, int tensor) => tensor == graph.Operators.Length - 1 ? LogitBytes : 1;

    /// <summary>Bytes that tensor <paramref name="tensor"/> takes.</summary>
    public static int TensorBytes(OperatorGraph graph, int tensor) => graph.OutputOf(tensor).Elements * ElementBytes(graph, tensor);
}
