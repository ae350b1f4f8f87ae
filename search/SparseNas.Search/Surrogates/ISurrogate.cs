using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>
/// A model of one measured figure over candidates, with its uncertainty. The default is <see cref="GaussianProcess"/>; another inference engine plugs in here.
/// </summary>
public interface ISurrogate
{
    /// <summary>Learns from observations; a pure function of them.</summary>
    /// <param name="inputs">Candidates that were tried; at least one.</param>
    /// <param name="values">One finite value each, on a scale where differences of 1 are large.</param>
    IPosterior Fit(ImmutableArray<SurrogateInput> inputs, ImmutableArray<double> values);
}

/// <summary>What a surrogate believes after learning.</summary>
public interface IPosterior
{
    /// <summary>A prediction for each candidate by itself: all that an expectation needs, and far cheaper than the joint one.</summary>
    /// <param name="inputs">Candidates.</param>
    Prediction Predict(ImmutableArray<SurrogateInput> inputs);

    /// <summary>One prediction for all candidates together: what a draw of the posterior needs.</summary>
    /// <param name="inputs">Candidates.</param>
    JointPrediction PredictJointly(ImmutableArray<SurrogateInput> inputs);
}

/// <summary>Normal beliefs about values, each by itself, noise not included.</summary>
/// <param name="Mean">Expected values.</param>
/// <param name="Deviation">Standard deviations, 0 or more.</param>
public record Prediction(double[] Mean, double[] Deviation);

/// <summary>A multivariate normal belief: mean [m] and covariance [m, m], noise not included.</summary>
/// <param name="Mean">Expected values.</param>
/// <param name="Covariance">Row by row.</param>
public sealed record JointPrediction(double[] Mean, double[] Covariance)
    : Prediction(Mean, [.. Enumerable.Range(0, Mean.Length).Select(index => Math.Sqrt(Math.Max(0, Covariance[(index * Mean.Length) + index])))])
{
    /// <summary>One draw of all values together.</summary>
    public double[] Sample(SeededRandom random)
    {
        int count = Mean.Length;
        Cholesky factor = Cholesky.Of(Covariance, count);
        double[] normals = [.. Enumerable.Range(0, count).Select(_ => random.NextNormal())];
        var sample = new double[count];
        for (int row = 0; row < count; row++)
        {
            sample[row] = Mean[row];
            for (int column = 0; column <= row; column++) sample[row] += factor[row, column] * normals[column];
        }

        return sample;
    }
}
