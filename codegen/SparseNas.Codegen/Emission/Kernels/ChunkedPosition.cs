using System.Collections.Immutable;
using SparseNas.Codegen.Emission.Code;

namespace SparseNas.Codegen.Emission.Kernels;

/// <summary>
/// One position whose window is too large for locals, or should not take that many: taps come in chunks, each loaded once and used by all words,
/// whose sums wait in locals.
/// </summary>
internal sealed class ChunkedPosition(
    ImmutableArray<LaneGroup> groups, WeightMatrix matrix, KernelShape shape, int[] tapUses, ChunkedPosition.LoadTap load, PooledLanes lanes, int kernelColumns, int channels)
{
    /// <summary>Brings a patch value into a local, or gives the expression that reads it where it is used once.</summary>
    internal delegate (Expression Value, IEnumerable<Statement> Load) LoadTap(int row, int column, int channel, int uses, Variable? into);

    /// <summary>All statements of the position.</summary>
    public IEnumerable<Statement> Statements(Expression pixel)
    {
        Variable[] sums = [.. groups.Select((_, index) => Variable.Value($"sum{index}", shape.Word))];
        Variable?[] taps = new Variable?[shape.ChunkTaps];
        var isDeclared = new bool[groups.Length];
        List<Statement> statements = [];
        int[] used = [.. Enumerable.Range(0, matrix.Taps).Where(tap => tapUses[tap] > 0)];
        foreach (int[] chunk in used.Chunk(shape.ChunkTaps))
        {
            Dictionary<int, Expression> values = [];
            for (int at = 0; at < chunk.Length; at++)
            {
                int tap = chunk[at], position = tap / channels;
                int uses = tapUses[tap];
                bool isFirst = taps[at] is null;
                Variable local = taps[at] ?? Variable.Value($"x{at}", shape.Word);
                (Expression value, IEnumerable<Statement> loads) = load(position / kernelColumns, position % kernelColumns, tap % channels, uses, local);
                values[tap] = value;
                foreach (Statement statement in loads)
                {
                    statements.Add(isFirst && statement is Assign assign && ReferenceEquals(assign.Variable, local) ? new Declare(local, assign.Value) : statement);
                    if (statement is Assign first && ReferenceEquals(first.Variable, local)) isFirst = false;
                    taps[at] = local;
                }
            }

            for (int group = 0; group < groups.Length; group++)
            {
                if (isDeclared[group] && chunk.All(tap => groups[group].Factor(matrix, tap) == 0)) continue;
                Expression? start = isDeclared[group] ? sums[group] : WindowKernel.StartOf(groups[group], matrix);
                Expression sum = WeightedSum.Of(groups[group], matrix, start, chunk, tap => values[tap], shape.Form);
                statements.Add(isDeclared[group] ? new Assign(sums[group], sum) : new Declare(sums[group], sum));
                isDeclared[group] = true;
            }
        }

        return [.. statements, .. groups.SelectMany((group, index) => lanes.Single(group, sums[index], pixel))];
    }
}
