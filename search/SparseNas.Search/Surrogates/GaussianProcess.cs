using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>
/// An exact Gaussian process with constant mean and the kernel k = s²·(w·exp(−½·Σ_g |Δ_g|²/ℓ_g²) + (1 − w)·exp(−edit/ℓ_e)) over three groups of features and the
/// blueprints' edit distance. Length scales, mixture and noise maximise the marginal likelihood over a fixed set of random points (on at most
/// <see cref="FittingPoints"/> observations); s² and the mean have closed forms.
/// </summary>
public sealed class GaussianProcess : ISurrogate
{
    /// <summary>Most observations that hyperparameters are fitted on: the youngest.</summary>
    public const int FittingPoints = 160;

    private const int FittingTrials = 32;

    /// <summary>Hyperparameters of the kernel.</summary>
    private sealed record Scales(double Size, double Training, double Layers, double Edit, double Mixture, double Noise);

    /// <inheritdoc/>
    public IPosterior Fit(ImmutableArray<SurrogateInput> inputs, ImmutableArray<double> values)
    {
        int first = Math.Max(0, inputs.Length - FittingPoints);
        ImmutableArray<SurrogateInput> youngest = inputs[first..];
        Distances distances = Distances.Between(youngest, youngest);
        double[] fitted = [.. values[first..]];
        Scales best = Proposals().MaxBy(scales => LogLikelihood(distances, fitted, scales))!;
        return new Posterior(inputs, [.. values], best);
    }

    /// <summary>The same points for every fit, the prior's centre first.</summary>
    private static IEnumerable<Scales> Proposals()
    {
        SeededRandom random = new(0x5ca1e5);
        double Around(double centre, double factor) => centre * Math.Exp(Math.Log(factor) * ((2 * random.NextDouble()) - 1));
        yield return new Scales(0.5, 0.7, 2, 2, 0.7, 0.05);
        for (int trial = 1; trial < FittingTrials; trial++)
        {
            yield return new Scales(Around(0.5, 5), Around(0.7, 5), Around(2, 5), Around(2, 4), 0.1 + (0.9 * random.NextDouble()), Around(0.04, 10));
        }
    }

    private static double LogLikelihood(Distances distances, double[] values, Scales scales)
    {
        Fitted fit = Fitted.Of(distances, values, scales);
        int count = values.Length;
        return -0.5 * ((count * Math.Log(Math.Max(fit.Variance, 1e-12))) + fit.Factor.LogDeterminant);
    }

    /// <summary>Kernel values without s², row by row.</summary>
    private static double[] Kernel(Distances distances, Scales s)
    {
        double size = -0.5 / (s.Size * s.Size), training = -0.5 / (s.Training * s.Training), layers = -0.5 / (s.Layers * s.Layers), edit = -1 / s.Edit;
        var kernel = new double[distances.Size.Length];
        for (int index = 0; index < kernel.Length; index++)
        {
            double smooth = Math.Exp((size * distances.Size[index]) + (training * distances.Training[index]) + (layers * distances.Layers[index]));
            kernel[index] = (s.Mixture * smooth) + ((1 - s.Mixture) * Math.Exp((edit * distances.Edit[index]) + (training * distances.Training[index])));
        }

        return kernel;
    }

    /// <summary>Solved observations: factor of K + noise, constant mean, s², and K⁻¹(y − mean).</summary>
    private sealed record Fitted(Cholesky Factor, double Mean, double Variance, double[] Weights)
    {
        public static Fitted Of(Distances distances, double[] values, Scales scales)
        {
            int count = values.Length;
            double[] kernel = Kernel(distances, scales);
            for (int index = 0; index < count; index++) kernel[(index * count) + index] += scales.Noise;
            Cholesky factor = Cholesky.Of(kernel, count);
            double[] ones = [.. Enumerable.Repeat(1.0, count)], solved = [.. values];
            Solve(factor, ones);
            Solve(factor, solved);
            double mean = solved.Sum() / ones.Sum();
            double[] weights = [.. solved.Zip(ones, (value, one) => value - (mean * one))];
            double variance = Enumerable.Range(0, count).Sum(index => (values[index] - mean) * weights[index]) / count;
            return new Fitted(factor, mean, variance, weights);
        }

        private static void Solve(Cholesky factor, double[] vector)
        {
            factor.SolveLower(vector);
            factor.SolveUpper(vector);
        }
    }

    private sealed class Posterior(ImmutableArray<SurrogateInput> inputs, double[] values, Scales scales) : IPosterior
    {
        private readonly Fitted fit = Fitted.Of(Distances.Between(inputs, inputs), values, scales);

        public Prediction Predict(ImmutableArray<SurrogateInput> queries)
        {
            (double[] mean, double[] solved) = Solve(queries);
            int known = inputs.Length;
            double[] deviation =
            [
                .. Enumerable.Range(0, queries.Length).Select(query =>
                {
                    ReadOnlySpan<double> row = solved.AsSpan(query * known, known);
                    return Math.Sqrt(Math.Max(0, Variance * (1 - Cholesky.Dot(row, row))));   // the kernel of a candidate with itself is 1
                }),
            ];
            return new Prediction(mean, deviation);
        }

        public JointPrediction PredictJointly(ImmutableArray<SurrogateInput> queries)
        {
            int known = inputs.Length, count = queries.Length;
            (double[] mean, double[] cross) = Solve(queries);
            double[] covariance = Kernel(Distances.Between(queries, queries), scales);
            double variance = Variance;
            for (int a = 0; a < count; a++)
            {
                for (int b = 0; b <= a; b++)
                {
                    double value = variance * (covariance[(a * count) + b] - Cholesky.Dot(cross.AsSpan(a * known, known), cross.AsSpan(b * known, known)));
                    covariance[(a * count) + b] = covariance[(b * count) + a] = value;
                }
            }

            return new JointPrediction(mean, covariance);
        }

        private double Variance => Math.Max(fit.Variance, 1e-12);

        /// <summary>Means of the queries, and L⁻¹ of their kernels with what is known, row by row.</summary>
        private (double[] Mean, double[] Solved) Solve(ImmutableArray<SurrogateInput> queries)
        {
            int known = inputs.Length;
            double[] cross = Kernel(Distances.Between(queries, inputs), scales);
            var mean = new double[queries.Length];
            for (int query = 0; query < queries.Length; query++)
            {
                Span<double> row = cross.AsSpan(query * known, known);
                mean[query] = fit.Mean + Cholesky.Dot(row, fit.Weights);
                fit.Factor.SolveLower(row);
            }

            return (mean, cross);
        }
    }

    /// <summary>Squared distances per group and edit distances, for all pairs, row by row.</summary>
    private sealed record Distances(double[] Size, double[] Training, double[] Layers, double[] Edit)
    {
        public static Distances Between(ImmutableArray<SurrogateInput> rows, ImmutableArray<SurrogateInput> columns)
        {
            int count = rows.Length * columns.Length;
            bool isSymmetric = rows == columns;
            var result = new Distances(new double[count], new double[count], new double[count], new double[count]);
            for (int row = 0; row < rows.Length; row++)
            {
                for (int column = 0; column < (isSymmetric ? row : columns.Length); column++)
                {
                    int index = (row * columns.Length) + column;
                    result.Set(index, rows[row], columns[column]);
                    if (isSymmetric) result.Copy(index, (column * columns.Length) + row);
                }
            }

            return result;
        }

        private void Set(int index, SurrogateInput a, SurrogateInput b)
        {
            Size[index] = Squared(a.Size.AsSpan(), b.Size.AsSpan());
            Training[index] = Squared(a.Training.AsSpan(), b.Training.AsSpan());
            Layers[index] = Squared(a.Layers.AsSpan(), b.Layers.AsSpan());
            Edit[index] = BlueprintDistance.Between(a.Sketch, b.Sketch);
        }

        private void Copy(int from, int to) => (Size[to], Training[to], Layers[to], Edit[to]) = (Size[from], Training[from], Layers[from], Edit[from]);

        private static double Squared(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
        {
            double sum = 0;
            for (int index = 0; index < a.Length; index++) sum += (a[index] - b[index]) * (a[index] - b[index]);
            return sum;
        }
    }
}
