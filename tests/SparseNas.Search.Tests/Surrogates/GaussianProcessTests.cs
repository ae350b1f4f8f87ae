using System.Collections.Immutable;
using MathNet.Numerics.LinearAlgebra;
using SparseNas.Networks;

namespace SparseNas.Search.Tests;

public class GaussianProcessTests
{
    private static readonly SearchSpace Space = TestStudies.Space();

    [Fact]
    public void TheFactorIsThatOfTheLibraryAndSolves()
    {
        SeededRandom random = new(1);
        foreach (int size in new[] { 1, 2, 7, 40 })
        {
            Matrix<double> root = Matrix<double>.Build.Dense(size, size, (_, _) => random.NextNormal());
            Matrix<double> matrix = (root * root.Transpose()) + (0.1 * Matrix<double>.Build.DenseIdentity(size));
            var factor = Cholesky.Of(matrix.ToRowMajorArray(), size);
            Matrix<double> expected = matrix.Cholesky().Factor;
            for (int row = 0; row < size; row++)
            {
                for (int column = 0; column <= row; column++) Assert.Equal(expected[row, column], factor[row, column], 1e-9 * size);
            }

            Assert.Equal(matrix.Cholesky().DeterminantLn, factor.LogDeterminant, 1e-8 * size);
            double[] vector = [.. Enumerable.Range(0, size).Select(_ => random.NextNormal())], solved = [.. vector];
            factor.SolveLower(solved);
            factor.SolveUpper(solved);
            Vector<double> back = matrix * Vector<double>.Build.Dense(solved);
            for (int row = 0; row < size; row++) Assert.Equal(vector[row], back[row], 1e-8 * size);
        }
    }

    [Fact]
    public void AnIndefiniteMatrixGetsAsLittleAsItNeeds()
    {
        var factor = Cholesky.Of([1, 1, 1, 1], 2);
        Assert.Equal(1, factor[0, 0], 1e-6);
        Assert.InRange(factor[1, 1], 0, 1e-3);
    }

    /// <summary>A function of the architecture is predicted for unseen candidates far better than by its mean, and the stated uncertainty holds.</summary>
    [Fact]
    public void UnseenCandidatesArePredicted()
    {
        SeededRandom random = new(2);
        (ImmutableArray<SurrogateInput> inputs, double[] values) = Draw(150, random);
        double[] noisy = [.. values.Select(value => value + (0.05 * random.NextNormal()))];
        (ImmutableArray<SurrogateInput> unseen, double[] truth) = Draw(100, random);

        IPosterior posterior = new GaussianProcess().Fit(inputs, [.. noisy]);
        Prediction prediction = posterior.Predict(unseen);
        JointPrediction joint = posterior.PredictJointly(unseen);
        Assert.All(prediction.Deviation.Zip(joint.Deviation), pair => Assert.Equal(pair.Second, pair.First, 1e-9));
        Assert.Equal(joint.Mean, prediction.Mean);


        double mean = values.Average();
        double residual = truth.Zip(prediction.Mean, (t, p) => (t - p) * (t - p)).Sum(), total = truth.Sum(t => (t - mean) * (t - mean));
        Assert.InRange(residual / total, 0, 0.25);
        int covered = Enumerable.Range(0, truth.Length).Count(i => Math.Abs(truth[i] - prediction.Mean[i]) < 2 * Math.Sqrt(Math.Pow(prediction.Deviation[i], 2) + 0.0025));
        Assert.InRange(covered, 85, 100);
    }

    [Fact]
    public void SamplesHaveTheMeanAndTheCovariance()
    {
        SeededRandom random = new(3);
        JointPrediction prediction = new([1, 2], [4, 1, 1, 2]);
        double[][] samples = [.. Enumerable.Range(0, 20000).Select(_ => prediction.Sample(random))];
        Assert.Equal(1, samples.Average(s => s[0]), 0.05);
        Assert.Equal(2, samples.Average(s => s[1]), 0.05);
        Assert.Equal(1, samples.Average(s => (s[0] - 1) * (s[1] - 2)), 0.1);
        Assert.Equal(4, samples.Average(s => (s[0] - 1) * (s[0] - 1)), 0.2);
    }

    [Fact]
    public void EditDistanceIsSmallForOneMorphismAndSymmetric()
    {
        SeededRandom random = new(4);
        for (int repeat = 0; repeat < 300; repeat++)
        {
            Candidate a = Space.Sample(random), b = Space.Sample(random), child = Morphisms.Mutate(a, Space, random);
            Assert.Equal(0, BlueprintDistance.Between(a.Blueprint, a.Blueprint));
            Assert.Equal(BlueprintDistance.Between(a.Blueprint, b.Blueprint), BlueprintDistance.Between(b.Blueprint, a.Blueprint), 12);
            bool isScaled = child.Origin.StartsWith("scaled", StringComparison.Ordinal);   // several edits in one
            Assert.InRange(BlueprintDistance.Between(a.Blueprint, child.Blueprint), 0, isScaled ? 6 : 1);
        }
    }

    private static (ImmutableArray<SurrogateInput> Inputs, double[] Values) Draw(int count, SeededRandom random)
    {
        (SurrogateInput Input, double Value)[] drawn = [.. Enumerable.Range(0, count).Select(_ =>
        {
            Candidate candidate = Space.Sample(random);
            Forecast forecast = Forecast.Of(candidate, TestStudies.Image, 10);
            double value = (-0.5 * Math.Log(forecast.Macs + 100)) + (0.3 * candidate.Blueprint.Blocks.Length) - (candidate.Blueprint.Head.HasGlobalPooling ? 0.5 : 0) + candidate.Pruning.Sparsity;
            return (SurrogateInput.Of(candidate, forecast, Space.Architectures, 4), value);
        })];
        return ([.. drawn.Select(item => item.Input)], [.. drawn.Select(item => item.Value)]);
    }
}
