using System.Collections.Immutable;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Testing.Networks;

/// <summary>Every kind of memory plan that a network can be run by.</summary>
/// <example><code>
/// foreach ((string kind, MemoryPlan plan) in PlanKinds.Of(network)) …
/// </code></example>
public static class PlanKinds
{
    /// <summary>Whole or by rows, apart or with poolings in one pass, a byte per value or two values in a byte; those that differ for this network.</summary>
    public static IEnumerable<(string Kind, MemoryPlan Plan)> Of(QuantizedNetwork network)
    {
        ImmutableHashSet<int> joined = Joined(network), packed = PackedTensors.Of(network);
        foreach (bool rows in new[] { false, true })
        {
            foreach (ImmutableHashSet<int> onePass in joined.IsEmpty ? [joined] : new[] { [], joined })
            {
                foreach (ImmutableHashSet<int> packing in packed.IsEmpty ? [packed] : new[] { [], packed })
                {
                    MemoryPlan plan = MemoryPlanner.Plan(network.Graph, new PlanOptions { AllowsRows = rows, OnePass = onePass, Packed = packing });
                    if (rows && plan.Rows.IsEmpty) continue;
                    yield return ($"{(rows ? "rows" : "whole")}{(onePass.IsEmpty ? "" : ", one pass")}{(packing.IsEmpty ? "" : ", packed")}", plan);
                }
            }
        }
    }

    /// <summary>Convolutions whose only reader, the next operator of the order, takes the maximum over windows that share nothing.</summary>
    private static ImmutableHashSet<int> Joined(QuantizedNetwork network)
    {
        ImmutableArray<int> order = MemoryPlanner.Plan(network.Graph, new PlanOptions { AllowsRows = false }).Order;
        return [.. order.Zip(order.Skip(1)).Where(pair => Suits(network, pair.First, pair.Second)).Select(pair => pair.First)];
    }

    private static bool Suits(QuantizedNetwork network, int first, int second)
    {
        if (network.Operators[first] is not QuantizedKernel { Requantization: { } requantization, Operator.Layer: not Dense }) return false;
        if (network.Operators[second] is not QuantizedMaxPool pool || !pool.Operator.Inputs.SequenceEqual([first])) return false;
        if (network.Operators.Count(op => op.Operator.Inputs.Contains(first)) != 1 || (pool.Operator.HasRelu && requantization.Minimum < pool.Output.ZeroPoint)) return false;
        (Window rows, Window columns) = LayerWindows.Of(pool.Operator.Layer, network.Graph.OutputOf(first));
        return rows.Stride >= rows.Kernel && columns.Stride >= columns.Kernel;
    }
}
