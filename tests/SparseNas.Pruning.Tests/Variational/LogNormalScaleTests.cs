using SparseNas.Networks;

namespace SparseNas.Pruning.Tests.Variational;

public class LogNormalScaleTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 1e-3)]
    [InlineData(-1, 1)]
    public void TheSlopeIsThatOfTheDivergence(double sign, double scale)
    {
        var random = new SeededRandom(4);
        for (int trial = 0; trial < 100; trial++)
        {
            double mean = random.NextNormal(), logVariance = random.NextNormal() - 2;
            const double H = 1e-6;
            double byMean = Difference(h => LogNormalScale.Divergence(sign, scale, mean + h, logVariance));
            double byVariance = Difference(h => LogNormalScale.Divergence(sign, scale, mean, logVariance + h));
            (double actualMean, double actualVariance) = LogNormalScale.Slope(sign, scale, mean, logVariance);
            Assert.Equal(byMean, actualMean, 1e-6 * (1 + Math.Abs(byMean)));
            Assert.Equal(byVariance, actualVariance, 1e-6 * (1 + Math.Abs(byVariance)));

            double Difference(Func<double, double> at) => (at(H) - at(-H)) / (2 * H);
        }
    }

    [Theory]   // E over q of log q(s) − log p(s), with log Γ densities written out, estimated with 400,000 draws
    [InlineData(1, 2.0)]
    [InlineData(-1, 1.0)]
    public void TheDivergenceIsThatOfTheDensities(double sign, double scale)
    {
        const double Mean = 0.3, LogVariance = -1.2;
        double deviation = Math.Exp(LogVariance / 2), sum = 0;
        var random = new SeededRandom(8);
        const int Draws = 400_000;
        for (int draw = 0; draw < Draws; draw++)
        {
            double noise = random.NextNormal(), log = Mean + (deviation * noise), s = Math.Exp(log);
            double posterior = (-0.5 * noise * noise) - Math.Log(deviation) - (0.5 * Math.Log(2 * Math.PI)) - log;
            double prior = sign > 0
                ? (-0.5 * log) - (s / scale) - (0.5 * Math.Log(Math.PI * scale))
                : (-1.5 * log) - (1 / s) - (0.5 * Math.Log(Math.PI));
            sum += posterior - prior;
        }

        Assert.Equal(LogNormalScale.Divergence(sign, scale, Mean, LogVariance), sum / Draws, 0.01);
    }
}
