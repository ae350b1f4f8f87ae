using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>
/// Places activations in the smallest arena: an execution order with the least living memory, as much of the beginning row by row as saves memory,
/// then offsets at which living buffers do not overlap, except an output over the part of its dying input that is already consumed (see
/// <see cref="OverlapDistance"/>).
/// </summary>
/// <example><code>
/// MemoryPlan plan = MemoryPlanner.Plan(OperatorGraph.From(architecture));
/// plan.ArenaBytes;             // every activation, input (or its rows) and logits included
/// plan.Rows;                   // what runs while the input arrives
/// plan.Of(0).OffsetBytes;      // where the first operator writes
/// PlanPicture.Ascii(graph, plan);
/// </code></example>
public static class MemoryPlanner
{
    /// <summary>Plans activations of one byte per value and 32-bit logits; locals are added by whoever chooses the code.</summary>
    public static MemoryPlan Plan(OperatorGraph graph) => Plan(graph, PlanOptions.Default);

    /// <summary>Plans with convolutions whose pooling is computed in the same pass: their own output is never stored and takes no bytes.</summary>
    /// <param name="graph">The operators.</param>
    /// <param name="onePass">Convolutions that only the pooling behind them in the order reads.</param>
    public static MemoryPlan Plan(OperatorGraph graph, ImmutableHashSet<int> onePass) => Plan(graph, new PlanOptions { OnePass = onePass });

    /// <summary>The plan with the smallest arena that <paramref name="options"/> allow; of equal ones that with the fewest operators by rows.</summary>
    public static MemoryPlan Plan(OperatorGraph graph, PlanOptions options)
    {
        PlanProblem problem = new(graph, options);
        (ImmutableArray<int> order, OrderMethod method) = ExecutionOrder.Of(graph, problem.Layout);
        ImmutableArray<RowNeeds> run = options.AllowsRows ? RowRun.Of(graph, problem.Layout, options.OnePass) : [];
        Span<int> bounds = stackalloc int[run.Length + 1];
        for (int rows = 0; rows <= run.Length; rows++) bounds[rows] = LowerBound(problem, run.AsSpan()[..rows]);
        Composition? best = null;
        for (int tried = 0; tried <= run.Length; tried++)
        {
            int next = Smallest(bounds);
            if (best is not null && (bounds[next] > best.ArenaBytes || (bounds[next] == best.ArenaBytes && next > best.Run.Length))) break;
            Composition plan = Composition.Of(problem, order, [.. run.AsSpan()[..next]]);
            if (best is null || plan.ArenaBytes < best.ArenaBytes || (plan.ArenaBytes == best.ArenaBytes && next < best.Run.Length)) best = plan;
            bounds[next] = int.MaxValue;
        }

        return best!.ToPlan(order, method);
    }

    /// <summary>Bytes of one value of tensor <paramref name="tensor"/> in a plan without packed tensors.</summary>
    public static int ElementBytes(OperatorGraph graph, int tensor) => tensor == graph.Operators.Length - 1 ? ActivationLayout.LogitBytes : 1;

    /// <summary>Bytes that tensor <paramref name="tensor"/> takes in a plan without packed tensors.</summary>
    public static int TensorBytes(OperatorGraph graph, int tensor) => graph.OutputOf(tensor).Elements * ElementBytes(graph, tensor);

    private static int Smallest(ReadOnlySpan<int> bounds)
    {
        int smallest = 0;
        for (int at = 1; at < bounds.Length; at++)
        {
            if (bounds[at] < bounds[smallest]) smallest = at;
        }

        return smallest;
    }

    /// <summary>No plan with these row stages is smaller: what they need beside what they leave, and every tensor that is stored whole.</summary>
    private static int LowerBound(PlanProblem problem, ReadOnlySpan<RowNeeds> run)
    {
        int first = run.IsEmpty ? Architecture.InputIndex : run[^1].Operators[^1];
        int bound = run.IsEmpty ? problem.Layout.TensorBytes(first) : RowPlacement.LowerBoundBytes(run) + Composition.LeftBytes(problem, run[^1]);
        for (int tensor = first + 1; tensor < problem.Graph.Operators.Length; tensor++)
        {
            if (!problem.OnePass.Contains(tensor)) bound = Math.Max(bound, problem.Layout.TensorBytes(tensor));
        }

        return bound;
    }
}
