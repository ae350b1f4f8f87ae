using System.Collections.Immutable;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Search;

namespace SparseNas.Benchmarks.Memory;

/// <summary>
/// What rows save networks that searches have found: <c>front-memory RUN…</c>, folders of studies. For each member of their fronts, the bounds, the arena
/// with the whole image held and by rows, and the cycles of the code that is chosen for either with the same allowance of locals. Fails unless the
/// median member has at most half the arena for at most 5 % more cycles, and none needs more than 6 %.
/// </summary>
internal static class FrontMemory
{
    public static void Run(string[] args)
    {
        Console.WriteLine("network                  WM1    WM2  mater.  overl.  stream.   whole    rows  ratio   cycles whole    cycles rows  added");
        List<double> ratios = [], added = [];
        foreach ((string name, QuantizedNetwork network) in args.SelectMany(Members))
        {
            MemoryBounds bounds = MemoryBounds.Of(network.Graph);
            SparseWorkingMemory sparse = SparseWorkingMemory.Of(network.Graph, [.. PackedSize.Of(network).Operators.Select(op => op.L0)]);
            CodeChoice whole = Choose(network, false), rows = Choose(network, true);
            double ratio = (double)whole.Plan.ArenaBytes / rows.Plan.ArenaBytes, more = (rows.Cost.Cycles / whole.Cost.Cycles) - 1;
            ratios.Add(ratio);
            added.Add(more);
            Console.WriteLine(
                $"{name,-22} {sparse.Wm1Elements,6} {sparse.Wm2Elements,6} {bounds.MaterialisedBytes,7} {bounds.OverlappedBytes,7} {bounds.StreamedBytes,8} "
                + $"{whole.Plan.ArenaBytes,7} {rows.Plan.ArenaBytes,7} {ratio,6:F2} {whole.Cost.Cycles,14:F0} {rows.Cost.Cycles,14:F0} {more,6:P1}");
        }

        ratios.Sort();
        added.Sort();
        double high = added[(int)Math.Ceiling(added.Count * 0.9) - 1];
        Console.WriteLine($"median: {ratios[ratios.Count / 2]:F2} times smaller, {added[added.Count / 2]:P1} more cycles, nine of ten at most {high:P1}, worst {added[^1]:P1}; {ratios.Count} networks");
        if (ratios[ratios.Count / 2] >= LeastMedianRatio && added[added.Count / 2] <= MostMedianCycles && added[^1] <= MostCycles) return;
        Console.WriteLine($"Rows save too little or cost too many cycles: at least {LeastMedianRatio} times smaller and at most {MostMedianCycles:P0} more in the median, none more than {MostCycles:P0}.");
        Environment.ExitCode = 1;
    }

    private static IEnumerable<(string Name, QuantizedNetwork Network)> Members(string folder)
    {
        StudyRecord record = StudyStore.Read(folder);
        return record.Front.Members.Select(trial => ($"{record.Study.Name} {trial.Number}", record.LoadQuantized(trial.Number)));
    }

    /// <summary>The fastest, poolings joined with their convolutions or not.</summary>
    private static CodeChoice Choose(QuantizedNetwork network, bool rows)
    {
        PlanOptions options = new() { AllowsRows = rows };
        MemoryPlan apart = MemoryPlanner.Plan(network.Graph, options);
        ImmutableHashSet<int> onePass = Fusion.Candidates(network, apart);
        MemoryPlan[] plans = onePass.IsEmpty ? [apart] : [apart, MemoryPlanner.Plan(network.Graph, options with { OnePass = onePass })];
        return plans.Select(plan =>
        {
            EmissionBudget budget = EmissionBudget.Unlimited with { WorkingMemoryBytes = plan.ArenaBytes + LocalBytes };
            return CodeChoice.Of(network, plan, StrategyChooser.Choose(network, plan, EmissionGoal.Auto, CodeChoice.DefaultCosts, budget), CodeChoice.DefaultCosts);
        }).MinBy(choice => choice.Cost.Cycles)!;
    }

    /// <summary>Locals that either code may have.</summary>
    private const int LocalBytes = 900;

    private const double LeastMedianRatio = 2, MostMedianCycles = 0.05, MostCycles = 0.06;
}
