namespace SparseNas.Quantization.Execution;

/// <summary>
/// Probabilities from logits in integers, the definition of what a device computes: pᵢ = 2^(−tᵢ) / Σ 2^(−t), tᵢ = (largest − logitᵢ) · scale / ln 2
/// with 16 bits behind the point. 2^(−f) for the fraction is 1 + f·(A + f·(B + f·C)), fitted with both ends exact: at most 1.3e-4 off.
/// Probabilities are in ten-thousandths, each rounded by itself, so that their sum may be a few off 10,000.
/// </summary>
/// <example><code>
/// IntegerSoftmax softmax = IntegerSoftmax.Of(network);
/// int[] tenThousandths = softmax.Probabilities(logits);
/// </code></example>
/// <param name="Multiplier">t = (largest − logit) · Multiplier &gt;&gt; Shift; 0 to 2^30.</param>
/// <param name="Shift">0 to 46.</param>
public sealed record IntegerSoftmax(int Multiplier, int Shift)
{
    /// <summary>What a probability of 1 is.</summary>
    public const int One = 10_000;

    /// <summary>1 in the 16-bit fixed point of 2^(−f).</summary>
    public const int FixedOne = 1 << 16;

    /// <summary>Coefficients of 2^(−f) in 16-bit fixed point.</summary>
    public const int A = -45325, B = 15149, C = -2593;

    /// <summary>t beyond which a probability is 0.</summary>
    public const int Vanishing = 17 << 16;

    private const int MultiplierBits = 15, LargestShift = 46, LargestMultiplier = 1 << 30;

    /// <summary>For the scale of a network's logits.</summary>
    public static IntegerSoftmax Of(QuantizedNetwork network) => For(network.Operators[^1].Output.Scale);

    /// <summary>For logits of which one code stands for <paramref name="scale"/>, positive.</summary>
    public static IntegerSoftmax For(float scale)
    {
        double exact = scale / Math.Log(2) * FixedOne;
        int shift = Math.Clamp(MultiplierBits - 1 - Math.ILogB(exact), 0, LargestShift);
        return new IntegerSoftmax((int)Math.Min(Math.Round(Math.ScaleB(exact, shift)), LargestMultiplier), shift);
    }

    /// <summary>One probability per logit, in ten-thousandths.</summary>
    public int[] Probabilities(ReadOnlySpan<int> logits)
    {
        int largest = int.MinValue, sum = 0;
        foreach (int logit in logits) largest = Math.Max(largest, logit);
        var powers = new int[logits.Length];
        for (int index = 0; index < logits.Length; index++) sum += powers[index] = Power(((long)largest - logits[index]) * Multiplier >> Shift);
        for (int index = 0; index < logits.Length; index++) powers[index] = (int)((((long)powers[index] * One) + (sum >> 1)) / sum);
        return powers;
    }

    /// <summary>2^(−t) in 16-bit fixed point, t ≥ 0 with 16 bits behind the point.</summary>
    private static int Power(long t)
    {
        if (t >= Vanishing) return 0;
        int fraction = (int)t & (FixedOne - 1), whole = (int)t >> 16;
        int inner = B + ((C * fraction) >> 16);
        inner = A + ((inner * fraction) >> 16);
        return (FixedOne + (int)(((long)inner * fraction) >> 16)) >> whole;
    }
}
