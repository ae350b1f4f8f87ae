using System.Collections.Immutable;
using Microsoft.ML.Probabilistic.Algorithms;
using Microsoft.ML.Probabilistic.Distributions;
using Microsoft.ML.Probabilistic.Distributions.Kernels;
using Microsoft.ML.Probabilistic.Math;
using Microsoft.ML.Probabilistic.Models;
using ModelRange = Microsoft.ML.Probabilistic.Models.Range;

namespace SparseNas.Search.InferNet;

/// <summary>
/// A sparse Gaussian process by Infer.NET: expectation propagation on y = f(x) + noise with f ~ GP(0, k) seen through inducing points (FITC; Snelson and Ghahramani 2006).
/// It costs O(n·m²) for n observations and m inducing points, where the exact process of <see cref="GaussianProcess"/> costs O(n³). The kernel is squared-exponential
/// over the three groups of features with the exact process's own centre of length scales; it has no edit distance.
/// </summary>
/// <example><code>
/// IOptimizer optimizer = new BayesianSearch(study, space, new InferNetSurrogate());
/// </code></example>
public sealed class InferNetSurrogate : ISurrogate
{
    private const double SizeScale = 0.5, TrainingScale = 0.7, LayerScale = 2;

    /// <summary>Noise as a share of the values' variance.</summary>
    private const double NoiseShare = 0.05;

    private readonly int mostInducing;
    private readonly Lock gate = new();
    private readonly Variable<int> count = Variable.New<int>().Named("count");
    private readonly Variable<double> noise = Variable.New<double>().Named("noise");
    private readonly Variable<SparseGP> prior = Variable.New<SparseGP>().Named("prior");
    private readonly VariableArray<Vector> features;
    private readonly VariableArray<double> outcomes;
    private readonly Variable<IFunction> function;
    private readonly InferenceEngine engine = new(new ExpectationPropagation()) { ShowProgress = false };

    /// <summary>A surrogate whose model is compiled once, when it first learns.</summary>
    /// <param name="mostInducing">Most inducing points, at least 1; with fewer observations each is one.</param>
    public InferNetSurrogate(int mostInducing = 64)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mostInducing, 1);
        this.mostInducing = mostInducing;
        ModelRange observation = new ModelRange(count).Named("observation");
        features = Variable.Array<Vector>(observation).Named("features");
        outcomes = Variable.Array<double>(observation).Named("outcomes");
        function = Variable<IFunction>.Random(prior).Named("function");
        outcomes[observation] = Variable.GaussianFromMeanAndVariance(Variable.FunctionEvaluate(function, features[observation]), noise);
    }

    /// <inheritdoc/>
    public IPosterior Fit(ImmutableArray<SurrogateInput> inputs, ImmutableArray<double> values)
    {
        ArgumentOutOfRangeException.ThrowIfZero(inputs.Length);
        Vector[] points = [.. inputs.Select(FeaturesOf)];
        double mean = values.Average(), variance = Math.Max(values.Sum(value => (value - mean) * (value - mean)) / values.Length, 1e-9);
        var kernel = new ARD([.. LogScales(inputs[0])], Math.Log(variance));
        lock (gate)
        {
            prior.ObservedValue = new SparseGP(new SparseGPFixed(kernel, [.. Inducing(points)]));
            noise.ObservedValue = NoiseShare * variance;
            count.ObservedValue = points.Length;
            features.ObservedValue = points;
            outcomes.ObservedValue = [.. values.Select(value => value - mean)];
            return new Posterior(new SparseGP(engine.Infer<SparseGP>(function)), mean);
        }
    }

    /// <summary>Every n-th observation, the youngest among them, without repeats: inducing points at one place make their covariance singular.</summary>
    private IEnumerable<Vector> Inducing(Vector[] points)
    {
        Vector[] distinct = [.. points.Reverse().DistinctBy(point => string.Join(' ', point))];
        int chosen = Math.Min(mostInducing, distinct.Length);
        return Enumerable.Range(0, chosen).Select(index => distinct[(int)((long)index * distinct.Length / chosen)]);
    }

    private static Vector FeaturesOf(SurrogateInput input) => Vector.FromArray([.. input.Size, .. input.Training, .. input.Layers]);

    private static IEnumerable<double> LogScales(SurrogateInput input) =>
    [
        .. input.Size.Select(_ => Math.Log(SizeScale)), .. input.Training.Select(_ => Math.Log(TrainingScale)), .. input.Layers.Select(_ => Math.Log(LayerScale)),
    ];

    private sealed class Posterior(SparseGP process, double mean) : IPosterior
    {
        public Prediction Predict(ImmutableArray<SurrogateInput> inputs)
        {
            Gaussian[] marginals = [.. inputs.Select(input => process.Marginal(FeaturesOf(input)))];
            return new Prediction([.. marginals.Select(marginal => mean + marginal.GetMean())], [.. marginals.Select(marginal => Math.Sqrt(Math.Max(0, marginal.GetVariance())))]);
        }

        public JointPrediction PredictJointly(ImmutableArray<SurrogateInput> inputs)
        {
            Vector[] points = [.. inputs.Select(FeaturesOf)];
            PositiveDefiniteMatrix covariance = process.Covariance(points);
            return new JointPrediction([.. process.Mean(points).Select(value => mean + value)], [.. from row in Enumerable.Range(0, points.Length) from column in Enumerable.Range(0, points.Length) select covariance[row, column]]);
        }
    }
}
