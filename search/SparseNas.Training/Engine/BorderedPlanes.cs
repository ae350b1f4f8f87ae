using SparseNas.Training.Engine.Geometry;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine;

/// <summary>Room for a few channels of a block with zeros around each, which are written once; no room where nothing is around them.</summary>
internal sealed unsafe class BorderedPlanes(NativeArena arena, PlaneLayout layout, int channels)
{
    /// <summary>Where a channel lies.</summary>
    public PlaneLayout Layout { get; } = layout;

    /// <summary>The room, or null where there is no border.</summary>
    public float* Memory { get; } = layout.IsCompact ? null : arena.Floats((long)channels * layout.PaddedPixels * LaneBlock.Images);

    /// <summary>The channels at <paramref name="planes"/> with their borders: a copy, or themselves where there are none.</summary>
    public float* Around(LaneKernels kernels, float* planes, int count)
    {
        if (Memory == null) return planes;
        kernels.CopyInto(planes, Memory, Layout, count);
        return Memory;
    }
}
