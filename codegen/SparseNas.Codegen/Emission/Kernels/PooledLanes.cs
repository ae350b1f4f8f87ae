using System.Collections.Immutable;
using SparseNas.Codegen.Emission.Code;

namespace SparseNas.Codegen.Emission.Kernels;

/// <summary>
/// Takes the outputs out of a word and hands them to the output stage; with pooling, only the largest accumulator of each output. Requantisation
/// never decreases, so the code of the largest accumulator is the largest code.
/// </summary>
internal sealed class PooledLanes(
    ImmutableArray<LaneGroup> groups, WeightMatrix matrix, int poolRows, int poolColumns, DeviceType word, IOutputStage output)
{
    private readonly HashSet<LaneGroup> flipping = [.. groups.Where(group => WeightedSum.FlipsTopBit(group, matrix))];

    private readonly Variable packed = Variable.Value("packed", word), value = Variable.Value("value");
    private readonly List<Variable> largest = [];
    private readonly HashSet<Variable> used = [];

    /// <summary>Declarations of the locals that the statements made so far use, one of each for the whole method.</summary>
    public IEnumerable<Statement> Declarations => used.Concat(largest).Select(variable => new Declare(variable, null));

    /// <summary>Sums one word at every position under the pooling window and writes its outputs.</summary>
    /// <param name="group">The word.</param>
    /// <param name="sum">Its sum at a position of the pooling window.</param>
    /// <param name="pixel">Index of the output pixel in the arena.</param>
    public IEnumerable<Statement> Statements(LaneGroup group, Func<int, int, Expression> sum, Expression pixel) =>
        poolRows * poolColumns == 1 ? Single(group, sum(0, 0), pixel) : Largest(group, sum, pixel);

    /// <summary>Writes the outputs of a finished word.</summary>
    public IEnumerable<Statement> Single(LaneGroup group, Expression sum, Expression pixel)
    {
        if (group.Lanes.Length == 1)
        {
            Lane lane = group.Lanes[0];
            return group.IsScalar ? output.Write(lane.Output, sum, 0, pixel) : output.Write(lane.Output, Extract(group, lane, sum), lane.Floor, pixel);
        }

        if (sum is ReadVariable) return group.Lanes.SelectMany(lane => output.Write(lane.Output, Extract(group, lane, sum), lane.Floor, pixel));
        used.Add(packed);
        return
        [
            Named(group),
            new Assign(packed, sum),
            .. group.Lanes.SelectMany(lane => output.Write(lane.Output, Extract(group, lane, packed), lane.Floor, pixel)),
        ];
    }

    private static Comment Named(LaneGroup group) => new($"Outputs {string.Join(", ", group.Lanes.Select(lane => lane.Output))}.");

    private IEnumerable<Statement> Largest(LaneGroup group, Func<int, int, Expression> sum, Expression pixel)
    {
        bool isScalar = group.Lanes.Length == 1;
        if (!isScalar) used.Add(packed);
        used.Add(value);
        while (largest.Count < group.Lanes.Length) largest.Add(Variable.Value($"largest{largest.Count}"));
        List<Statement> statements = [Named(group)];
        for (int at = 0; at < poolRows * poolColumns; at++)
        {
            Expression total = sum(at / poolColumns, at % poolColumns);
            Expression word = total;
            if (!isScalar && total is not ReadVariable)
            {
                statements.Add(new Assign(packed, total));
                word = packed;
            }

            for (int lane = 0; lane < group.Lanes.Length; lane++)
            {
                Expression part = group.IsScalar ? total : Extract(group, group.Lanes[lane], word);
                if (at == 0)
                {
                    statements.Add(new Assign(largest[lane], part));
                    continue;
                }

                statements.Add(new Assign(value, part));
                statements.Add(new If(
                    new Condition(value, Comparison.Greater, largest[lane]), Block.Of(new Assign(largest[lane], value)), null, BranchLikelihood.BeatsEarlier(at)));
            }
        }

        for (int lane = 0; lane < group.Lanes.Length; lane++)
        {
            statements.AddRange(output.Write(group.Lanes[lane].Output, largest[lane], group.IsScalar ? 0 : group.Lanes[lane].Floor, pixel));
        }

        return statements;
    }

    /// <summary>A lane as a 32-bit number.</summary>
    private Expression Extract(LaneGroup group, Lane lane, Expression packed)
    {
        Expression shifted = (packed >> lane.Shift).ToInt();
        bool isTop = lane == group.Lanes[^1] && !flipping.Contains(group);
        return isTop && lane.Shift + lane.Bits <= LaneGroup.UsableBits(word) && (word == DeviceType.Int || lane.Shift > 31 || group.Lanes.Length == 1)
            ? shifted : shifted & ((1 << lane.Bits) - 1);
    }
}
