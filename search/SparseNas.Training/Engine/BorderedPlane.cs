using SparseNas.Networks;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine;

/// <summary>Room for one channel of a block with zeros around it; the zeros are written once.</summary>
internal sealed unsafe class BorderedPlane
{
    /// <summary>Reserves the room, or none where there is no border.</summary>
    /// <param name="arena">Holds it.</param>
    /// <param name="inner">Shape of the tensor whose channels are copied.</param>
    /// <param name="height">Rows with border.</param>
    /// <param name="width">Columns with border.</param>
    /// <param name="top">Rows of zeros above.</param>
    /// <param name="left">Columns of zeros in front.</param>
    public BorderedPlane(NativeArena arena, Shape inner, int height, int width, int top, int left)
    {
        Loops = new PadLoops(1, inner.Height, inner.Width, top, left, height, width);
        if (height > inner.Height || width > inner.Width) Memory = arena.Floats((long)height * width * LaneBlock.Images);
    }

    /// <summary>Where the channel lies.</summary>
    public PadLoops Loops { get; }

    /// <summary>Whether there is a border.</summary>
    public bool HasBorder => Memory != null;

    /// <summary>The room, or null where there is no border.</summary>
    public float* Memory { get; }

    /// <summary>The channel at <paramref name="plane"/> with its border: a copy, or itself where there is none.</summary>
    public float* Around(LaneKernels kernels, float* plane)
    {
        if (Memory == null) return plane;
        kernels.CopyInto(plane, Memory, Loops);
        return Memory;
    }
}
