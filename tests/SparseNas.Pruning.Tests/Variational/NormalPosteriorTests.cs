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
            double mean = random.NextNormal(), logVariance = (3 * random.NextNormal()) - 3, kl = random.NextDouble();
            double Loss(double m, double variance) => Math.Sin(2 * m) + (0.3 * m * m * variance) + Math.Sqrt(1 + variance);
            double Objective(double m, double v) => Loss(m, Math.Exp(v)) + (kl * ((Prior)prior == Prior.LogUniform
                ? LogUniformDivergence.Value(v - Math.Log((m * m) + LogUniformDivergence.SquareEpsilon))
                : 0.5 * (Math.Exp(v) + (m * m) - 1 - v)));

            const double H = 1e-5;
            double byMean = (Objective(mean + H, logVariance) - Objective(mean - H, logVariance)) / (2 * H);
            double byVariance = (Objective(mean, logVariance + H) - Objective(mean, logVariance - H)) / (2 * H);
            double variance = Math.Exp(logVariance);
            double g = (2 * Math.Cos(2 * mean)) + (0.6 * mean * variance), h = (0.3 * mean * mean) + (0.5 / Math.Sqrt(1 + variance));
            (Vector512<float> actualMean, Vector512<float> actualVariance) = NormalPosterior.Gradient(
                (Prior)prior, Broadcast(mean), Broadcast(logVariance), Broadcast(variance), Broadcast(g), Broadcast(h), (float)kl);
            Assert.Equal(byMean, actualMean[3], 1e-4 * (1 + Math.Abs(byMean)));
            Assert.Equal(byVariance, actualVariance[3], 1e-4 * (1 + Math.Abs(byVariance)));
        }
    }

    [Fact]
    public void StepsAreThoseOfAdamWrittenOut()
    {
        var posterior = new NormalPosterior(11, Prior.StandardNormal, -10, 4);
        double[] mean = [.. Enumerable.Range(0, 11).Select(index => index - 5.0)];
        for (int index = 0; index < 11; index++) posterior.Means[index] = (float)mean[index];
        var first = new double[11];
        var second = new double[11];
        for (int step = 1; step <= 50; step++)
        {
            for (int index = 0; index < 11; index++)
            {
                double g = mean[index] - 1;
                posterior.Gradients[index] = posterior.Means[index] - 1;
                first[index] = (0.9 * first[index]) + (0.1 * g);
                second[index] = (0.999 * second[index]) + (0.001 * g * g);
                mean[index] -= 0.05 * (first[index] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(second[index] / (1 - Math.Pow(0.999, step))) + 1e-8);
            }

            posterior.Step(AdamStep.Of(0.05f, step), AdamStep.Of(0.01f, step), kl: 0);
        }

        for (int index = 0; index < 11; index++) Assert.Equal(mean[index], posterior.Means[index], 1e-3);
        Assert.All(posterior.LogVariances.ToArray(), value => Assert.Equal(-10f, value));
        Assert.All(posterior.Variances.ToArray(), value => Assert.Equal(MathF.Exp(-10), value, 1e-9f));
    }

    /// <summary>A gradient that wants ever more variance, or ever less, of means that shrink or stay.</summary>
    [Theory]
    [InlineData(-1f)]
    [InlineData(1f)]
    public void LogAlphaStaysWithinItsBound(float varianceGradient)
    {
        const float Bound = 2f;
        NormalPosterior bounded = new(20, Prior.LogUniform, -3, 4, Bound), free = new(20, Prior.LogUniform, -3, 4);
        foreach (NormalPosterior posterior in (NormalPosterior[])[bounded, free])
        {
            for (int index = 0; index < 20; index++) posterior.Means[index] = 0.05f * (index + 1);
            for (int step = 1; step <= 300; step++)
            {
                posterior.VarianceGradients.Fill(varianceGradient / posterior.Variances[0]);
                for (int index = 0; index < 20; index++) posterior.Gradients[index] = index % 2 == 0 ? posterior.Means[index] : 0f;
                posterior.Step(AdamStep.Of(0.01f, step), AdamStep.Of(0.05f, step), kl: 0);
            }
        }

        float[] Alphas(NormalPosterior posterior) => [.. Enumerable.Range(0, 20).Select(posterior.LogAlpha)];
        Assert.All(Alphas(bounded), logAlpha => Assert.InRange(logAlpha, -Bound - 1e-3f, Bound + 1e-3f));
        Assert.All(bounded.LogVariances.ToArray().Zip(bounded.Variances.ToArray()), pair => Assert.Equal(MathF.Exp(pair.First), pair.Second, 1e-6f));
        Assert.Contains(Alphas(free), logAlpha => Math.Abs(logAlpha) > Bound + 1);
    }

    [Fact]
    public void DeadWeightsHaveNoVariance()
    {
        var posterior = new NormalPosterior(20, Prior.LogUniform, -3, 4);
        posterior.Means.Fill(0.5f);
        posterior.Restrict([.. Enumerable.Range(0, 20).Select(index => index % 3 != 0)]);
        posterior.Step(AdamStep.Of(0.01f, 1), AdamStep.Of(0.01f, 1), kl: 1);
        float[] variances = posterior.Variances.ToArray();
        for (int index = 0; index < 20; index++) Assert.Equal(index % 3 != 0, variances[index] > 0);
    }

    private static Vector512<float> Broadcast(double value) => Vector512.Create((float)value);
}
