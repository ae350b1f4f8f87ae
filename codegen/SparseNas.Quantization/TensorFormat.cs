namespace SparseNas.Quantization;

/// <summary>
/// How an activation tensor's integers stand for real numbers: <c>real = Scale · (q − ZeroPoint)</c>, q in 0 .. 2^Bits − 1. Unsigned, so
/// that camera bytes enter unchanged, a ReLU output uses every code, and border padding is <see cref="ZeroPoint"/>.
/// </summary>
/// <param name="Bits">4 to 8 for activations.</param>
/// <param name="Scale">Step between neighbouring codes, positive.</param>
/// <param name="ZeroPoint">The code of 0.0, within the range of codes.</param>
public sealed record TensorFormat(int Bits, float Scale, int ZeroPoint)
{
    /// <summary>The largest code.</summary>
    public int Maximum => (1 << Bits) - 1;

    /// <summary>The real number behind code <paramref name="q"/>.</summary>
    public float ToReal(int q) => Scale * (q - ZeroPoint);

    /// <summary>The nearest code to <paramref name="real"/>, halves away from zero, clamped to the range of codes.</summary>
    public int ToCode(float real) => Math.Clamp((int)MathF.Round(real / Scale, MidpointRounding.AwayFromZero) + ZeroPoint, 0, Maximum);
}
