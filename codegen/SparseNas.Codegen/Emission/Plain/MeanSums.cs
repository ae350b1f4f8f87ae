using SparseNas.Codegen.Emission.Code;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Plain;

/// <summary>
/// A global average that takes rows: sums of codes, cleared before the first row, of as many bytes as the largest needs. With the last row they become
/// codes, which lie at the beginning of the sums: code n over a sum at most n, which is done by then; or logits.
/// </summary>
internal static class MeanSums
{
    /// <summary>Does something for every channel: in a loop, or one after the other.</summary>
    public delegate Statement EachChannel(Func<Expression, IEnumerable<Statement>> body);

    /// <summary>What one row adds.</summary>
    /// <param name="site">A global average of a row stage.</param>
    /// <param name="arena">The arena.</param>
    /// <param name="each">How to go over channels.</param>
    /// <param name="taps">Adds a channel's codes of the row at hand to a variable.</param>
    public static IEnumerable<Statement> Of(OperatorSite site, Expression arena, EachChannel each, Func<Variable, Expression, IEnumerable<Statement>> taps)
    {
        QuantizedMean op = (QuantizedMean)site.Operator;
        Variable sum = Variable.Value("sum");
        int bytes = site.SumBytes, rows = site.Stage!.Rows.Output;
        int zeroPoints = site.WholeWindows.Rows.Kernel * site.WholeWindows.Columns.Kernel * op.InputZeroPoint;
        Expression Place(Expression channel) => (channel * bytes) + site.OutputOffset;
        Declare Load(Expression channel) => new(sum, PlainRowSum.Stored(arena, Place(channel), bytes));
        yield return each(channel =>
        [
            Load(channel), .. taps(sum, channel),
            .. Enumerable.Range(0, bytes).Select(part => new Store(arena, Place(channel) + part, (Expression)sum >> (8 * part))),
        ]);
        yield return new If(
            new Condition(RowNumbers.Added(site.Index), Comparison.GreaterOrEqual, rows - 1),
            Block.Of(each(channel =>
            [
                Load(channel),
                .. op.Requantization is { } requantization
                    ? PlainOutput.Code(site, requantization, (Expression)sum - zeroPoints, requantization.Multipliers[0], 0, channel)
                    : PlainOutput.Logit((Expression)sum - zeroPoints, Place(channel)),
            ])),
            null, 1.0 / rows);
    }
}
