using System.Collections.Immutable;
using SparseNas.Codegen.Emission.Code;
using SparseNas.Networks;

namespace SparseNas.Codegen.Emission.Kernels;

/// <summary>
/// Positions whose windows are too large for locals, or should not take that many: inputs come in chunks, each loaded once and used by all words of
/// all positions, whose sums wait in locals.
/// </summary>
/// <param name="groups">Words of one position.</param>
/// <param name="matrix">Weights.</param>
/// <param name="shape">Type of words, taps of a chunk, form of sums.</param>
/// <param name="kernel">Rows and columns of one position's window.</param>
/// <param name="channels">Input channels.</param>
internal sealed class ChunkedPosition(
    ImmutableArray<LaneGroup> groups, WeightMatrix matrix, KernelShape shape, (Window Rows, Window Columns) kernel, int channels)
{
    private readonly Dictionary<(int Position, int Group), Variable> sums = [];
    private readonly Variable?[] locals = new Variable?[shape.ChunkTaps];

    /// <summary>Declarations of the locals that the statements made so far use.</summary>
    public IEnumerable<Statement> Declarations => sums.Values.Concat(locals.OfType<Variable>()).Select(variable => new Declare(variable, null));

    /// <summary>Brings a patch value into a local, or gives the expression that reads it where it is used once.</summary>
    internal delegate (Expression Value, IEnumerable<Statement> Load) LoadTap(int row, int column, int channel, int uses, Variable into);

    /// <summary>A value of the patch that covers all positions, and what multiplies it in each: position and tap of that position's window.</summary>
    private readonly record struct PatchValue(int Row, int Column, int Channel, ImmutableArray<(int Position, int Tap)> Uses);

    /// <summary>Sums all words of several positions.</summary>
    /// <param name="positions">Rows and columns of outputs, counted from the first.</param>
    /// <param name="load">Brings inputs.</param>
    /// <returns>The statements, and the sum of each word at each position.</returns>
    public (IReadOnlyList<Statement> Statements, Expression[,] Sums) Sum(IReadOnlyList<(int Row, int Column)> positions, LoadTap load)
    {
        var words = new Expression[positions.Count, groups.Length];
        var isBegun = new bool[positions.Count, groups.Length];
        List<Statement> statements = [];
        foreach (PatchValue[] chunk in Patch(positions).Chunk(shape.ChunkTaps))
        {
            Expression[] values = [.. chunk.Select((value, at) => Load(value, at, load, statements))];
            for (int position = 0; position < positions.Count; position++)
            {
                Dictionary<int, Expression> taps = Taps(chunk, values, position);
                for (int group = 0; group < groups.Length; group++)
                {
                    if (taps.Keys.All(tap => groups[group].Factor(matrix, tap) == 0)) continue;
                    Variable sum = SumOf(position, group);
                    Expression? begin = isBegun[position, group] ? sum : WindowKernel.StartOf(groups[group], matrix);
                    statements.Add(new Assign(sum, WeightedSum.Of(groups[group], matrix, begin, taps.Keys, tap => taps[tap], shape.Form)));
                    isBegun[position, group] = true;
                }
            }
        }

        for (int position = 0; position < positions.Count; position++)
        {
            for (int group = 0; group < groups.Length; group++)
            {
                words[position, group] = isBegun[position, group] ? SumOf(position, group) : WindowKernel.ConstantOf(groups[group], matrix);
            }
        }

        return (statements, words);
    }

    private Variable SumOf(int position, int group)
    {
        if (sums.TryGetValue((position, group), out Variable? sum)) return sum;
        return sums[(position, group)] = Variable.Value(position == 0 && shape.Positions == 1 ? $"sum{group}" : $"sum{position}_{group}", shape.Word);
    }

    /// <summary>The values that some position's window needs, row by row.</summary>
    private IEnumerable<PatchValue> Patch(IReadOnlyList<(int Row, int Column)> positions)
    {
        int height = (positions.Max(position => position.Row) * kernel.Rows.Stride) + kernel.Rows.Kernel;
        int width = (positions.Max(position => position.Column) * kernel.Columns.Stride) + kernel.Columns.Kernel;
        return
            from row in Enumerable.Range(0, height)
            from column in Enumerable.Range(0, width)
            from channel in Enumerable.Range(0, channels)
            let uses = Uses(row, column, channel, positions)
            where uses.Length > 0
            select new PatchValue(row, column, channel, uses);
    }

    private ImmutableArray<(int Position, int Tap)> Uses(int row, int column, int channel, IReadOnlyList<(int Row, int Column)> positions)
    {
        var uses = ImmutableArray.CreateBuilder<(int, int)>();
        for (int position = 0; position < positions.Count; position++)
        {
            int kernelRow = row - (positions[position].Row * kernel.Rows.Stride), kernelColumn = column - (positions[position].Column * kernel.Columns.Stride);
            if (kernelRow < 0 || kernelRow >= kernel.Rows.Kernel || kernelColumn < 0 || kernelColumn >= kernel.Columns.Kernel) continue;
            int tap = (((kernelRow * kernel.Columns.Kernel) + kernelColumn) * channels) + channel;
            if (groups.Any(group => group.Factor(matrix, tap) != 0)) uses.Add((position, tap));
        }

        return uses.ToImmutable();
    }

    private static Dictionary<int, Expression> Taps(PatchValue[] chunk, Expression[] values, int position)
    {
        Dictionary<int, Expression> taps = [];
        for (int at = 0; at < chunk.Length; at++)
        {
            foreach ((int user, int tap) in chunk[at].Uses)
            {
                if (user == position) taps[tap] = values[at];
            }
        }

        return taps;
    }

    /// <summary>Loads a value into the chunk's local number <paramref name="at"/> where a local serves.</summary>
    private Expression Load(PatchValue value, int at, LoadTap load, List<Statement> statements)
    {
        int words = value.Uses.Sum(use => groups.Count(group => group.Factor(matrix, use.Tap) != 0));
        Variable local = locals[at] ?? Variable.Value($"x{at}", shape.Word);
        (Expression result, IEnumerable<Statement> loads) = load(value.Row, value.Column, value.Channel, words, local);
        int before = statements.Count;
        statements.AddRange(loads);
        if (statements.Count > before) locals[at] = local;
        return result;
    }
}
