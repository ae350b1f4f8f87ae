using SparseNas.Codegen.Emission.Code;
using SparseNas.Codegen.Emission.Plain;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Strategies;

/// <summary>Sum of two inputs and ReLU as one flat loop over values; two inputs side by side with the arena in a local.</summary>
internal sealed class Elementwise : IEmissionStrategy
{
    /// <inheritdoc/>
    public IEnumerable<OperatorCode> Offers(EmissionScope scope, OperatorSite site, OperatorSite? pool, bool clampByTable)
    {
        if (pool is not null || site.IsInputPacked || site.IsOutputPacked || site.Operator is not (QuantizedAdd or QuantizedConcat or QuantizedRelu)) return [];
        Variable arena = Variable.Array("arena", DeviceType.Bytes), code = Variable.Value("code");
        if (site.Operator is QuantizedConcat)
        {
            Block parts = Block.Of(new Declare(arena, OperatorSite.Arena), PlainConcat.Loops(site, arena));
            return [new OperatorCode("flat", [site.Index], new Method(site.MethodName, StepComment.Of(site, "arena hoisted"), parts), [])];
        }

        Statement loop = For.Times("index", site.Output.Elements, index =>
        {
            Expression a = arena[index + site.InputOffset()];
            (Expression value, int minimum, int? maximum) = site.Operator switch
            {
                QuantizedAdd op => (Sum(op, a, arena[index + site.InputOffset(1)]), op.Minimum, (int?)op.Maximum),
                _ => (a, site.Operator.Output.ZeroPoint, null),
            };
            Statement[] clamps =
            [
                PlainOutput.Clamp(code, Comparison.Less, minimum, BranchLikelihood.BelowMinimum(site)),
                .. maximum is { } limit ? [PlainOutput.Clamp(code, Comparison.Greater, limit, BranchLikelihood.AboveMaximum)] : Array.Empty<Statement>(),
            ];
            return [new Declare(code, value), .. clamps, new Store(arena, index + site.OutputOffset, code)];
        });
        Block body = Block.Of(new Declare(arena, OperatorSite.Arena), loop);
        return [new OperatorCode("flat", [site.Index], new Method(site.MethodName, StepComment.Of(site, "one flat loop"), body), []) { Runs = site.Runs }];
    }

    /// <summary>((a − za)·Ma + (b − zb)·Mb + rounding) &gt;&gt; shift, plus the zero point; the zero points' share is one constant.</summary>
    private static Expression Sum(QuantizedAdd op, Expression a, Expression b)
    {
        long constant = (1L << (op.Shift - 1)) - ((long)op.ZeroPointA * op.MultiplierA) - ((long)op.ZeroPointB * op.MultiplierB);
        return (((a * op.MultiplierA) + (b * op.MultiplierB) + (int)constant) >> op.Shift) + op.Output.ZeroPoint;
    }
}
