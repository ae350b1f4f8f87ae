using SparseNas.Codegen.Emission.Code;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Plain;

/// <summary>
/// One 32-bit sum of a dense layer that takes rows: begins with the first row, waits in the arena between rows, and becomes a code with the last row
/// unless it is a logit. Codes lie at the beginning of the sums: code n over a sum at most n, which is done by then.
/// </summary>
internal static class PlainRowSum
{
    /// <summary>Statements for the sum of <paramref name="output"/>.</summary>
    /// <param name="site">An accumulating operator.</param>
    /// <param name="sum">The variable that holds it.</param>
    /// <param name="output">Which.</param>
    /// <param name="first">What it begins with.</param>
    /// <param name="taps">Adds the row at hand to the variable.</param>
    /// <param name="requantization">Null for logits.</param>
    /// <param name="multiplier">The output's multiplier where there are several.</param>
    public static IEnumerable<Statement> Of(
        OperatorSite site, Variable sum, Expression output, Expression first, IEnumerable<Statement> taps, Requantization? requantization, Expression? multiplier)
    {
        int rows = site.Stage!.Rows.Output;
        Expression row = RowNumbers.Added(site.Index), place = (output * sizeof(int)) + site.OutputOffset;
        yield return new Declare(sum, first);
        yield return new If(new Condition(row, Comparison.Greater, 0), Block.Of(new Assign(sum, Stored(OperatorSite.Arena, place))), null, 1 - (1.0 / rows));
        foreach (Statement statement in taps) yield return statement;
        if (requantization is null)
        {
            foreach (Statement statement in PlainOutput.Logit(sum, place)) yield return statement;
            yield break;
        }

        yield return new If(
            new Condition(row, Comparison.Less, rows - 1), Block.Of(PlainOutput.Logit(sum, place)),
            new Block([.. PlainOutput.Code(site, requantization, sum, multiplier ?? requantization.Multipliers[0], 0, output)]), 1 - (1.0 / rows));
    }

    /// <summary>A sum as it lies in the arena, low byte first; bits of different bytes never meet, so adding joins them.</summary>
    public static Expression Stored(Expression arena, Expression place, int bytes = sizeof(int)) => Enumerable.Range(1, bytes - 1).Aggregate(
        (Expression)new Element(arena, place), (joined, part) => joined + (new Element(arena, place + part) << (8 * part)));
}
