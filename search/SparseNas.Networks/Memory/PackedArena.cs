namespace SparseNas.Networks;

/// <summary>Offsets for a <see cref="Packing"/>.</summary>
/// <param name="Offsets">One per buffer.</param>
/// <param name="Bytes">Size of the arena: the largest end of any buffer.</param>
/// <param name="IsSmallest">Whether it is proved that no offsets need less.</param>
internal sealed record PackedArena(int[] Offsets, int Bytes, bool IsSmallest)
{
    /// <summary>The arena that offsets need.</summary>
    public static PackedArena Of(Packing packing, int[] offsets, bool isSmallest)
    {
        int bytes = 0;
        for (int at = 0; at < offsets.Length; at++) bytes = Math.Max(bytes, offsets[at] + packing.Extent(at));
        return new PackedArena(offsets, bytes, isSmallest);
    }
}
