using System.Runtime.Intrinsics;
using SparseNas.Networks;

namespace SparseNas.Pruning.Tests.Variational;

public class LogUniformDivergenceTests
{
    [Fact]
    public void TheSlopeIsThatOfTheValue()
    {
        for (double logAlpha = -12; logAlpha <= 12; logAlpha += 0.25)
        {
            double slope = (LogUniformDivergence.Value(logAlpha + 1e-4) - LogUniformDivergence.Value(logAlpha - 1e-4)) / 2e-4;
            Assert.Equal(slope, Slope(logAlpha), 2e-6);
        }

        Assert.Equal(-0.5f, Slope(-60), 1e-6f);
        Assert.Equal(0f, Slope(60), 1e-6f);
    }

    [Theory]   // KL + const = E over ε of log|1 + √α·ε| − ½·log α, estimated with 2 million draws; the approximation is good to 0.01
    [InlineData(-4)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void TheApproximationFollowsTheIntegral(double logAlpha)
    {
        double Exact(double at)
        {
            var random = new SeededRandom(3);
            double sum = 0;
            const int Draws = 1_000_000;
            for (int draw = 0; draw < Draws; draw++) sum += Math.Log(Math.Abs(1 + (Math.Exp(at / 2) * random.NextNormal())));
            return (sum / Draws) - (at / 2);
        }

        double expected = Exact(logAlpha) - Exact(8);
        Assert.Equal(expected, LogUniformDivergence.Value(logAlpha) - LogUniformDivergence.Value(8), 0.02);
    }

    private static float Slope(double logAlpha) => LogUniformDivergence.Slope(
        Vector512.Create((float)logAlpha), Vector512.Create((float)Math.Exp(logAlpha)), Vector512<float>.One).Slope[5];
}
