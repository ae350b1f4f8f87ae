using SparseNas.Codegen.Emission.Code;

namespace SparseNas.Codegen.Emission.Kernels;

/// <summary>How taps and weights become one expression.</summary>
internal enum SumForm
{
    /// <summary>One product per tap: x·w, x alone for a weight of ±1.</summary>
    Products,

    /// <summary>Taps with weights of one magnitude are summed first and multiplied once.</summary>
    Grouped,
}

/// <summary>The weighted sum of taps with immediates for weights; a weight of zero leaves no trace.</summary>
internal static class WeightedSum
{
    /// <summary>start + Σ tap·factor.</summary>
    /// <param name="group">Word that holds the sum.</param>
    /// <param name="matrix">Weights.</param>
    /// <param name="start">What the taps are added to, or null for nothing.</param>
    /// <param name="taps">Taps to sum, as positions in the matrix.</param>
    /// <param name="value">The code of a tap, of the word's type.</param>
    /// <param name="form">How products are formed.</param>
    public static Expression Of(
        LaneGroup group, WeightMatrix matrix, Expression? start, IEnumerable<int> taps, Func<int, Expression> value, SumForm form)
    {
        IEnumerable<(int Tap, long Factor)> living = taps.Select(tap => (tap, group.Factor(matrix, tap))).Where(pair => pair.Item2 != 0);
        Expression? sum = form == SumForm.Grouped && group.IsScalar
            ? Grouped(start, [.. living], value) : Products(group, start, living, value);
        return sum ?? Zero(group.Word);
    }

    private static Expression? Products(LaneGroup group, Expression? sum, IEnumerable<(int Tap, long Factor)> taps, Func<int, Expression> value)
    {
        foreach ((int tap, long factor) in taps)
        {
            Expression x = value(tap);
            sum = group.Word == DeviceType.Int ? Plus(sum, x, (int)factor) : sum is null ? x * Wide(factor) : sum + (x * Wide(factor));
        }

        return sum;
    }

    /// <summary>
    /// A 64-bit constant that the compiler writes as one: those that fit 32 bits would need a conversion as well. Their sign bit is flipped, which
    /// changes bit 63 of the sum and nothing else, since x·2^63 = (x mod 2)·2^63 modulo the word; no lane reaches that bit.
    /// </summary>
    private static LongConstant Wide(long factor) =>
        new(factor is >= int.MinValue and <= uint.MaxValue ? factor ^ long.MinValue : factor);

    /// <summary>Whether a group's words may carry a flipped top bit, so that its highest lane needs a mask.</summary>
    public static bool FlipsTopBit(LaneGroup group, WeightMatrix matrix) =>
        group.Word == DeviceType.Long
        && Enumerable.Range(0, matrix.Taps).Any(tap => group.Factor(matrix, tap) is not 0 and >= int.MinValue and <= uint.MaxValue);

    private static Expression? Grouped(Expression? sum, (int Tap, long Factor)[] taps, Func<int, Expression> value)
    {
        foreach ((int tap, long factor) in taps.Where(pair => Math.Abs(pair.Factor) == 1)) sum = Plus(sum, value(tap), (int)factor);
        foreach (IGrouping<long, (int Tap, long Factor)> magnitude in taps.Where(pair => Math.Abs(pair.Factor) > 1)
            .GroupBy(pair => Math.Abs(pair.Factor)).OrderBy(group => group.Key))
        {
            (int Tap, long Factor)[] members = [.. magnitude];
            int sign = members.All(pair => pair.Factor < 0) ? -1 : 1;   // a sum that begins with a negation costs one instruction more
            Expression? inner = null;
            foreach ((int tap, long factor) in members.OrderByDescending(pair => pair.Factor * sign)) inner = Plus(inner, value(tap), Math.Sign(factor) * sign);
            sum = Plus(sum, inner!, sign * (int)magnitude.Key);
        }

        return sum;
    }

    private static Expression Plus(Expression? sum, Expression x, int factor) => (sum, factor) switch
    {
        (null, _) => x * factor,
        (_, -1) => sum - x,
        _ => sum + (x * factor),
    };

    private static Expression Zero(DeviceType word) => word == DeviceType.Int ? 0 : new LongConstant(0);
}
