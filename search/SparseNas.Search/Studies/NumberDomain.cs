using System.Collections.Immutable;
using System.Globalization;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>The values a real hyperparameter may take.</summary>
public abstract record NumberDomain
{
    private protected NumberDomain()
    {
    }

    /// <summary>Exactly one value.</summary>
    public static NumberDomain Fixed(double value) => new NumberChoices([value]);

    /// <summary>Whether more than one value is possible.</summary>
    public abstract bool IsOpen { get; }

    /// <summary>Largest value.</summary>
    public abstract double Maximum { get; }

    /// <summary>Whether <paramref name="value"/> belongs to the domain.</summary>
    public abstract bool Contains(double value);

    /// <summary>A uniform value (on the domain's scale).</summary>
    public abstract double Sample(SeededRandom random);

    /// <summary>Another value near <paramref name="value"/>: a neighbouring choice, or a step of a tenth of the range on average.</summary>
    public abstract double Move(double value, SeededRandom random);
}

/// <summary>A list of values.</summary>
/// <param name="Values">Ascending, without repeats, at least one.</param>
public sealed record NumberChoices(ImmutableArray<double> Values) : NumberDomain
{
    /// <inheritdoc/>
    public override bool IsOpen => Values.Length > 1;

    /// <inheritdoc/>
    public override double Maximum => Values[^1];

    /// <inheritdoc/>
    public override bool Contains(double value) => Values.Contains(value);

    /// <inheritdoc/>
    public override double Sample(SeededRandom random) => Values[random.Next(Values.Length)];

    /// <inheritdoc/>
    public override double Move(double value, SeededRandom random)
    {
        if (!IsOpen) return Values[0];
        int index = Values.IndexOf(Values.MinBy(choice => Math.Abs(choice - value)));   // the value may have lost digits to single precision
        int step = index == 0 ? 1 : index == Values.Length - 1 ? -1 : random.Next(2) == 0 ? -1 : 1;
        return Values[index + step];
    }
}

/// <summary>A closed interval.</summary>
/// <param name="From">Smallest value; positive on a logarithmic scale.</param>
/// <param name="To">Largest value, above <paramref name="From"/>.</param>
/// <param name="IsLogarithmic">Whether equal ratios, not equal differences, are equally likely.</param>
public sealed record NumberRange(double From, double To, bool IsLogarithmic) : NumberDomain
{
    /// <inheritdoc/>
    public override bool IsOpen => true;

    /// <inheritdoc/>
    public override double Maximum => To;

    /// <inheritdoc/>
    public override bool Contains(double value) => value >= From && value <= To;

    /// <inheritdoc/>
    public override double Sample(SeededRandom random) => At(random.NextDouble());

    /// <inheritdoc/>
    public override double Move(double value, SeededRandom random)
    {
        double position = IsLogarithmic ? Math.Log(value / From) / Math.Log(To / From) : (value - From) / (To - From);
        return At(Math.Clamp(position + (0.125 * random.NextNormal()), 0, 1));
    }

    /// <summary>
    /// Rounded to four significant digits, so that a value reads the same in the journal, in reports and in memory; clamped, since rounding may leave the range.
    /// </summary>
    private double At(double position)
    {
        double value = IsLogarithmic ? From * Math.Pow(To / From, position) : From + ((To - From) * position);
        if (value == 0) return Math.Clamp(0, From, To);
        double unit = Math.Pow(10, Math.Floor(Math.Log10(Math.Abs(value))) - 3);
        return Math.Clamp(double.Parse((Math.Round(value / unit) * unit).ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), From, To);
    }
}
