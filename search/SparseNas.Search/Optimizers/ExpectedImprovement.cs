using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>
/// Expected growth of the dominated hypervolume (Emmerich et al. 2006) on a <see cref="RatioScale"/>, where a belief about a logarithm is normal. With one uncertain
/// objective the expectation is exact; with more it is a mean over fixed quasi-random draws, objectives being independent.
/// </summary>
internal static class ExpectedImprovement
{
    private const int Draws = 32;

    /// <summary>Minus the expected growth, for each member of the pool; ties by the expected values themselves.</summary>
    public static double[] Costs(ObjectiveBeliefs beliefs, ImmutableArray<double[]> front, RatioScale scale)
    {
        double[][] scaledFront = [.. front.Select(scale.Of)];
        int[] uncertain = [.. Enumerable.Range(0, beliefs.Objectives.Length).Where(axis => beliefs.Objectives[axis].Prediction is not null)];
        double[][] normals = uncertain.Length > 1 ? DrawNormals(uncertain.Length) : [];
        var costs = new double[beliefs.PoolSize];
        for (int index = 0; index < costs.Length; index++)
        {
            double[] middle = scale.Of([.. beliefs.Objectives.Select(belief => belief.Values[index])]);
            double[] deviations = [.. uncertain.Select(axis => scale.Width(axis, beliefs.Objectives[axis].Prediction!.Deviation[index]))];
            double growth = uncertain.Length switch
            {
                0 => Growth(middle, scaledFront),
                1 => Expected(middle, uncertain[0], deviations[0], scaledFront),
                _ => normals.Average(normal => Growth(Moved(middle, uncertain, deviations, normal), scaledFront)),
            };
            costs[index] = growth > 0 ? -growth : 1e-6 * Math.Max(0, middle.Sum());
        }

        return costs;
    }

    /// <summary>The part of a point's box, up to 1 in every coordinate, that no front member dominates.</summary>
    internal static double Growth(double[] point, double[][] front)
    {
        double box = 1;
        foreach (double value in point) box *= Math.Max(0, 1 - value);
        return box == 0 ? 0 : box - Hypervolume.Of(front.Select(member => member.Zip(point, Math.Max).ToArray()), Corner(point.Length));
    }

    /// <summary>
    /// The mean of <see cref="Growth"/> when one coordinate u is normal. Growth is ∫ from u to 1 of (V − D(t)) dt, where V is the volume of the other coordinates' box and
    /// D(t) the part of it that front members with u ≤ t dominate: constant between them. So the mean is Σ (V − D)·(G(t′) − G(t)) over the pieces, with
    /// G(t) = E max(0, t − u).
    /// </summary>
    /// <param name="middle">The point; its coordinate <paramref name="axis"/> is the mean of u.</param>
    /// <param name="axis">The uncertain coordinate.</param>
    /// <param name="deviation">Standard deviation of u.</param>
    /// <param name="front">Front members on the same scale.</param>
    internal static double Expected(double[] middle, int axis, double deviation, double[][] front)
    {
        double[] others = Without(middle, axis), corner = Corner(others.Length);
        double volume = 1;
        foreach (double value in others) volume *= Math.Max(0, 1 - value);
        if (volume == 0) return 0;

        double sum = 0, open = volume, reached = 0;
        List<double[]> below = [];
        foreach (double[] member in front.Where(member => member[axis] < 1).OrderBy(member => member[axis]))
        {
            double[] limited = [.. Without(member, axis).Zip(others, Math.Max)];
            if (limited.AsSpan().IndexOfAnyInRange(1, double.PositiveInfinity) >= 0 || below.Exists(other => Covers(other, limited))) continue;
            double gain = MeanExcess(member[axis], middle[axis], deviation);
            sum += open * (gain - reached);
            reached = gain;
            below.RemoveAll(other => Covers(limited, other));
            below.Add(limited);
            open = volume - Hypervolume.Of(below, corner);
            if (open <= 1e-12 * volume) return sum;
        }

        return sum + (open * (MeanExcess(1, middle[axis], deviation) - reached));
    }

    private static bool Covers(double[] a, double[] b)
    {
        for (int index = 0; index < a.Length; index++)
        {
            if (a[index] > b[index]) return false;
        }

        return true;
    }

    /// <summary>E max(0, bound − u) for a normal u.</summary>
    private static double MeanExcess(double bound, double mean, double deviation)
    {
        if (deviation < 1e-12) return Math.Max(0, bound - mean);
        double z = (bound - mean) / deviation;
        return deviation * ((z * NormalDistribution.Below(z)) + NormalDistribution.Density(z));
    }

    private static double[] Moved(double[] middle, int[] uncertain, double[] deviations, double[] normal)
    {
        double[] point = [.. middle];
        for (int index = 0; index < uncertain.Length; index++) point[uncertain[index]] += deviations[index] * normal[index];
        return point;
    }

    private static double[] Without(double[] point, int axis) => [.. point.Where((_, index) => index != axis)];

    private static double[] Corner(int length) => [.. Enumerable.Repeat(1.0, length)];

    /// <summary>The same draws for every candidate, so that differences between candidates are not noise.</summary>
    private static double[][] DrawNormals(int count)
    {
        SeededRandom random = new(0xe4);
        return [.. Enumerable.Range(0, Draws).Select(_ => Enumerable.Range(0, count).Select(_ => random.NextNormal()).ToArray())];
    }
}
