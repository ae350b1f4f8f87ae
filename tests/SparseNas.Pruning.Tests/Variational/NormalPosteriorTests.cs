using System.Runtime.Intrinsics;
using SparseNas.Networks;

namespace SparseNas.Pruning.Tests.Variational;

public class NormalPosteriorTests
{
    [Theory]
    [InlineData(Prior.LogUniform)]
    [InlineData(Prior.StandardNormal)]
    public void GradientsOfLossAndRegulariserEqualFiniteDifferences(object prior)
    {
        var random = new SeededRandom(17);
        for (int trial = 0; trial < 200; trial++)
        {
            double mean = random.NextNormal(), logVariance = (3 * random.NextNormal()) - 3, epsilon = random.NextNormal(), kl = random.NextDouble();
            double Loss(double w) => Math.Sin(2 * w) + (0.3 * w * w);
            double Objective(double m, double v) => Loss(m + (Math.Exp(v / 2) * epsilon)) + (kl * ((Prior)prior == Prior.LogUniform
                ? LogUniformDivergence.Value(v - Math.Log((m * m) + LogUniformDivergence.SquareEpsilon))
                : 0.5 * (Math.Exp(v) + (m * m) - 1 - v)));

            const double H = 1e-5;
            double byMean = (Objective(mean + H, logVariance) - Objective(mean - H, logVariance)) / (2 * H);
            double byVariance = (Objective(mean, logVariance + H) - Objective(mean, logVariance - H)) / (2 * H);
            double sample = mean + (Math.Exp(logVariance / 2) * epsilon), g = (2 * Math.Cos(2 * sample)) + (0.6 * sample);
            (Vector256<float> actualMean, Vector256<float> actualVariance) = NormalPosterior.Gradient(
                (Prior)prior, Broadcast(mean), Broadcast(logVariance), Broadcast(sample), Broadcast(g), (float)kl);
            Assert.Equal(byMean, actualMean[3], 1e-4 * (1 + Math.Abs(byMean)));
            Assert.Equal(byVariance, actualVariance[3], 1e-4 * (1 + Math.Abs(byVariance)));
        }
    }

    [Fact]
    public void StepsAreThoseOfAdamWrittenOut()
    {
        var posterior = new NormalPosterior(11, Prior.StandardNormal, 4);
        double[] mean = [.. Enumerable.Range(0, 11).Select(index => index - 5.0)];
        for (int index = 0; index < 11; index++) posterior.Means[index] = (float)mean[index];
        var first = new double[11];
        var second = new double[11];
        for (int step = 1; step <= 50; step++)
        {
            for (int index = 0; index < 11; index++)
            {
                double g = mean[index] - 1;
                posterior.Samples[index] = posterior.Means[index];
                posterior.Gradients[index] = posterior.Means[index] - 1;
                first[index] = (0.9 * first[index]) + (0.1 * g);
                second[index] = (0.999 * second[index]) + (0.001 * g * g);
                mean[index] -= 0.05 * (first[index] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(second[index] / (1 - Math.Pow(0.999, step))) + 1e-8);
            }

            posterior.Step(AdamStep.Of(0.05f, step), AdamStep.Of(0.01f, step), kl: 0);
        }

        for (int index = 0; index < 11; index++) Assert.Equal(mean[index], posterior.Means[index], 1e-3);
        Assert.All(posterior.LogVariances.ToArray(), value => Assert.Equal(-10f, value));
    }

    [Fact]
    public void SamplesHaveThePosteriorsMoments()
    {
        var posterior = new NormalPosterior(100_003, Prior.LogUniform, 4);
        posterior.Means.Fill(2f);
        posterior.LogVariances.Fill(MathF.Log(0.25f));
        posterior.Draw(new NormalNoise(new SeededRandom(1)));
        float[] values = posterior.Samples.ToArray();
        Assert.Equal(2, values.Average(), 0.01);
        Assert.Equal(0.25, values.Average(value => (value - 2) * (value - 2)), 0.01);
        Assert.Equal(3 * 0.25 * 0.25, values.Average(value => Math.Pow(value - 2, 4)), 0.01);
        Assert.True(values.Distinct().Count() > 90_000);
        posterior.Draw(new NormalNoise(new SeededRandom(2)));
        for (int index = 0; index < values.Length; index++) Assert.Equal(4f, values[index] + posterior.Samples[index], 1e-5f);
    }

    private static Vector256<float> Broadcast(double value) => Vector256.Create((float)value);
}
