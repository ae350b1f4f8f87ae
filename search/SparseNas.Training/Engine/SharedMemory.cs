namespace SparseNas.Training.Engine;

/// <summary>
/// Lets buffers whose lifetimes do not meet share memory: largest first, each at the lowest offset where no buffer that lives at the same time is
/// in its way.
/// </summary>
/// <example><code>
/// var memory = new SharedMemory();
/// int a = memory.Add(100, first: 0, last: 1), b = memory.Add(80, first: 2, last: 3);
/// nint[] offsets = memory.Place(out nint size);   // both 0, size 100
/// </code></example>
internal sealed class SharedMemory
{
    private readonly List<Buffer> buffers = [];

    /// <summary>Announces a buffer.</summary>
    /// <param name="elements">Its size.</param>
    /// <param name="first">Time of its first use.</param>
    /// <param name="last">Time of its last use.</param>
    /// <returns>Its index.</returns>
    public int Add(nint elements, int first, int last)
    {
        buffers.Add(new Buffer(elements, first, last));
        return buffers.Count - 1;
    }

    /// <summary>Offsets of all buffers, in elements.</summary>
    public nint[] Place(out nint size)
    {
        var offsets = new nint[buffers.Count];
        var placed = new List<int>();
        size = 0;
        foreach (int index in Enumerable.Range(0, buffers.Count).OrderByDescending(index => buffers[index].Elements).ThenBy(index => index))
        {
            nint offset = 0;
            foreach (int other in placed.Where(other => buffers[other].Meets(buffers[index])).OrderBy(other => offsets[other]))
            {
                if (offset + buffers[index].Elements <= offsets[other]) break;
                offset = nint.Max(offset, offsets[other] + buffers[other].Elements);
            }

            offsets[index] = offset;
            placed.Add(index);
            size = nint.Max(size, offset + buffers[index].Elements);
        }

        return offsets;
    }

    private readonly record struct Buffer(nint Elements, int First, int Last)
    {
        public bool Meets(Buffer other) => First <= other.Last && other.First <= Last;
    }
}
