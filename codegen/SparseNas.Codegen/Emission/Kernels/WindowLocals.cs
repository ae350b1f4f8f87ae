using SparseNas.Codegen.Emission.Code;
using SparseNas.Networks;

namespace SparseNas.Codegen.Emission.Kernels;

/// <summary>
/// The inputs under a window, in locals or straight from the arena. Rows and columns are those of the patch: the window of one output, or of all
/// outputs that one pooled value needs.
/// </summary>
/// <param name="site">Operator whose input is read.</param>
/// <param name="arena">Local that refers to the arena.</param>
/// <param name="word">Type of the values.</param>
/// <param name="rows">How the patch runs over rows.</param>
/// <param name="columns">How the patch runs over columns.</param>
/// <param name="zeroPoint">Code of padding.</param>
internal sealed class WindowLocals(OperatorSite site, Variable arena, DeviceType word, Window rows, Window columns, int zeroPoint)
{
    private readonly Variable?[,,] locals = new Variable?[rows.Kernel, columns.Kernel, site.Input.Channels];

    /// <summary>The local of a patch position.</summary>
    public Variable this[int row, int slot, int channel] =>
        locals[row, slot, channel] ??= Variable.Value(site.Input.Channels == 1 ? $"x{row}_{slot}" : $"x{row}_{slot}_{channel}", word);

    /// <summary>The value of a patch position read from the arena.</summary>
    /// <param name="source">Index of the patch's first value.</param>
    public Expression Read(Expression source, int row, int column, int channel)
    {
        Expression element = site.Code(arena, source + (site.RowShift(row) + (column * site.InputPixelBytes)), channel, 0);
        return word == DeviceType.Long ? element.ToLong() : element;
    }

    /// <summary>The code of padding, as a value of the word's type.</summary>
    public Expression Padding => word == DeviceType.Long ? new LongConstant(zeroPoint) : zeroPoint;

    /// <summary>
    /// Runs <paramref name="inside"/> where a patch row (or column) lies inside the image for the output at hand, <paramref name="outside"/> where
    /// it lies in the padding; decided now where shapes decide it.
    /// </summary>
    public static IEnumerable<Statement> Guard(
        Window axis, int patchPosition, Expression output, IEnumerable<Statement> inside, IEnumerable<Statement> outside)
    {
        if (output is IntConstant { Value: var known })
        {
            int position = axis.Start(known) + patchPosition;
            return position >= 0 && position < axis.Input ? inside : outside;
        }

        int first = 0, last = axis.Output - 1;
        while (first <= last && axis.Start(first) + patchPosition < 0) first++;
        while (last >= first && axis.Start(last) + patchPosition >= axis.Input) last--;
        if (first > last) return outside;
        double all = axis.Output, from = all - first;
        if (last < axis.Output - 1)
        {
            inside = [Choose(new Condition(output, Comparison.LessOrEqual, last), inside, outside, (last - first + 1) / from)];
        }

        return first > 0 ? [Choose(new Condition(output, Comparison.GreaterOrEqual, first), inside, outside, from / all)] : inside;
    }

    private static If Choose(Condition condition, IEnumerable<Statement> inside, IEnumerable<Statement> outside, double likelihood)
    {
        Block otherwise = Block.Of(outside);
        return new If(condition, Block.Of(inside), otherwise.Statements.IsEmpty ? null : otherwise, likelihood);
    }
}
