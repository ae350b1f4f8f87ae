using SparseNas.Codegen.Emission.Code;
using SparseNas.Quantization;
using SparseNas.Quantization.Arithmetic;

namespace SparseNas.Codegen.Emission.Plain;

/// <summary>From an accumulator to the arena, as <see cref="Requantization"/> defines it: 64-bit product, rounding shift, zero point, clamp.</summary>
internal static class PlainOutput
{
    /// <summary>Writes the code of accumulator <paramref name="sum"/>.</summary>
    public static IEnumerable<Statement> Code(
        OperatorSite site, Requantization requantization, Expression sum, Expression multiplier, Expression pixel, Expression channel)
    {
        (IEnumerable<Statement> statements, Variable code) = Code(site, requantization, sum, multiplier);
        return statements.Append(site.Store(OperatorSite.Arena, pixel, channel, code));
    }

    /// <summary>Declares a variable with the code of accumulator <paramref name="sum"/>.</summary>
    public static (IEnumerable<Statement> Statements, Variable Code) Code(OperatorSite site, Requantization requantization, Expression sum, Expression multiplier)
    {
        Expression product = (sum.ToLong() * multiplier.ToLong()) + new LongConstant(1L << (requantization.Shift - 1));
        Expression scaled = product >> requantization.Shift;
        bool fits = Fits(site, requantization);
        Variable code = Variable.Value("code", fits ? DeviceType.Int : DeviceType.Long);
        return ([
            new Declare(code, (fits ? scaled.ToInt() : scaled) + Constant(requantization.ZeroPoint)),
            Clamp(code, Comparison.Less, Constant(requantization.Minimum), BranchLikelihood.BelowMinimum(site)),
            Clamp(code, Comparison.Greater, Constant(requantization.Maximum), BranchLikelihood.AboveMaximum),
        ], code);

        Expression Constant(int value) => fits ? value : new LongConstant(value);
    }

    /// <summary>Writes a logit: 32 bits, low byte first.</summary>
    public static IEnumerable<Statement> Logit(Expression sum, Expression index) =>
        Enumerable.Range(0, 4).Select(part => new Store(OperatorSite.Arena, index + part, sum >> (8 * part)));

    /// <summary>if (variable is beyond limit) variable = limit.</summary>
    public static Statement Clamp(Variable variable, Comparison beyond, Expression limit, double likelihood) =>
        new If(new Condition(variable, beyond, limit), Block.Of(new Assign(variable, limit)), null, likelihood);

    private static bool Fits(OperatorSite site, Requantization requantization)
    {
        AccumulatorBound bound = site.Bound;
        return bound.FitsInt32 && (bound.Magnitude * requantization.Multipliers.Max() >> requantization.Shift) < int.MaxValue - 512;
    }
}
