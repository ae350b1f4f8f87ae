using System.Collections.Immutable;
using SparseNas.Codegen.Emission.Code;

namespace SparseNas.Codegen.Emission.Kernels;

/// <summary>The method that every row calls and that calls the row's own.</summary>
internal static class RowDispatch
{
    /// <summary>A method like <paramref name="like"/>: compares the number of rows so far, then calls.</summary>
    /// <param name="like">Name and comment; its body, if any, is not used.</param>
    /// <param name="rowsSoFar">Rows that were added before.</param>
    /// <param name="rows">Rows of the image.</param>
    /// <param name="units">One for each row, then possibly one that follows the last.</param>
    /// <param name="nameOf">How a unit is called from here.</param>
    public static Method Of(Method like, StaticNumber rowsSoFar, int rows, ImmutableArray<Method> units, Func<Method, string> nameOf)
    {
        Statement choice = Block.Of(units.Skip(rows - 1).Select(unit => new Call(nameOf(unit))));
        for (int row = rows - 2; row >= 0; row--)
        {
            choice = new If(
                new Condition(rowsSoFar, Comparison.Less, row + 1), Block.Of(new Call(nameOf(units[row]))), Block.Of(choice), 1.0 / (rows - row));
        }

        return like with { Body = Block.Of(choice) };
    }
}
