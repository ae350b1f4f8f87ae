using System.Collections.Immutable;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Emission.Code;

namespace SparseNas.Codegen.Emission;

/// <summary>Weights of an operator that stay in flash; a step reads them output by output through the resource manager.</summary>
/// <param name="Name">Identifier.</param>
/// <param name="Weights">Output by output.</param>
/// <param name="ChunkWeights">Weights read at a time.</param>
public sealed record WeightResource(string Name, ImmutableArray<sbyte> Weights, int ChunkWeights)
{
    /// <summary>What is added to a weight so that it is a byte: a resource has no other type.</summary>
    public const int Bias = 128;

    /// <summary>
    /// Frames of one read, in blocks: the model's method, the resource utility, the manager's look-up and its native half
    /// (CLR_RT_StackFrame.cpp: 7 blocks and at least 10 more).
    /// </summary>
    private const int FrameBlocks = 17 + 17 + 27 + 17, BoxBlocks = 2;

    /// <summary>Bytes in flash.</summary>
    public int Bytes => Weights.Length;

    /// <summary>Heap bytes while the step runs: the chunk in use, the next one, the number that names the resource, the frames of a read.</summary>
    public int HeapBytes => (2 * DeviceHeap.ArrayBytes(ChunkWeights)) + ((FrameBlocks + BoxBlocks) * DeviceHeap.BlockBytes);

    /// <summary>The entry of the resource file.</summary>
    public ResourceEntry Entry => new(Name, [.. Weights.Select(weight => (byte)(weight + Bias))]);

    /// <summary>Reads the chunk that begins at a weight.</summary>
    public Expression Read(Expression first) => new ReadResource(Name, first, ChunkWeights);
}
