using System.Collections.Immutable;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Choosing;

/// <summary>
/// Whether a convolution and the pooling behind it (maxima of windows that share nothing, or the global mean) may be one pass. The convolution's output is never stored then; the pooled values are
/// written while the convolution's input is still read, so they must not lie over what is read later.
/// </summary>
internal static class Fusion
{
    /// <summary>Whether <paramref name="pool"/> alone reads <paramref name="site"/>, both suit one pass, and the plan's offsets allow it.</summary>
    public static bool Of(OperatorSite site, OperatorSite pool) => Suits(site, pool)
        && (site.Stage is null && pool.Stage is null ? LiesClear(site, pool) : site.Stage is { Operators.Length: 2 } && site.Stage == pool.Stage);

    /// <summary>Convolutions of <paramref name="plan"/>'s order that one pass can compute with their pooling, wherever buffers lie.</summary>
    public static ImmutableHashSet<int> Candidates(QuantizedNetwork network, MemoryPlan plan)
    {
        EmissionScope scope = new(network, plan);
        return [.. Neighbours(plan).Where(pair => Suits(scope.Sites[pair.First], scope.Sites[pair.Second])).Select(pair => pair.First)];
    }

    /// <summary>The same before there are integers: all that some network of this graph could join.</summary>
    public static ImmutableHashSet<int> Candidates(OperatorGraph graph, MemoryPlan plan) =>
        [.. Neighbours(plan).Where(pair => MayJoin(graph, pair.First, pair.Second)).Select(pair => pair.First)];

    private static IEnumerable<(int First, int Second)> Neighbours(MemoryPlan plan) => plan.Order.Zip(plan.Order.Skip(1));

    private static bool MayJoin(OperatorGraph graph, int convolution, int pooling)
    {
        return graph.Operators[convolution].Layer is Conv2D or DepthwiseConv2D
            && graph.Operators[pooling].Inputs.SequenceEqual([convolution]) && graph.Operators.Count(op => op.Inputs.Contains(convolution)) == 1
            && graph.Operators[pooling].Layer switch
            {
                MaxPool pool => pool.Stride >= pool.Height && pool.Stride >= pool.Width,
                GlobalAveragePool => true,
                _ => false,
            };
    }

    private static bool Suits(OperatorSite site, OperatorSite pool) =>
        MayJoin(site.Network.Graph, site.Index, pool.Index)
        && !(pool.Operator is QuantizedMaxPool { Operator.HasRelu: true } && site.Requantization!.Minimum < pool.Operator.Output.ZeroPoint);

    /// <summary>Whether each pooled pixel ends before what later ones read, and all but its last value before what it reads itself (OverlapDistance).</summary>
    private static bool LiesClear(OperatorSite site, OperatorSite pool)
    {
        if (pool.Operator is QuantizedMean) return true;   // written when everything is read
        PlannedBuffer input = site.Plan.Of(site.Operator.Operator.Inputs[0]), output = site.Plan.Of(pool.Index);
        if (output.EndBytes <= input.OffsetBytes || output.OffsetBytes >= input.EndBytes) return true;
        (Window rows, Window columns) = site.Windows;
        (Window poolRows, Window poolColumns) = pool.Windows;
        int nextRead = int.MaxValue, loose = pool.IsOutputPacked ? 0 : 1;
        for (int pixel = (poolRows.Output * poolColumns.Output) - 1; pixel >= 0; pixel--)
        {
            int row = Math.Max(rows.Start(pixel / poolColumns.Output * poolRows.Stride), 0), column = Math.Max(columns.Start(pixel % poolColumns.Output * poolColumns.Stride), 0);
            int ownRead = Math.Min(nextRead, input.OffsetBytes + (((row * site.Input.Width) + column) * site.InputPixelBytes));
            int end = output.OffsetBytes + ((pixel + 1) * pool.OutputPixelBytes);
            if (end > nextRead || (pool.OutputPixelBytes > loose && end - loose > ownRead)) return false;
            nextRead = ownRead;
        }

        return true;
    }
}
