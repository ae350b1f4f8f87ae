using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>
/// The topological order with the least living memory at its worst step. A greedy order comes first; where it needs no more than its hungriest operator
/// needs by itself, no order is better. Otherwise <see cref="FinishedSets"/> looks for a better one. Operators at the beginning that have no
/// other order come first in both, so that the order stays the best whatever these take when they run row by row.
/// </summary>
internal static class ExecutionOrder
{
    /// <summary>Orders that are packed beside the first.</summary>
    private const int OrderLimit = 48;

    /// <summary>Steps of partial orders that are looked at for them.</summary>
    private const int StepLimit = 2_000;

    /// <summary>The order and how it was found.</summary>
    public static (ImmutableArray<int> Order, OrderMethod Method) Of(PlanProblem problem)
    {
        int count = problem.Graph.Operators.Length, forced = ForcedSteps(problem);
        if (forced == count) return (InTurn(count), OrderMethod.OnlyOne);
        (ImmutableArray<int> greedy, int peak) = Greedy(problem, forced);
        if (peak <= LeastPeak(problem, forced)) return (greedy, OrderMethod.Exact);
        (ImmutableArray<int>? better, bool isWhole) = FinishedSets.Search(problem, forced, peak);
        return (better ?? greedy, isWhole ? OrderMethod.Exact : OrderMethod.Heuristic);
    }

    private static ImmutableArray<int> InTurn(int count)
    {
        var order = ImmutableArray.CreateBuilder<int>(count);
        for (int op = 0; op < count; op++) order.Add(op);
        return order.MoveToImmutable();
    }

    /// <summary>The most memory alive at any step behind the forced ones, an output over its dying input counted once where it may be.</summary>
    internal static int PeakBytes(PlanProblem problem, ReadOnlySpan<int> order)
    {
        LivingTensors living = new(problem);
        int peak = 0, forced = ForcedSteps(problem);
        for (int step = 0; step < order.Length; step++)
        {
            if (step >= forced) peak = Math.Max(peak, living.StepBytes(order[step]));
            living.Run(order[step]);
        }

        return peak;
    }

    /// <summary>
    /// Orders that may be packed into less than <paramref name="mostBytes"/> says at the time: of orders with the same living memory, offsets suit one
    /// better than another. The first <see cref="OrderLimit"/> of them that <see cref="StepLimit"/> steps find.
    /// </summary>
    public static IEnumerable<ImmutableArray<int>> Others(PlanProblem problem, Func<int> mostBytes)
    {
        int count = problem.Graph.Operators.Length, forced = ForcedSteps(problem);
        var order = new int[count];
        LivingTensors living = new(problem);
        for (int step = 0; step < forced; step++)
        {
            order[step] = step;
            living.Run(step);
        }

        int steps = 0;
        return Extend(living, forced).Take(OrderLimit);

        IEnumerable<ImmutableArray<int>> Extend(LivingTensors before, int step)
        {
            if (step == count) yield return [.. order];
            for (int op = forced; op < count; op++)
            {
                if (!before.IsReady(op) || before.LeastStepBytes(op) > mostBytes() || steps++ > StepLimit) continue;
                order[step] = op;
                foreach (ImmutableArray<int> whole in Extend(before.After(op), step + 1)) yield return whole;
            }
        }
    }

    /// <summary>Operators at the beginning of which each is the only one that can run: all of a chain.</summary>
    private static int ForcedSteps(PlanProblem problem)
    {
        int step = 0, count = problem.Graph.Operators.Length;
        while (step < count && problem.ReaderCount(step - 1) == 1 && problem.Graph.Operators[step].Inputs is [var only] && only == step - 1) step++;
        return step;
    }

    /// <summary>Always the ready operator that needs the least memory, of equal ones that which leaves the least.</summary>
    private static (ImmutableArray<int> Order, int Peak) Greedy(PlanProblem problem, int forced)
    {
        LivingTensors living = new(problem);
        int count = problem.Graph.Operators.Length, peak = 0;
        var order = ImmutableArray.CreateBuilder<int>(count);
        while (order.Count < count)
        {
            int chosen = -1;
            (int Needs, int Leaves) least = default;
            for (int op = 0; op < count; op++)
            {
                if (!living.IsReady(op)) continue;
                (int Needs, int Leaves) cost = (living.StepBytes(op), living.LeftBytes(op));
                if (chosen >= 0 && cost.CompareTo(least) >= 0) continue;
                (chosen, least) = (op, cost);
            }

            if (order.Count >= forced) peak = Math.Max(peak, least.Needs);
            living.Run(chosen);
            order.Add(chosen);
        }

        return (order.MoveToImmutable(), peak);
    }

    /// <summary>No order needs less: what the hungriest operator reads and writes, its output over one of its inputs.</summary>
    private static int LeastPeak(PlanProblem problem, int forced)
    {
        int peak = 0;
        for (int op = forced; op < problem.Graph.Operators.Length; op++)
        {
            ImmutableArray<int> sources = problem.Graph.Operators[op].Inputs;
            int bytes = problem.TensorBytes(op), shared = 0;
            for (int which = 0; which < sources.Length; which++)
            {
                if (sources.IndexOf(sources[which]) == which) bytes += problem.TensorBytes(sources[which]);
                shared = Math.Max(shared, problem.SharedBytes(op, which));
            }

            peak = Math.Max(peak, bytes - shared);
        }

        return peak;
    }
}
