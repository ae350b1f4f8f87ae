using SparseNas.Codegen.Emission.Code;
using SparseNas.Codegen.Emission.Plain;
using SparseNas.Codegen.Emission.Requantizing;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Kernels;

/// <summary>
/// From an accumulator to the arena: requantise (in 32 bits where a fraction serves, else in 64), clamp (by look-up, by comparison, or not at all
/// where the range proves it needless) and store. A logit is stored as it is.
/// </summary>
internal sealed class OutputStage(OperatorSite site, Variable arena, ClampTable? clamp, Variable? clampArray, string suffix = "") : IOutputStage
{
    private readonly Variable code = Variable.Value("code" + suffix), wideCode = Variable.Value("wideCode" + suffix, DeviceType.Long), logit = Variable.Value("logit" + suffix);
    private readonly HashSet<Variable> used = [];
    private readonly HashSet<int> begun = [];   // bytes of the pixel at hand of which one half is written

    /// <inheritdoc/>
    public IEnumerable<Statement> Declarations => used.Select(variable => new Declare(variable, null));

    /// <inheritdoc/>
    public IEnumerable<Statement> Write(int output, Expression value, long floor, Expression pixel) =>
        Write(output, value, floor, pixel, site.IsOutputPacked ? Half(output) : (index, code) => new Store(arena, index, code));

    /// <summary>Writes half a byte. Words give their outputs in any order, so of two that share a byte whichever comes first sets it, the other adds.</summary>
    private Func<Expression, Expression, Statement> Half(int output)
    {
        bool isSecond = (output ^ 1) < site.Output.Channels && !begun.Add(output / 2);
        if (isSecond) begun.Remove(output / 2);
        return (index, code) => PackedCodes.Store(arena, index, output % 2 == 1, isSecond, code);
    }

    /// <summary>The same with another end than the arena.</summary>
    /// <param name="output">Output channel.</param>
    /// <param name="value">Its accumulator less <paramref name="floor"/>, 32 bits.</param>
    /// <param name="floor">What is to be added.</param>
    /// <param name="pixel">Index of the pixel's first output in the arena, in bytes.</param>
    /// <param name="store">Takes the code's index in the arena and the code.</param>
    public IEnumerable<Statement> Write(int output, Expression value, long floor, Expression pixel, Func<Expression, Expression, Statement> store)
    {
        if (site.Requantization is not { } requantization)
        {
            Expression place = pixel + (output * sizeof(int)), sum = value + (int)floor;
            return Logit(site.IsAdded ? sum + PlainRowSum.Stored(arena, place) : sum, place);
        }

        Expression index = pixel + (site.IsOutputPacked ? output / 2 : output);
        if (site.RatioOf(output) is not { } ratio) return Wide(requantization, output, value, floor, code64 => store(index, code64));
        (long lowest, long highest) = ratio.Quotients(site.BoundOf(output));
        bool below = lowest < requantization.Minimum || (lowest <= 0 && requantization.Minimum > 0), above = highest > requantization.Maximum;
        if (!below && !above) return [store(index, Quotient(value, floor, ratio, 0))];
        return clamp is not null && Fits(output, ratio, clamp.Below)
            ? [store(index, clampArray![Quotient(value, floor, ratio, clamp.Below)])]
            : Compared(requantization, Quotient(value, floor, ratio, 0), below, above, limited => store(index, limited));
    }

    /// <summary>(value · k + (floor · k + c + below · d)) / d.</summary>
    private static Expression Quotient(Expression value, long floor, RatioRequantization ratio, int below) =>
        ((value * ratio.Factor) + (int)((floor * ratio.Factor) + ratio.Offset + ((long)below * ratio.Divisor))) / ratio.Divisor;

    /// <summary>Whether the numerators of a look-up, all of them positive, fit 32 bits.</summary>
    private bool Fits(int output, RatioRequantization ratio, int below)
    {
        long shift = ratio.Offset + ((long)below * ratio.Divisor);
        var bound = site.BoundOf(output);
        return (bound.Minimum * ratio.Factor) + shift >= 0 && (bound.Maximum * ratio.Factor) + shift <= int.MaxValue && shift <= int.MaxValue;
    }

    private IEnumerable<Statement> Compared(Requantization requantization, Expression quotient, bool below, bool above, Func<Expression, Statement> store)
    {
        used.Add(code);
        List<Statement> statements = [new Assign(code, quotient)];
        if (below) statements.Add(PlainOutput.Clamp(code, Comparison.Less, requantization.Minimum, BranchLikelihood.BelowMinimum(site)));
        if (above) statements.Add(PlainOutput.Clamp(code, Comparison.Greater, requantization.Maximum, BranchLikelihood.AboveMaximum));
        statements.Add(store(code));
        return statements;
    }

    /// <summary>
    /// The 64-bit definition. Multiplier, rounding and shift are scaled by a power of two where there is room, so that the constants are 64-bit
    /// ones and need no conversion.
    /// </summary>
    private IEnumerable<Statement> Wide(Requantization requantization, int output, Expression value, long floor, Func<Expression, Statement> store)
    {
        var bound = site.BoundOf(output);
        long multiplier = requantization.Multiplier(output);
        int shift = requantization.Shift;
        long rounding = (1L << (shift - 1)) + ((long)requantization.ZeroPoint << shift) + (floor * multiplier);
        long largest = Math.Max(bound.Magnitude * multiplier, 1) + Math.Abs(rounding) + Math.Abs(floor * multiplier);
        while (multiplier is > 0 and <= uint.MaxValue && shift < 62 && largest < long.MaxValue / 4)
        {
            multiplier *= 2;
            rounding *= 2;
            largest *= 2;
            shift++;
        }

        Expression code64 = ((value.ToLong() * new LongConstant(multiplier)) + new LongConstant(rounding)) >> shift;
        used.Add(wideCode);
        return
        [
            new Assign(wideCode, code64),
            PlainOutput.Clamp(wideCode, Comparison.Less, new LongConstant(requantization.Minimum), BranchLikelihood.BelowMinimum(site)),
            PlainOutput.Clamp(wideCode, Comparison.Greater, new LongConstant(requantization.Maximum), BranchLikelihood.AboveMaximum),
            store(wideCode),
        ];
    }

    private IEnumerable<Statement> Logit(Expression value, Expression index)
    {
        used.Add(logit);
        return [new Assign(logit, value), .. Enumerable.Range(0, sizeof(int)).Select(part => new Store(arena, index + part, logit.Shifted(8 * part)))];
    }
}
