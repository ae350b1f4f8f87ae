using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine;

/// <summary>Which lanes of which blocks hold images of the present batch: the last block may be partly empty.</summary>
internal sealed unsafe class BatchLanes
{
    private readonly float* full;
    private readonly float* tail;

    public BatchLanes(NativeArena arena, int maxCount)
    {
        MaxBlocks = LaneBlock.Count(maxCount);
        full = arena.Floats(LaneBlock.Images);
        tail = arena.Floats(LaneBlock.Images);
        new Span<float>(full, LaneBlock.Images).Fill(1f);
        Count = maxCount;
    }

    /// <summary>Blocks of the largest batch.</summary>
    public int MaxBlocks { get; }

    /// <summary>Images in the batch.</summary>
    public int Count
    {
        get;
        set
        {
            field = value;
            for (int lane = 0; lane < LaneBlock.Images; lane++) tail[lane] = lane < LiveCount(Blocks - 1) ? 1f : 0f;
        }
    }

    /// <summary>Blocks in the batch.</summary>
    public int Blocks => LaneBlock.Count(Count);

    /// <summary>Images in a block.</summary>
    public int LiveCount(int block) => Math.Min(LaneBlock.Images, Count - (block * LaneBlock.Images));

    /// <summary>Sixteen numbers: 1 where the lane holds an image, else 0.</summary>
    public float* Live(int block) => LiveCount(block) == LaneBlock.Images ? full : tail;
}
