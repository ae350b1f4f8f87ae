using System.Collections.Immutable;

namespace SparseNas.Search;

/// <summary>Ranks and crowding distances of NSGA-II (Deb et al. 2002).</summary>
internal static class NonDominatedSorting
{
    /// <summary>A trial with its front's rank (0 is best) and its distance to its neighbours on that front (larger is lonelier).</summary>
    public sealed record Ranked(Trial Trial, int Rank, double Crowding);

    /// <summary>All trials, best first: by rank, then by crowding distance, then by number.</summary>
    public static ImmutableArray<Ranked> Of(IReadOnlyList<Trial> trials, ImmutableArray<Objective> objectives)
    {
        double[][] points = [.. trials.Select(trial => ParetoFront.PointOf(trial, objectives))];
        int[] ranks = Ranks(points);
        var result = ImmutableArray.CreateBuilder<Ranked>(trials.Count);
        foreach (IGrouping<int, int> front in Enumerable.Range(0, trials.Count).GroupBy(index => ranks[index]))
        {
            int[] members = [.. front];
            double[] crowding = Crowding([.. members.Select(index => points[index])]);
            for (int member = 0; member < members.Length; member++) result.Add(new Ranked(trials[members[member]], front.Key, crowding[member]));
        }

        return [.. result.OrderBy(item => item.Rank).ThenByDescending(item => item.Crowding).ThenBy(item => item.Trial.Number)];
    }

    private static int[] Ranks(double[][] points)
    {
        var ranks = new int[points.Length];
        Array.Fill(ranks, -1);
        for (int rank = 0, left = points.Length; left > 0; rank++)
        {
            int[] open = [.. Enumerable.Range(0, points.Length).Where(index => ranks[index] < 0)];
            int[] front = [.. open.Where(index => !open.Any(other => Dominance.Dominates(points[other], points[index])))];
            foreach (int index in front) ranks[index] = rank;
            left -= front.Length;
        }

        return ranks;
    }

    /// <summary>Sum over objectives of the gap between a point's neighbours, scaled to the front's range; infinite at the ends.</summary>
    private static double[] Crowding(double[][] front)
    {
        var crowding = new double[front.Length];
        for (int axis = 0; axis < front[0].Length; axis++)
        {
            int[] order = [.. Enumerable.Range(0, front.Length).OrderBy(index => front[index][axis])];
            double range = front[order[^1]][axis] - front[order[0]][axis];
            crowding[order[0]] = crowding[order[^1]] = double.PositiveInfinity;
            if (!(range > 0)) continue;
            for (int position = 1; position < order.Length - 1; position++)
            {
                crowding[order[position]] += (front[order[position + 1]][axis] - front[order[position - 1]][axis]) / range;
            }
        }

        return crowding;
    }
}
