namespace SparseNas.Search;

/// <summary>
/// The volume that a set of points dominates up to a reference point, exactly, for any number of objectives: the sum of each point's exclusive
/// part, found by limiting the others to it (the WFG algorithm of While, Bradstreet and Barone 2012).
/// </summary>
public static class Hypervolume
{
    /// <summary>The dominated volume; all objectives are minimised.</summary>
    /// <param name="points">Points; those not better than the reference in every coordinate add nothing.</param>
    /// <param name="reference">The worst corner.</param>
    public static double Of(IEnumerable<double[]> points, double[] reference) =>
        Volume(NonDominated([.. points.Where(point => IsInside(point, reference))]), reference);

    private static double Volume(List<double[]> front, double[] reference)
    {
        if (reference.Length == 2) return Area(front, reference);
        double sum = 0;
        for (int index = 0; index < front.Count; index++)
        {
            double[] point = front[index];
            double box = 1;
            for (int axis = 0; axis < point.Length; axis++) box *= reference[axis] - point[axis];
            List<double[]> limited = [.. front.Skip(index + 1).Select(other => Worst(point, other))];
            sum += box - Volume(NonDominated(limited), reference);
        }

        return sum;
    }

    /// <summary>The plane: a staircase by ascending first coordinate.</summary>
    private static double Area(List<double[]> front, double[] reference)
    {
        double sum = 0, height = reference[1];
        foreach (double[] point in front.OrderBy(point => point[0]))
        {
            sum += (reference[0] - point[0]) * (height - point[1]);
            height = point[1];
        }

        return sum;
    }

    private static List<double[]> NonDominated(List<double[]> points)
    {
        List<double[]> front = [];
        foreach (double[] point in points)
        {
            if (front.Exists(other => IsCovered(point, other))) continue;
            front.RemoveAll(other => IsCovered(other, point));
            front.Add(point);
        }

        return front;
    }

    private static bool IsCovered(double[] point, double[] by) => point.AsSpan().SequenceEqual(by) || Dominance.Dominates(by, point);

    private static bool IsInside(double[] point, double[] reference) => !point.Where((value, axis) => !(value < reference[axis])).Any();

    private static double[] Worst(double[] a, double[] b) => [.. a.Zip(b, Math.Max)];
}
