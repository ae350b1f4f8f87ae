namespace SparseNas.Pruning;

/// <summary>One node's weights and the mask that a selector writes; layouts of <see cref="Networks.KernelWeights"/>.</summary>
internal sealed class PrunedKernel(int node, int count)
{
    public int Node { get; } = node;

    public float[] Weights { get; } = new float[count];

    public bool[] Mask { get; } = CreateMask(count);

    /// <summary>Sets every masked weight to 0.</summary>
    public void ApplyMask(Span<float> weights)
    {
        for (int index = 0; index < weights.Length; index++)
        {
            if (!Mask[index]) weights[index] = 0f;
        }
    }

    /// <summary>Masks what is 0: what an earlier pruning removed.</summary>
    public void MaskZeros(ReadOnlySpan<float> weights)
    {
        for (int index = 0; index < weights.Length; index++) Mask[index] = weights[index] != 0f;
    }

    private static bool[] CreateMask(int count)
    {
        var mask = new bool[count];
        Array.Fill(mask, true);
        return mask;
    }
}

/// <summary>Chooses which weights live.</summary>
internal interface IMaskSelector
{
    /// <summary>Rewrites every mask so that the share <paramref name="sparsity"/> of what it counts is dead.</summary>
    void Select(IReadOnlyList<PrunedKernel> kernels, double sparsity);
}
