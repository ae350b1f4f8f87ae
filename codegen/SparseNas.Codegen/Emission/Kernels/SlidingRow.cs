using System.Collections.Immutable;
using SparseNas.Codegen.Emission.Code;
using SparseNas.Networks;

namespace SparseNas.Codegen.Emission.Kernels;

/// <summary>
/// A row of positions whose windows overlap: what the next one sees again stays in locals. Either it moves to the locals of its new column (shift), or the
/// code of each position finds every column where it is (rotate), which repeats once all are back where they were.
/// </summary>
/// <param name="rows">The window over rows.</param>
/// <param name="columns">The window over columns.</param>
/// <param name="window">The locals.</param>
/// <param name="cursor">Where the row's loop stands.</param>
/// <param name="columnValues">Row and channel of the values that a column of the patch has and anything reads.</param>
/// <param name="sums">Sums and stores of a pixel, given the values of its patch by row, column and channel.</param>
internal sealed class SlidingRow(
    Window rows, Window columns, WindowLocals window, RowCursor cursor, ImmutableArray<(int Row, int Channel)> columnValues,
    Func<Expression, Func<int, int, int, Expression>, IEnumerable<Statement>> sums)
{
    private int Overlap => columns.Kernel - columns.Stride;

    /// <summary>Positions after which a rotating window is back where it was.</summary>
    private int Period => columns.Kernel / (int)System.Numerics.BigInteger.GreatestCommonDivisor(columns.Kernel, columns.Stride);

    /// <summary>The row with columns that move.</summary>
    public IEnumerable<Statement> Shifting(Expression row)
    {
        List<Statement> before = [], body = [];
        for (int slot = 0; slot < columns.Kernel; slot++)
        {
            before.AddRange(slot < columns.Stride ? DeclareSlot(slot, false) : FirstLoad(row, slot - columns.Stride, slot));
        }

        Variable column = Variable.Counter("column");
        for (int slot = 0; slot < Overlap; slot++)
        {
            body.AddRange(columnValues.Select(at => new Assign(window[at.Row, slot, at.Channel], window[at.Row, slot + columns.Stride, at.Channel])));
        }

        for (int slot = Overlap; slot < columns.Kernel; slot++) body.AddRange(LoadColumn(row, column, slot, slot, slot));
        body.AddRange(sums(cursor.Target, (patchRow, patchColumn, channel) => window[patchRow, patchColumn, channel]));
        body.AddRange(cursor.Advance(1, column));
        return [.. before, new For(column, 0, columns.Output, 1, Block.Of(body))];
    }

    /// <summary>The row with columns that stay.</summary>
    public IEnumerable<Statement> Rotating(Expression row)
    {
        List<Statement> statements = [];
        int inside = Enumerable.Range(0, columns.Output).TakeWhile(position => columns.Start(position) + columns.Kernel <= columns.Input).Count();
        int repetitions = inside / Period >= 2 ? inside / Period : 0;
        bool isReadBehindLoop = repetitions > 0 && repetitions * Period < columns.Output;
        for (int slot = 0; slot < columns.Kernel; slot++)
        {
            statements.AddRange(slot < Overlap ? FirstLoad(row, slot, slot) : DeclareSlot(slot, isReadBehindLoop));
        }

        if (repetitions > 0)
        {
            Variable counter = Variable.Counter("column");
            List<Statement> body = [];
            for (int position = 0; position < Period; position++) body.AddRange(Rotated(row, position, position, known: false));
            body.AddRange(cursor.Advance(Period, counter));
            statements.Add(new For(counter, 0, repetitions, 1, Block.Of(body)));
        }

        for (int position = repetitions * Period; position < columns.Output; position++)
        {
            statements.AddRange(Rotated(row, position, position - (repetitions * Period), known: true));
        }

        return statements;
    }

    /// <summary>One position of a rotating window: loads its new columns and sums.</summary>
    /// <param name="row">Output row.</param>
    /// <param name="position">Output column; within the loop, the one of its first round.</param>
    /// <param name="ahead">Positions from where the source and target indices stand.</param>
    /// <param name="known">Whether the output column is this one and no other, so that its padding is known.</param>
    private IEnumerable<Statement> Rotated(Expression row, int position, int ahead, bool known)
    {
        int Slot(int patchColumn) => ((position * columns.Stride) + patchColumn) % columns.Kernel;
        List<Statement> statements = [];
        for (int patchColumn = Overlap; patchColumn < columns.Kernel; patchColumn++)
        {
            bool outside = known && columns.Start(position) + patchColumn >= columns.Input;
            int fromSource = patchColumn + (ahead * columns.Stride), slot = Slot(patchColumn);
            statements.AddRange(outside
                ? columnValues.Select(at => (Statement)new Assign(window[at.Row, slot, at.Channel], window.Padding))
                : LoadRows(row, slot, fromSource));
        }

        return [.. statements, .. sums(cursor.TargetAt(ahead), (patchRow, patchColumn, channel) => window[patchRow, Slot(patchColumn), channel])];
    }

    /// <summary>Declares a slot that gets its values later; C# asks for some where a loop comes between that and a read.</summary>
    private IEnumerable<Statement> DeclareSlot(int slot, bool needsValue) =>
        columnValues.Select(at => new Declare(window[at.Row, slot, at.Channel], needsValue ? window.Padding : null));

    /// <summary>Declares a slot with what the row's first position sees in patch column <paramref name="patchColumn"/>.</summary>
    private IEnumerable<Statement> FirstLoad(Expression row, int patchColumn, int slot)
    {
        int position = columns.Start(0) + patchColumn;
        foreach ((int patchRow, int channel) in columnValues)
        {
            Variable local = window[patchRow, slot, channel];
            Expression inside = window.Read(cursor.Source, patchRow, patchColumn, channel);
            IEnumerable<Statement> load = position < 0 || position >= columns.Input
                ? [] : WindowLocals.Guard(rows, patchRow, row, [new Assign(local, inside)], []);
            if (load.FirstOrDefault() is Assign)
            {
                yield return new Declare(local, inside);
                continue;
            }

            yield return new Declare(local, window.Padding);
            foreach (Statement statement in load) yield return statement;
        }
    }

    private IEnumerable<Statement> LoadColumn(Expression row, Expression column, int patchColumn, int slot, int ahead) =>
        WindowLocals.Guard(columns, patchColumn, column, LoadRows(row, slot, ahead),
            columnValues.Select(at => new Assign(window[at.Row, slot, at.Channel], window.Padding)));

    private IEnumerable<Statement> LoadRows(Expression row, int slot, int ahead) =>
        columnValues.GroupBy(at => at.Row).SelectMany(values => WindowLocals.Guard(
            rows, values.Key, row,
            values.Select(at => new Assign(window[at.Row, slot, at.Channel], window.Read(cursor.Source, at.Row, ahead, at.Channel))),
            values.Select(at => new Assign(window[at.Row, slot, at.Channel], window.Padding))));
}
