namespace SparseNas.Search;

/// <summary>
/// Edit distance between two chains of blocks: inserting or removing a block costs 1, changing it at most 1, by how much of it changes. A deepened network
/// stays near its parent, although every later block has moved by one slot.
/// </summary>
internal static class BlueprintDistance
{
    public static double Between(Blueprint a, Blueprint b)
    {
        int columns = b.Blocks.Length;
        Span<double> row = stackalloc double[columns + 1];
        for (int column = 0; column <= columns; column++) row[column] = column;
        for (int i = 1; i <= a.Blocks.Length; i++)
        {
            double diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= columns; j++)
            {
                double change = diagonal + Between(a.Blocks[i - 1], b.Blocks[j - 1]);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        double stage = a.Input == b.Input ? 0 : 0.5;
        double head = a.Head == b.Head ? 0 : 0.5;
        return row[columns] + stage + head;
    }

    private static double Between(Block a, Block b)
    {
        double distance = a.Kind == b.Kind ? 0 : 0.3;
        distance += 0.15 * Math.Min(2, Math.Abs(a.Kernel - b.Kernel)) / 2;
        distance += a.Pooling == b.Pooling ? 0 : 0.15;
        distance += a.Sliding == b.Sliding ? 0 : 0.15;
        distance += a.HasBatchNorm == b.HasBatchNorm ? 0 : 0.05;
        if (a is WideBlock wideA && b is WideBlock wideB) distance += Math.Min(0.2, 0.2 * Math.Abs(Math.Log((double)wideA.Channels / wideB.Channels)));
        return distance;
    }
}
