namespace SparseNas.Search;

/// <summary>How one figure of the same choices varies with the seed.</summary>
/// <param name="Seeds">Trainings, at least 1.</param>
/// <param name="Mean">Mean.</param>
/// <param name="Deviation">Sample standard deviation; 0 for one training.</param>
public sealed record SeedSpread(int Seeds, double Mean, double Deviation)
{
    /// <summary>The spread of values, at least one.</summary>
    public static SeedSpread Of(IReadOnlyCollection<double> values)
    {
        ArgumentOutOfRangeException.ThrowIfZero(values.Count);
        double mean = values.Average();
        double squares = values.Sum(value => (value - mean) * (value - mean));
        return new SeedSpread(values.Count, mean, values.Count < 2 ? 0 : Math.Sqrt(squares / (values.Count - 1)));
    }
}
