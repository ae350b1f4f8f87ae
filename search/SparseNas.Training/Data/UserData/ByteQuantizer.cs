using SparseNas.Networks;

namespace SparseNas.Training.Data.UserData;

/// <summary>
/// Turns real numbers into the bytes that a device feeds to the network. With a stated range [minimum, maximum], byte q stands for
/// Scale · (q − ZeroPoint) with Scale = (maximum − minimum) / 255 and ZeroPoint = round(−minimum / Scale), so zero is met exactly and the
/// ends move by at most half a step; values outside are clamped. Without a range the values must be bytes already and stand for 0..1.
/// </summary>
internal sealed class ByteQuantizer
{
    private readonly double minimum;
    private readonly double maximum;
    private readonly double inverseScale;

    /// <summary>Values that are bytes already.</summary>
    public ByteQuantizer() => Encoding = InputEncoding.UnitRange;

    /// <summary>Real values; <c>minimum ≤ 0 ≤ maximum</c> and <c>minimum &lt; maximum</c>, as the manifest has checked.</summary>
    public ByteQuantizer(double minimum, double maximum)
    {
        HasRange = true;
        this.minimum = minimum;
        this.maximum = maximum;
        double scale = (maximum - minimum) / 255;
        inverseScale = 1 / scale;
        Encoding = new InputEncoding((float)scale, (int)Math.Round(-minimum / scale));
    }

    /// <summary>Whether values are real numbers in a stated range, not bytes.</summary>
    public bool HasRange { get; }

    /// <summary>What a byte means.</summary>
    public InputEncoding Encoding { get; }

    /// <summary>The law that a value must obey, for messages.</summary>
    public string Law => HasRange
        ? "values are finite numbers"
        : "values without a stated range (\"minimum\" and \"maximum\" in dataset.json) are whole numbers 0..255";

    /// <summary>Number of values so far that lay outside of the range.</summary>
    public long ClampedCount { get; private set; }

    /// <summary>The byte for <paramref name="real"/>, halves rounded away from zero; false when <see cref="Law"/> is broken.</summary>
    public bool TryQuantize(double real, out byte value)
    {
        double q = HasRange ? Math.Round(real * inverseScale, MidpointRounding.AwayFromZero) + Encoding.ZeroPoint : real;
        value = (byte)Math.Clamp(q, 0, 255);
        if (!HasRange) return real == value;
        if (real < minimum || real > maximum) ClampedCount++;
        return double.IsFinite(real);
    }
}
