using System.Globalization;

namespace SparseNas.Codegen.Costs;

/// <summary>The table of steps that stands in generated source and that the command line shows.</summary>
public static class CostReport
{
    /// <summary>One line per step, a head and a total.</summary>
    public static IEnumerable<string> Lines(ModelCost cost)
    {
        int nameWidth = Math.Max(4, cost.Steps.Max(step => step.Name.Length)), strategyWidth = Math.Max(8, cost.Steps.Max(step => step.Strategy.Length));
        string Line(string name, string strategy, string cycles, string perMac, string il, string heap, string locals) =>
            $"{name.PadRight(nameWidth)}  {strategy.PadRight(strategyWidth)}  {cycles,12}  {perMac,10}  {il,8}  {heap,10}  {locals,11}";
        yield return Line("step", "strategy", "cycles", "cycles/MAC", "IL bytes", "heap bytes", "local bytes");
        foreach (StepCost step in cost.Steps)
        {
            yield return Line(
                step.Name, step.Strategy, Whole(step.Cycles), step.NonZeroMacs == 0 ? "-" : Whole(step.Cycles / step.NonZeroMacs),
                Whole(step.IlBytes), Whole(step.TableHeapBytes), Whole(step.LocalBytes));
        }

        yield return Line(
            "all", "", Whole(cost.Cycles), cost.NonZeroMacs == 0 ? "-" : Whole(cost.CyclesPerMac), Whole(cost.IlBytes),
            Whole(cost.ClampHeapBytes + cost.Steps.Sum(step => step.TableHeapBytes)), Whole(cost.Steps.Max(step => step.LocalBytes)));
    }

    private static string Whole(double value) => Math.Round(value).ToString("0", CultureInfo.InvariantCulture);
}
