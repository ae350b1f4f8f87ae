using System.Collections.Immutable;
using SparseNas.Codegen.Emission.Code;
using SparseNas.Networks;

namespace SparseNas.Codegen.Emission.Choosing;

/// <summary>
/// The cheapest sequence of offers that covers the order of operators, for a given allowance of locals. Where sums alone decide it is the shortest
/// path; where a budget binds, partial choices are kept as long as no other is better in every respect, which is exact as well.
/// </summary>
internal sealed class StepSearch
{
    /// <summary>Partial choices kept per place; beyond, the cheapest are kept and the result may miss the optimum.</summary>
    private const int MostPartial = 2_000;

    private readonly ImmutableArray<Segment> segments;
    private readonly MemoryPlan plan;
    private readonly EmissionBudget budget;

    /// <summary>A search among offers.</summary>
    public StepSearch(ImmutableArray<Segment> segments, MemoryPlan plan, EmissionBudget budget)
    {
        this.segments = segments;
        this.plan = plan;
        this.budget = budget;
    }

    private int Places => plan.Order.Length;

    /// <summary>An offer for the operators from one place in the order on.</summary>
    internal sealed record Segment(int Place, OperatorCode Code, double Cost)
    {
        public int End => Place + Code.Operators.Length;
    }

    /// <summary>Code for the first operators of the order.</summary>
    /// <param name="Before">All but the last step; null at the start.</param>
    /// <param name="Last">The last step.</param>
    /// <param name="Cost">Sum of the steps' costs.</param>
    /// <param name="ImageBytes">Byte code, initialisers and resources.</param>
    /// <param name="HeapBytes">Arena and tables.</param>
    /// <param name="ClampBytes">The largest clamp table.</param>
    /// <param name="FrameBytes">The most that a step takes while it runs.</param>
    internal sealed record Choice(Choice? Before, OperatorCode? Last, double Cost, long ImageBytes, long HeapBytes, long ClampBytes, long FrameBytes)
    {
        public ImmutableArray<OperatorCode> Steps => Before is null ? [] : Before.Steps.Add(Last!);

        public bool IsBeatenBy(Choice other) =>
            other.Cost <= Cost && other.ImageBytes <= ImageBytes && other.HeapBytes <= HeapBytes && other.ClampBytes <= ClampBytes && other.FrameBytes <= FrameBytes;

        public bool Fits(EmissionBudget budget) => ImageBytes <= budget.ImageBytes && HeapBytes + ClampBytes + FrameBytes <= budget.HeapBytes;
    }

    /// <summary>
    /// Bytes of locals worth trying, ascending: those of some offer, within the limit. The fewest with which there is code at all are always among
    /// them, since nothing smaller can be had.
    /// </summary>
    public IEnumerable<int> Allowances(long limitBytes)
    {
        int[] all = [.. segments.Select(segment => segment.Code.LocalBytes).Distinct().Order()];
        int least = all.FirstOrDefault(bytes => double.IsFinite(LeastCost(bytes)), -1);
        return all.Where(bytes => bytes >= least && (bytes <= limitBytes || bytes == least));
    }

    /// <summary>The least cost without regard to budgets; infinite when the allowance leaves an operator without code.</summary>
    public double LeastCost(int localBytes) => ShortestPath(localBytes)?.Cost ?? double.PositiveInfinity;

    /// <summary>The cheapest choice within the budget, or null.</summary>
    public Choice? Best(int localBytes)
    {
        if (ShortestPath(localBytes) is not { } cheapest) return null;
        return cheapest.Fits(budget) ? cheapest : WithinBudget(localBytes);
    }

    private Choice? ShortestPath(int localBytes)
    {
        var best = new Choice?[Places + 1];
        best[0] = Start();
        foreach (Segment segment in segments)   // by place
        {
            if (segment.Code.LocalBytes > localBytes || best[segment.Place] is not { } before) continue;
            if (best[segment.End] is not { } known || before.Cost + segment.Cost < known.Cost) best[segment.End] = With(before, segment);
        }

        return best[Places];
    }

    private Choice? WithinBudget(int localBytes)
    {
        ILookup<int, Segment> byPlace = segments.Where(segment => segment.Code.LocalBytes <= localBytes).ToLookup(segment => segment.Place);
        var frontier = new List<Choice>[Places + 1];
        for (int place = 0; place <= Places; place++) frontier[place] = [];
        frontier[0].Add(Start());
        for (int place = 0; place < Places; place++)
        {
            foreach (Choice choice in Undominated(frontier[place]))
            {
                foreach (Segment segment in byPlace[place])
                {
                    Choice next = With(choice, segment);
                    if (next.Fits(budget)) frontier[segment.End].Add(next);
                }
            }
        }

        return frontier[Places].MinBy(choice => choice.Cost);
    }

    private Choice Start() => new(null, null, 0, 0, DeviceHeap.ArrayBytes(plan.ArenaBytes), 0, 0);

    private static Choice With(Choice before, Segment segment)
    {
        OperatorCode code = segment.Code;
        return new Choice(
            before, code, before.Cost + segment.Cost, before.ImageBytes + code.ImageBytes,
            before.HeapBytes + code.TableHeapBytes, Math.Max(before.ClampBytes, code.Clamp?.HeapBytes ?? 0),
            Math.Max(before.FrameBytes, code.TransientBytes));
    }

    /// <summary>Those that no other beats in every respect, cheapest first.</summary>
    private static List<Choice> Undominated(List<Choice> choices)
    {
        List<Choice> best = [];
        foreach (Choice choice in choices.OrderBy(choice => choice.Cost).ThenBy(choice => choice.ImageBytes))
        {
            if (best.Count == MostPartial) break;
            if (!best.Exists(choice.IsBeatenBy)) best.Add(choice);
        }

        return best;
    }
}
