using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>
/// Dynamic programming over the sets of finished operators (Liberis and Lane 2019, section 4): of all orders that finish the same operators only the one
/// with the least peak can go on to the best. Sets that are not reached below a known peak are left out.
/// </summary>
internal sealed class FinishedSets
{
    /// <summary>Sets after which the search gives up.</summary>
    private const int StateLimit = 200_000;

    /// <summary>Bits of a set.</summary>
    private const int OperatorLimit = 64;

    /// <summary>How a set is best reached, and what lives then.</summary>
    private readonly record struct State(int Peak, int Bytes, int LastOperator);

    private readonly PlanProblem problem;
    private readonly int count;
    private readonly ulong[] readers;   // of each tensor, at its index plus one
    private readonly ulong[] sources;   // of each operator

    private FinishedSets(PlanProblem problem)
    {
        this.problem = problem;
        count = problem.Graph.Operators.Length;
        readers = new ulong[count + 1];
        sources = new ulong[count];
        for (int op = 0; op < count; op++)
        {
            foreach (int source in problem.Graph.Operators[op].Inputs)
            {
                readers[source + 1] |= 1UL << op;
                if (source >= 0) sources[op] |= 1UL << source;
            }
        }
    }

    /// <summary>An order with a peak below <paramref name="known"/>, the best of all; null when there is none, or when not all sets could be looked at.</summary>
    /// <param name="problem">The network.</param>
    /// <param name="forced">Operators at the beginning that come first in every order; their own steps do not count.</param>
    /// <param name="known">Peak of a known order.</param>
    public static (ImmutableArray<int>? Order, bool IsWhole) Search(PlanProblem problem, int forced, int known) =>
        problem.Graph.Operators.Length <= OperatorLimit ? new FinishedSets(problem).Search(forced, known) : (null, false);

    private (ImmutableArray<int>? Order, bool IsWhole) Search(int forced, int known)
    {
        ulong begin = (1UL << forced) - 1;
        var states = new Dictionary<ulong, State> { [begin] = new State(0, problem.TensorBytes(forced - 1), -1) };
        List<ulong> layer = [begin], next = [];
        for (int step = forced; step < count && layer.Count > 0; step++)
        {
            foreach (ulong set in layer)
            {
                State state = states[set];
                for (int op = forced; op < count; op++)
                {
                    ulong bit = 1UL << op;
                    if ((set & bit) != 0 || (sources[op] & ~set) != 0) continue;
                    (int needs, int leaves) = Step(set, state.Bytes, op);
                    int peak = Math.Max(state.Peak, needs);
                    bool isNew = !states.TryGetValue(set | bit, out State reached);
                    if (peak >= known || (!isNew && reached.Peak <= peak)) continue;
                    states[set | bit] = new State(peak, leaves, op);
                    if (isNew) next.Add(set | bit);
                }
            }

            if (states.Count > StateLimit) return (null, false);
            (layer, next) = (next, layer);
            next.Clear();
        }

        return (layer is [var all] ? Backwards(states, all, forced) : null, true);
    }

    /// <summary>Bytes alive while an operator runs, and behind it.</summary>
    private (int Needs, int Leaves) Step(ulong set, int bytes, int op)
    {
        ImmutableArray<int> inputs = problem.Graph.Operators[op].Inputs;
        int shared = 0, freed = 0;
        for (int which = 0; which < inputs.Length; which++)
        {
            bool dies = (readers[inputs[which] + 1] & ~set) == 1UL << op && inputs.LastIndexOf(inputs[which]) == which;
            if (!dies) continue;
            shared = Math.Max(shared, problem.SharedBytes(op, which));
            freed += problem.TensorBytes(inputs[which]);
        }

        int output = problem.TensorBytes(op);
        return (bytes + output - shared, bytes + (readers[op + 1] != 0 ? output : 0) - freed);
    }

    private ImmutableArray<int> Backwards(Dictionary<ulong, State> states, ulong set, int forced)
    {
        var order = new int[count];
        for (int step = 0; step < forced; step++) order[step] = step;
        for (int step = count - 1; step >= forced; step--)
        {
            order[step] = states[set].LastOperator;
            set &= ~(1UL << order[step]);
        }

        return [.. order];
    }
}
