using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using SparseNas.Networks;

namespace SparseNas.Pruning;

/// <summary>What pruning saved: weights by encoding, SpArSe's memory models and the planned arena of one network.</summary>
/// <example><code>
/// SparsityReport before = SparsityReport.Of(trained, bits: 8), after = SparsityReport.Of(Compaction.Compact(trained), bits: 8);
/// Console.Write(SparsityReport.Table(("before", before), ("after", after)));
/// </code></example>
/// <param name="Operators">One row per operator with weights, batch norm folded in, or with indices.</param>
/// <param name="L0">Weights and biases that are not zero, as <see cref="Network.L0"/> counts them.</param>
/// <param name="Wm1Elements">SpArSe WM1.</param>
/// <param name="Wm2Elements">SpArSe WM2.</param>
/// <param name="ArenaBytes">Planned arena, input included.</param>
/// <param name="Macs">Multiply-accumulates, dense.</param>
public sealed record SparsityReport(
    ImmutableArray<OperatorSparsity> Operators, int L0, long Wm1Elements, long Wm2Elements, int ArenaBytes, long Macs)
{
    /// <summary>Weight bytes with the cheapest encoding of each operator, indices included; biases and multipliers come on top.</summary>
    public int WeightBytes => Operators.Sum(op => op.Bytes);

    /// <summary>Measures a network whose weights will take <paramref name="bits"/> bits, 1 to 8, each.</summary>
    public static SparsityReport Of(Network network, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 8);
        FoldedNetwork folded = FoldedNetwork.From(network);
        OperatorGraph graph = folded.Graph;
        var rows = ImmutableArray.CreateBuilder<OperatorSparsity>();
        var living = ImmutableArray.CreateBuilder<int>();
        for (int index = 0; index < graph.Operators.Length; index++)
        {
            Operator op = graph.Operators[index];
            living.Add(folded.Kernels[index] is { } kernel ? kernel.NonZeroCount + kernel.Biases.Count(bias => bias != 0f) : 0);
            if (op.Layer is Gather gather) rows.Add(OperatorSparsity.Of(op.Name, graph.InputOf(index).Elements, gather));
            if (folded.Kernels[index] is not { } weights) continue;
            rows.Add(OperatorSparsity.Of(op.Name, weights.Weights.AsSpan(), weights.Weights.Length / op.Output.Channels, op.Layer is Dense, bits));
        }

        SparseWorkingMemory memory = SparseWorkingMemory.Of(graph, living.ToImmutable());
        return new SparsityReport(
            rows.ToImmutable(), network.L0, memory.Wm1Elements, memory.Wm2Elements, MemoryPlanner.Plan(graph).ArenaBytes, MacCount.Of(graph));
    }

    /// <summary>A table with one line per report, for people.</summary>
    public static string Table(params ReadOnlySpan<(string Name, SparsityReport Report)> reports)
    {
        var text = new StringBuilder();
        text.AppendLine("network               weights  living      l0  bytes  WM1 elements  WM2 elements  arena bytes        MACs");
        foreach ((string name, SparsityReport report) in reports)
        {
            text.AppendLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-18}{report.Operators.Sum(op => op.Weights),11}{report.Operators.Sum(op => op.NonZero),8}{report.L0,8}{report.WeightBytes,7}"
                + $"{report.Wm1Elements,14}{report.Wm2Elements,14}{report.ArenaBytes,13}{report.Macs,12}"));
        }

        return text.ToString();
    }

    /// <summary>A table with one line per operator: its encodings, the cheapest marked.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine("operator              weights  living  dense  bitmap  gather  immediate  cheapest");
        foreach (OperatorSparsity op in Operators)
        {
            string gather = op.GatherBytes?.ToString(CultureInfo.InvariantCulture) ?? "-";
            text.AppendLine(string.Create(CultureInfo.InvariantCulture,
                $"{op.Name,-18}{op.Weights,11}{op.NonZero,8}{op.DenseBytes,7}{op.BitmapBytes,8}{gather,8}{op.ImmediateBytes,11}  {op.Cheapest.ToString().ToLowerInvariant()}"));
        }

        return text.ToString();
    }
}
