namespace SparseNas.Networks;

/// <summary>
/// How a raw input byte stands for a real number: <c>real = Scale · (q − ZeroPoint)</c>, q in 0..255. Training reads bytes through it and the
/// integer network takes the same bytes directly, so that a device feeds raw sensor values and nothing is converted on the way.
/// </summary>
/// <param name="Scale">Step between neighbouring byte values, positive and finite.</param>
/// <param name="ZeroPoint">The byte that stands for 0.0 and that pads image borders, 0..255.</param>
public sealed record InputEncoding(float Scale, int ZeroPoint)
{
    /// <summary>Bytes 0..255 as 0.0..1.0.</summary>
    public static InputEncoding UnitRange { get; } = new(1f / 255f, 0);

    /// <summary>The real number that byte <paramref name="value"/> stands for.</summary>
    public float ToReal(byte value) => Scale * (value - ZeroPoint);
}
