using System.Collections.Immutable;

namespace SparseNas.Search;

/// <summary>
/// Edit distance between two chains of blocks: inserting or removing a block costs 1, changing it at most 1, by how much of it changes. A deepened network
/// stays near its parent, although every later block has moved by one slot.
/// </summary>
internal static class BlueprintDistance
{
    public static double Between(Blueprint a, Blueprint b) => Between(BlueprintSketch.Of(a), BlueprintSketch.Of(b));

    /// <summary>A surrogate asks for this some hundred thousand times per proposal.</summary>
    public static double Between(BlueprintSketch a, BlueprintSketch b)
    {
        ReadOnlySpan<BlockSketch> down = a.Blocks.AsSpan(), across = b.Blocks.AsSpan();
        Span<double> row = stackalloc double[across.Length + 1];
        for (int column = 0; column <= across.Length; column++) row[column] = column;
        for (int i = 1; i <= down.Length; i++)
        {
            double diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= across.Length; j++)
            {
                double change = diagonal + Between(down[i - 1], across[j - 1]);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[across.Length] + (a.Input == b.Input ? 0 : 0.5) + (a.Head == b.Head ? 0 : 0.5);
    }

    private static double Between(in BlockSketch a, in BlockSketch b)
    {
        double distance = a.Kind == b.Kind ? 0 : 0.3;
        distance += 0.15 * Math.Min(2, Math.Abs(a.Kernel - b.Kernel)) / 2;
        distance += a.Pooling == b.Pooling ? 0 : 0.15;
        distance += a.Sliding == b.Sliding ? 0 : 0.15;
        distance += a.HasBatchNorm == b.HasBatchNorm ? 0 : 0.05;
        distance += 0.02 * Math.Abs(a.WeightBits - b.WeightBits);
        if (a.IsWide && b.IsWide) distance += Math.Min(0.2, 0.2 * Math.Abs(a.LogChannels - b.LogChannels));
        return distance;
    }
}

/// <summary>A blueprint with what its edit distance needs, computed once.</summary>
internal sealed record BlueprintSketch(InputStage Input, ImmutableArray<BlockSketch> Blocks, Head Head)
{
    public static BlueprintSketch Of(Blueprint blueprint) => new(blueprint.Input, [.. blueprint.Blocks.Select(BlockSketch.Of)], blueprint.Head);
}

/// <summary>A block with what its edit distance needs: plain numbers.</summary>
internal readonly record struct BlockSketch(BlockKind Kind, int Kernel, int Pooling, int Sliding, bool HasBatchNorm, int WeightBits, bool IsWide, double LogChannels)
{
    public static BlockSketch Of(Block block) => new(
        block.Kind, block.Kernel, ((int)block.Pooling.Kind * 16) + block.Pooling.Size, (block.Sliding.Stride * 16) + (int)block.Sliding.Padding, block.HasBatchNorm, block.WeightBits,
        block is WideBlock, block is WideBlock wide ? Math.Log(wide.OutputChannels) : 0);
}
