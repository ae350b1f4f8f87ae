using SparseNas.Networks;
using SparseNas.Quantization.Calibration;

namespace SparseNas.Quantization.Tests.Calibration;

public class RangeChoiceTests
{
    [Fact]
    public void ZeroIsAlwaysACode()
    {
        TensorFormat format = RangeChoice.Format(-1, 3, 8);
        Assert.Equal(64, format.ZeroPoint);
        Assert.Equal(0f, format.ToReal(format.ZeroPoint));
        Assert.Equal(4f / 255, format.Scale);
    }

    [Fact]
    public void ValuesThatAreNeverNegativeUseEveryCode()
    {
        ActivationHistogram seen = Seen([0.5f, 2f, 1f]);
        TensorFormat format = RangeChoice.Choose(seen, 8, clampsAtZero: false,
            new QuantizationOptions { Calibration = CalibrationMethod.MinMax });
        Assert.Equal(new TensorFormat(8, 2f / 255, 0), format);
    }

    [Fact]
    public void AnOutlierIsClippedByPercentileAndByFewBitsButNotByMinMax()
    {
        var random = new SeededRandom(1);
        ActivationHistogram seen = Seen([.. Enumerable.Range(0, 20_000).Select(_ => (float)Math.Abs(random.NextNormal())), 40f]);
        float Top(CalibrationMethod method, int bits) =>
            RangeChoice.Choose(seen, bits, true, new QuantizationOptions { Calibration = method, ClippedShare = 1e-3 }) is var format
                ? format.ToReal(format.Maximum) : 0;
        Assert.Equal(40f, Top(CalibrationMethod.MinMax, 8), 3);
        Assert.InRange(Top(CalibrationMethod.Percentile, 8), 3.0f, 3.6f);
        Assert.InRange(Top(CalibrationMethod.MeanSquaredError, 4), 2f, 12f);
    }

    [Fact]
    public void AValueThatIsNotFiniteIsRefused() =>
        Assert.Contains("must be finite", Assert.Throws<ArgumentException>(() => Seen([1f, float.NaN])).Message);

    [Fact]
    public void NothingButZerosStillGivesAFormat() =>
        Assert.Equal(0, RangeChoice.Choose(Seen([0f, 0f]), 8, true, new QuantizationOptions()).ZeroPoint);

    private static ActivationHistogram Seen(float[] values)
    {
        var seen = new ActivationHistogram();
        seen.Widen(values);
        seen.Count(values);
        return seen;
    }
}
