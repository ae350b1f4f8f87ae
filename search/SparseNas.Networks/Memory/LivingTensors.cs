using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>Which tensors live while operators run one after the other.</summary>
internal sealed class LivingTensors
{
    private readonly PlanProblem problem;
    private readonly int[] reads;     // reads to come of each tensor, at its index plus one
    private readonly int[] missing;   // inputs of each operator that are not written yet; below 0 when it has run
    private int bytes;

    public LivingTensors(PlanProblem problem)
    {
        this.problem = problem;
        int count = problem.Graph.Operators.Length;
        reads = new int[count + 1];
        for (int tensor = -1; tensor < count; tensor++) reads[tensor + 1] = problem.ReaderCount(tensor);
        missing = new int[count];
        for (int op = 0; op < count; op++)
        {
            foreach (int source in problem.Graph.Operators[op].Inputs) missing[op] += source >= 0 ? 1 : 0;
        }

        bytes = problem.TensorBytes(Architecture.InputIndex);
    }

    private LivingTensors(LivingTensors other)
    {
        (problem, reads, missing, bytes) = (other.problem, [.. other.reads], [.. other.missing], other.bytes);
    }

    /// <summary>What lives when one operator more has run.</summary>
    public LivingTensors After(int op)
    {
        LivingTensors after = new(this);
        after.Run(op);
        return after;
    }

    /// <summary>Whether an operator can run next.</summary>
    public bool IsReady(int op) => missing[op] == 0;

    /// <summary>Bytes alive while an operator runs; where its output may lie over an input that dies, those bytes count once.</summary>
    public int StepBytes(int op)
    {
        ImmutableArray<int> sources = problem.Graph.Operators[op].Inputs;
        int shared = 0;
        for (int which = 0; which < sources.Length; which++)
        {
            if (Dies(sources, which)) shared = Math.Max(shared, problem.SharedBytes(op, which));
        }

        return bytes + problem.TensorBytes(op) - shared;
    }

    /// <summary>No offsets need less while an operator runs: its output over all that dies there.</summary>
    public int LeastStepBytes(int op)
    {
        ImmutableArray<int> sources = problem.Graph.Operators[op].Inputs;
        int least = bytes + problem.TensorBytes(op);
        for (int which = 0; which < sources.Length; which++)
        {
            if (Dies(sources, which)) least -= problem.SharedBytes(op, which);
        }

        return least;
    }

    /// <summary>Bytes alive when it has run.</summary>
    public int LeftBytes(int op)
    {
        ImmutableArray<int> sources = problem.Graph.Operators[op].Inputs;
        int left = bytes + (reads[op + 1] > 0 ? problem.TensorBytes(op) : 0);
        for (int which = 0; which < sources.Length; which++)
        {
            if (Dies(sources, which)) left -= problem.TensorBytes(sources[which]);
        }

        return left;
    }

    /// <summary>Runs an operator.</summary>
    public void Run(int op)
    {
        bytes = LeftBytes(op);
        foreach (int source in problem.Graph.Operators[op].Inputs) reads[source + 1]--;
        missing[op] = -1;
        for (int reader = op + 1; reader < missing.Length; reader++)
        {
            foreach (int source in problem.Graph.Operators[reader].Inputs) missing[reader] -= source == op ? 1 : 0;
        }
    }

    /// <summary>Whether a tensor's last read is at this place; one that is read twice dies at the later.</summary>
    private bool Dies(ImmutableArray<int> sources, int which)
    {
        int here = 0, last = -1;
        for (int at = 0; at < sources.Length; at++)
        {
            if (sources[at] == sources[which]) (here, last) = (here + 1, at);
        }

        return last == which && reads[sources[which] + 1] == here;
    }
}
