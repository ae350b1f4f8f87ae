using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SparseNas.Pruning;

/// <summary>One Adam step's scalars (Kingma and Ba 2015), bias correction included: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − rate·m / (√v·c + ε).</summary>
/// <param name="Rate">Learning rate divided by 1 − β₁ᵗ.</param>
/// <param name="VarianceScale">c = 1 / √(1 − β₂ᵗ).</param>
internal readonly record struct AdamStep(float Rate, float VarianceScale)
{
    private const float FirstDecay = 0.9f, SecondDecay = 0.999f, Epsilon = 1e-8f;

    /// <summary>The scalars of step <paramref name="step"/>, counted from 1.</summary>
    public static AdamStep Of(float rate, int step) => new(
        (float)(rate / (1 - Math.Pow(FirstDecay, step))), (float)(1 / Math.Sqrt(1 - Math.Pow(SecondDecay, step))));

    /// <summary>What sixteen parameters move by, as a fraction; their moments are brought up to date. See <see cref="Divide"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (Vector512<float> Numerator, Vector512<float> Denominator) Move(
        Vector512<float> gradient, ref Vector512<float> first, ref Vector512<float> second)
    {
        first = (first * FirstDecay) + (gradient * (1 - FirstDecay));
        second = (second * SecondDecay) + (gradient * gradient * (1 - SecondDecay));
        return (first * -Rate, (Vector512.Sqrt(second) * VarianceScale) + Vector512.Create(Epsilon));
    }

    /// <summary>Both quotients for one division, which costs more than three multiplications; denominators are at least ε, so their product is normal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> First, Vector512<float> Second) Divide(
        (Vector512<float> Numerator, Vector512<float> Denominator) first, (Vector512<float> Numerator, Vector512<float> Denominator) second)
    {
        Vector512<float> inverse = Vector512<float>.One / (first.Denominator * second.Denominator);
        return (first.Numerator * second.Denominator * inverse, second.Numerator * first.Denominator * inverse);
    }
}
