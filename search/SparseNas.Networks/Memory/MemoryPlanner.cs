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
        (ImmutableArray<int> order, OrderMethod method) = ExecutionOrder.Of(problem);
        Composition best = Best(problem, order, options.AllowsRows, int.MaxValue)!;
        if (method != OrderMethod.Exact || !best.IsSmallest) return best.ToPlan(order, method);
        foreach (ImmutableArray<int> other in ExecutionOrder.Others(problem, () => best.ArenaBytes - 1))
        {
            if (Best(problem, other, options.AllowsRows, best.ArenaBytes - 1) is { } better) (best, order) = (better, other);
        }

        return best.ToPlan(order, method);
    }

    /// <summary>The smallest composition; null when it takes more than <paramref name="most"/> bytes.</summary>
    private static Composition? Best(PlanProblem problem, ImmutableArray<int> order, bool allowsRows, int most)
    {
        ReadOnlyMemory<RowNeeds> run = allowsRows ? RowRun.Of(problem) : default;
        Span<int> bounds = stackalloc int[run.Length + 1];
        LowerBounds(problem, run.Span, bounds);
        Composition? best = null;
        for (int tried = 0; tried <= run.Length; tried++)
        {
            int next = Smallest(bounds);
            if (bounds[next] > (best?.ArenaBytes ?? most)) break;
            int wanted = best is null ? most : next < best.Stages ? best.ArenaBytes : best.ArenaBytes - 1;   // of equal ones the fewest rows
            if (bounds[next] <= wanted) best = Composition.Of(problem, order, run[..next], wanted) ?? best;
            bounds[next] = int.MaxValue;
        }

        return best;
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

    /// <summary>
    /// For every beginning of the run what no plan undercuts: what the rows need beside what they leave, and behind it the hungriest operator by itself.
    /// </summary>
    private static void LowerBounds(PlanProblem problem, ReadOnlySpan<RowNeeds> run, Span<int> bounds)
    {
        int behind = 0, op = problem.Graph.Operators.Length - 1;
        RowPlacement.LowerBounds(run, bounds);
        for (int rows = run.Length; rows >= 0; rows--)
        {
            int first = Composition.FirstWhole(run[..rows]);
            for (; op > first; op--) behind = Math.Max(behind, problem.LeastBytes(op));
            bounds[rows] = Math.Max(behind, rows == 0 ? problem.TensorBytes(first) : bounds[rows] + Composition.LeftBytes(problem, run[rows - 1]));
        }
    }
}
