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

    private readonly int[] extents;
    private readonly int[] distance;   // [below * buffers + above]

    private Packing(ImmutableArray<PlannedBuffer> buffers)
    {
        int count = buffers.Length;
        Buffers = buffers;
        extents = new int[count];
        distance = new int[count * count];
        Array.Fill(distance, Free);
        for (int a = 0; a < count; a++)
        {
            extents[a] = buffers[a].SizeBytes;
            for (int b = a + 1; b < count; b++)
            {
                if (!buffers[a].LivesWith(buffers[b])) continue;
                distance[(a * count) + b] = buffers[a].SizeBytes;
                distance[(b * count) + a] = buffers[b].SizeBytes;
            }
        }
    }

    /// <summary>Buffers without offsets, those that live: the memory of the rows if there is any, the first tensor stored whole, the operators behind it by index.</summary>
    public ImmutableArray<PlannedBuffer> Buffers { get; }

    /// <summary>Number of buffers.</summary>
    public int Count => extents.Length;

    /// <summary>Bytes that a buffer takes from its start: its size, or that of the sums which become it.</summary>
    public int Extent(int buffer) => extents[buffer];

    /// <summary>Least offset difference when <paramref name="below"/> starts below <paramref name="above"/>, or <see cref="Free"/>.</summary>
    public int Distance(int below, int above) => distance[(below * extents.Length) + above];

    /// <summary>No arena can be smaller: every two buffers that meet must fit, and all that live at one step.</summary>
    public int LowerBoundBytes()
    {
        int bound = 0;
        for (int a = 0; a < Count; a++)
        {
            bound = Math.Max(bound, extents[a]);
            for (int b = a + 1; b < Count; b++)
            {
                if (Distance(a, b) != Free) bound = Math.Max(bound, Math.Min(Footprint(a, b), Footprint(b, a)));
            }
        }

        for (int output = 0; output < Count; output++) bound = Math.Max(bound, StepBytes(output));
        return bound;
    }

    /// <summary>What lives while a buffer is first written, less what it may share with each of the others.</summary>
    private int StepBytes(int output)
    {
        int step = Buffers[output].FirstStep, bytes = 0;
        for (int other = 0; other < Count; other++)
        {
            if (step < Buffers[other].FirstStep || step > Buffers[other].LastStep) continue;
            bytes += Buffers[other].SizeBytes;
            if (other != output && Distance(output, other) != Free)
            {
                bytes -= Math.Max(Buffers[output].SizeBytes + Buffers[other].SizeBytes - Math.Min(Footprint(output, other), Footprint(other, output)), 0);
            }
        }

        return bytes;
    }

    private int Footprint(int below, int above) => Math.Max(Distance(below, above) + extents[above], extents[below]);

    /// <summary>
    /// The problem of a beginning by rows and the rest stored whole. The rows' memory lives as long as rows arrive and meets only the tensor that they
    /// fill, the first of the rest.
    /// </summary>
    /// <param name="problem">The network and what plans of it share.</param>
    /// <param name="order">Execution order of the whole network; it begins with the operators that run by rows.</param>
    /// <param name="run">What runs by rows; empty when the whole input is stored.</param>
    /// <param name="rowBytes">Memory of the rows.</param>
    public static Packing Of(PlanProblem problem, ImmutableArray<int> order, ReadOnlySpan<RowNeeds> run, int rowBytes)
    {
        int first = Composition.FirstWhole(run), count = problem.Graph.Operators.Length;
        (int[] firstStep, int[] lastStep) = Lifetimes(problem, order, first);
        var buffers = ImmutableArray.CreateBuilder<PlannedBuffer>(count - first + 1);
        var place = new int[count + 1];
        if (!run.IsEmpty) buffers.Add(new PlannedBuffer(Architecture.InputIndex, 0, rowBytes, -1, first));
        for (int tensor = first; tensor < count; tensor++)
        {
            if (tensor > first && problem.IsJoined(tensor)) continue;   // never stored
            place[tensor + 1] = buffers.Count;
            buffers.Add(new PlannedBuffer(tensor, 0, problem.TensorBytes(tensor), firstStep[tensor + 1], lastStep[tensor + 1]));
        }

        Packing packing = new(buffers.DrainToImmutable());
        if (!run.IsEmpty) packing.BeginsAs(1, Composition.LeftBytes(problem, run[^1]));
        for (int index = first + 1; index < count; index++)
        {
            if (problem.IsJoined(index)) continue;
            int read = problem.Graph.Operators[index].Inputs[0];
            bool isJoined = read > first && problem.IsJoined(read);
            ImmutableArray<int> sources = problem.Graph.Operators[isJoined ? read : index].Inputs;
            for (int which = 0; which < sources.Length; which++)
            {
                if (lastStep[sources[which] + 1] != firstStep[index + 1]) continue;   // still needed later
                packing.distance[(place[index + 1] * packing.Count) + place[sources[which] + 1]] = isJoined ? problem.OnePassDistance(index) : problem.Distance(index, which);
            }
        }

        return packing;
    }

    /// <summary>What rows fill while they arrive may be longer than the tensor it becomes: only the rows see that.</summary>
    private void BeginsAs(int buffer, int bytes)
    {
        extents[buffer] = Math.Max(extents[buffer], bytes);
        distance[buffer * Count] = bytes;
    }

    /// <summary>First and last step of each tensor from <paramref name="first"/> on, at its index plus one.</summary>
    public static (int[] First, int[] Last) Lifetimes(PlanProblem problem, ImmutableArray<int> order, int first)
    {
        int count = order.Length;
        var firstStep = new int[count + 1];
        var lastStep = new int[count + 1];
        firstStep[0] = -1;
        for (int step = 0; step < count; step++)
        {
            int index = order[step];
            firstStep[index + 1] = step;
            lastStep[index + 1] = Math.Max(lastStep[index + 1], step);
            int reads = index > first && problem.IsJoined(index) ? step + 1 : step;   // what it reads is read until its reader is done
            foreach (int source in problem.Graph.Operators[index].Inputs) lastStep[source + 1] = Math.Max(lastStep[source + 1], reads);
        }

        lastStep[count] = count - 1;
        return (firstStep, lastStep);
    }
}
