using SparseNas.Networks;

namespace SparseNas.Testing.Networks;

/// <summary>Codes as they lie in a plan's arena.</summary>
public static class PackedBytes
{
    /// <summary>The bytes of a tensor, one per code: of packed tensors the halves taken apart, of others the bytes themselves.</summary>
    public static byte[] Of(OperatorGraph graph, MemoryPlan plan, int tensor, ReadOnlySpan<byte> arena)
    {
        ActivationLayout layout = new(graph, plan.Packed);
        byte[] bytes = arena.Slice(plan.Of(tensor).OffsetBytes, layout.TensorBytes(tensor)).ToArray();
        if (!layout.IsPacked(tensor)) return bytes;
        int channels = graph.OutputOf(tensor).Channels;
        return [.. bytes.Chunk(layout.PixelBytes(tensor)).SelectMany(pixel => Enumerable.Range(0, channels).Select(channel => (byte)((pixel[channel / 2] >> (channel % 2 * 4)) & 15)))];
    }
}
