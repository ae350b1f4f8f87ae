using System.Runtime.Intrinsics;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine.Noise;

/// <summary>
/// One factor z for each group of a node, drawn once for every image: z = u or z = exp(u) with u = mean + √variance · n. Groups stand in the
/// engine's order of channels or of input features.
/// </summary>
internal sealed unsafe class GroupFactors
{
    private const float LeastVariance = 1e-12f;   // keeps the slope of the deviation finite

    private readonly bool isLogNormal;

    public GroupFactors(NativeArena arena, int count, bool isLogNormal)
    {
        Count = count;
        this.isLogNormal = isLogNormal;
        Means = arena.Floats(count);
        Variances = arena.Floats(count);
        MeanGradients = arena.Floats(count);
        VarianceGradients = arena.Floats(count);
        Values = arena.Floats((long)count * LaneBlock.Images);
        Noise = arena.Floats((long)count * LaneBlock.Images);
        if (!isLogNormal) new Span<float>(Means, count).Fill(1f);
    }

    public int Count { get; }

    public float* Means { get; }

    public float* Variances { get; }

    public float* MeanGradients { get; }

    public float* VarianceGradients { get; }

    /// <summary>z of the block last drawn, [groups][16].</summary>
    public float* Values { get; }

    /// <summary>The numbers that <see cref="Values"/> came from.</summary>
    private float* Noise { get; }

    /// <summary>Before every batch.</summary>
    public void ClearGradients()
    {
        new Span<float>(MeanGradients, Count).Clear();
        new Span<float>(VarianceGradients, Count).Clear();
    }

    /// <summary>Draws the factors of one block.</summary>
    public void Draw(LaneNoise noise)
    {
        noise.Fill(Noise, (nint)Count * LaneBlock.Images);
        for (int group = 0; group < Count; group++)
        {
            nint at = (nint)group * LaneBlock.Images;
            Vector512<float> u = Vector512.Create(Means[group]) + (Vector512.Load(Noise + at) * MathF.Sqrt(Variances[group]));
            (isLogNormal ? Vector512.Exp(u) : u).Store(Values + at);
        }
    }

    /// <summary>
    /// Adds the gradients of one block, whose factors must be the last drawn: ∂u = ∂z or ∂z · z, ∂mean = Σ ∂u, ∂variance = Σ ∂u · n / (2√variance).
    /// </summary>
    /// <param name="timesValue">∂z · z for every group and image, [groups][16]: what both readers know without dividing first.</param>
    public void Accumulate(float* timesValue)
    {
        for (int group = 0; group < Count; group++)
        {
            nint at = (nint)group * LaneBlock.Images;
            Vector512<float> slope = Vector512.Load(timesValue + at), z = Vector512.Load(Values + at);
            if (!isLogNormal) slope = Vector512.ConditionalSelect(Vector512.Equals(z, Vector512<float>.Zero), Vector512<float>.Zero, slope / z);
            MeanGradients[group] += Vector512.Sum(slope);
            VarianceGradients[group] +=
                Vector512.Sum(slope * Vector512.Load(Noise + at)) * 0.5f / MathF.Sqrt(Math.Max(Variances[group], LeastVariance));
        }
    }
}
