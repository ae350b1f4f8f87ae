using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>
/// The packing problem of one order: buffers with lifetimes, and for every two that meet, how far apart their starts must be. Either one may
/// lie below the other: <c>Distance(below, above)</c> is then the least difference of offsets. It is the lower buffer's size, except that an
/// output may start closer below the input that dies at its operator (<see cref="OverlapDistance"/>).
/// </summary>
internal sealed class Packing
{
    /// <summary>The two buffers never live at the same time.</summary>
    public const int Free = -1;

    private readonly int[,] distance;

    private Packing(ImmutableArray<PlannedBuffer> buffers, int[,] distance)
    {
        Buffers = buffers;
        this.distance = distance;
    }

    /// <summary>Buffers without offsets: the first living tensor, then the operators behind it by index.</summary>
    public ImmutableArray<PlannedBuffer> Buffers { get; }

    /// <summary>Least offset difference when <paramref name="below"/> starts below <paramref name="above"/>, or <see cref="Free"/>.</summary>
    public int Distance(int below, int above) => distance[below, above];

    /// <summary>No arena can be smaller: every two buffers that meet must fit, and all that live at one step.</summary>
    public int LowerBoundBytes()
    {
        int bound = Buffers.Max(buffer => buffer.SizeBytes);
        for (int a = 0; a < Buffers.Length; a++)
        {
            for (int b = a + 1; b < Buffers.Length; b++)
            {
                if (distance[a, b] != Free) bound = Math.Max(bound, Math.Min(Footprint(a, b), Footprint(b, a)));
            }
        }

        for (int output = 0; output < Buffers.Length; output++) bound = Math.Max(bound, StepBytes(output));
        return bound;
    }

    /// <summary>What lives while a buffer is first written, less what it may share with each of the others.</summary>
    private int StepBytes(int output)
    {
        int step = Buffers[output].FirstStep, bytes = 0;
        for (int other = 0; other < Buffers.Length; other++)
        {
            if (step < Buffers[other].FirstStep || step > Buffers[other].LastStep) continue;
            bytes += Buffers[other].SizeBytes;
            if (other != output && distance[output, other] != Free)
            {
                bytes -= Buffers[output].SizeBytes + Buffers[other].SizeBytes - Math.Min(Footprint(output, other), Footprint(other, output));
            }
        }

        return bytes;
    }

    private int Footprint(int below, int above) =>
        Math.Max(distance[below, above] + Buffers[above].SizeBytes, Buffers[below].SizeBytes);

    /// <summary>The problem of the operators behind tensor <paramref name="first"/>, with that tensor in place of the input.</summary>
    /// <param name="problem">The network and what plans of it share.</param>
    /// <param name="order">Execution order of the whole network; it begins with the operators up to <paramref name="first"/>.</param>
    /// <param name="first">The tensor from which on everything is stored whole: <see cref="Architecture.InputIndex"/> for all.</param>
    public static Packing Of(PlanProblem problem, ImmutableArray<int> order, int first)
    {
        ImmutableArray<PlannedBuffer> buffers = Lifetimes(problem, order, first);
        int count = buffers.Length;
        var distance = new int[count, count];
        for (int a = 0; a < count; a++)
        {
            for (int b = 0; b < count; b++) distance[a, b] = a != b && buffers[a].LivesWith(buffers[b]) ? buffers[a].SizeBytes : Free;
        }

        for (int index = first + 1; index < problem.Graph.Operators.Length; index++)
        {
            if (problem.OnePass.Contains(index)) continue;
            PlannedBuffer output = buffers[index - first];
            int read = problem.Graph.Operators[index].Inputs[0];
            bool isJoined = read > first && problem.OnePass.Contains(read);
            ImmutableArray<int> sources = problem.Graph.Operators[isJoined ? read : index].Inputs;
            for (int which = 0; which < sources.Length; which++)
            {
                int source = sources[which];
                if (buffers[source - first].LastStep != output.FirstStep) continue;   // still needed later
                int safe = isJoined ? problem.OnePassDistance(index) : problem.Distance(index, which);
                distance[index - first, source - first] = Math.Min(safe, output.SizeBytes);
            }
        }

        return new Packing(buffers, distance);
    }

    private static ImmutableArray<PlannedBuffer> Lifetimes(PlanProblem problem, ImmutableArray<int> order, int first)
    {
        OperatorGraph graph = problem.Graph;
        int count = graph.Operators.Length;
        var firstStep = new int[count + 1];
        var lastStep = new int[count + 1];
        firstStep[0] = -1;
        for (int step = 0; step < count; step++)
        {
            int index = order[step];
            firstStep[index + 1] = step;
            lastStep[index + 1] = Math.Max(lastStep[index + 1], step);
            int reads = index > first && problem.OnePass.Contains(index) ? step + 1 : step;   // what it reads is read until its reader is done
            foreach (int source in graph.Operators[index].Inputs) lastStep[source + 1] = Math.Max(lastStep[source + 1], reads);
        }

        lastStep[count] = count - 1;
        return [.. Enumerable.Range(first, count - first).Select(tensor => tensor > first && problem.OnePass.Contains(tensor)
            ? new PlannedBuffer(tensor, 0, 0, int.MaxValue, int.MinValue)   // never alive
            : new PlannedBuffer(tensor, 0, problem.Layout.TensorBytes(tensor), firstStep[tensor + 1], lastStep[tensor + 1]))];
    }
}
