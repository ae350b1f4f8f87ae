namespace SparseNas.Simulator.Heap;

/// <summary>
/// Sizes and offsets of the managed heap on 32-bit targets (nanoCLR_Runtime__HeapBlock.h; measured with the real headers).
/// The simulated heap is one byte image laid out like the device's, so a reference is simply a byte offset; 0 is null.
/// <code>
/// block   [kind u8][flags u8][blocks u16][type i32][next or aux i32]      12 bytes
/// object  header block, then one block per field: [-- 4 --][value 8]
/// array   header block, [length i32][element storage i32], elements from +20
/// text    header block with the byte count in aux, UTF-8 from +12
/// </code>
/// </summary>
internal static class HeapLayout
{
    public const int BlockBytes = 12;
    public const int MaximumBlocks = 0xFFFF;
    public const int ClusterBytes = BlockBytes * MaximumBlocks;
    public const int ClusterHeaderBytes = 32;
    public const int ArrayHeaderBytes = 20;
    public const int ArrayLengthOffset = 12;
    public const int FirstFieldOffset = BlockBytes + 4;
    public const int ReferenceElementBytes = 12;
    public const int ReferenceElementValueOffset = ArrayHeaderBytes + 4;

    /// <summary><c>CLR_RT_Thread</c> in blocks (360 bytes).</summary>
    public const int ThreadBlocks = 30;

    /// <summary><c>CLR_RT_SubThread</c>, in blocks (48 bytes).</summary>
    public const int SubThreadBlocks = 4;

    /// <summary>Fixed part of <c>CLR_RT_StackFrame</c> up to <c>m_extension</c>, in blocks (80 bytes).</summary>
    public const int FrameFixedBlocks = 7;

    /// <summary><c>c_MinimumStack</c>: locals and evaluation slots that every frame has at least.</summary>
    public const int FrameMinimumSlots = 10;

    /// <summary>Evaluation slots on top of the method's own: two for newobj and native calls, one for inlining.</summary>
    public const int FrameExtraSlots = 3;

    public static int BlocksOf(long bytes) => (int)Math.Min((bytes + BlockBytes - 1) / BlockBytes, int.MaxValue);

    public static int BytesOf(int blocks) => blocks * BlockBytes;

    /// <summary>Blocks of an object: its header and one for each field, inherited fields included.</summary>
    public static int ObjectBlocks(int fields) => 1 + fields;

    /// <summary>Blocks of an array: <c>ceil((20 + n * elementBytes) / 12)</c>.</summary>
    public static int ArrayBlocks(int elements, int elementBytes) => BlocksOf(ArrayHeaderBytes + ((long)elements * elementBytes));

    /// <summary>Blocks of a text made at run time: header, UTF-8, terminating zero.</summary>
    public static int TextBlocks(int utf8Bytes) => BlocksOf(BlockBytes + utf8Bytes + 1L);

    /// <summary>Evaluation slots of a frame: what is left of the minimum when the method has few locals.</summary>
    public static int EvalSlots(int locals, int maxStack, bool inlining) => FrameBlocks(locals, maxStack, inlining) - FrameFixedBlocks - locals;

    /// <summary>Blocks of a stack frame (CLR_RT_StackFrame::Push): arguments stay in the caller's evaluation stack and cost nothing.</summary>
    public static int FrameBlocks(int locals, int maxStack, bool inlining) =>
        FrameFixedBlocks + Math.Max(locals + maxStack + (inlining ? FrameExtraSlots : FrameExtraSlots - 1), FrameMinimumSlots);
}
