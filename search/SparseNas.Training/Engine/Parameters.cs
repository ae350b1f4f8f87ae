using System.Runtime.Intrinsics;
using SparseNas.Networks;

namespace SparseNas.Training.Engine;

/// <summary>All parameters of a network as flat vectors: weights, gradients, masks, and the optimiser's two memories.</summary>
internal sealed unsafe class Parameters
{
    private readonly KernelLayout?[] kernelOfNode;
    private readonly bool[] hasMask;

    public Parameters(Architecture architecture, NativeArena arena, bool training)
    {
        int next = 0, running = 0;
        var kernels = new List<KernelLayout>();
        var norms = new List<NormLayout>();
        for (int node = 0; node < architecture.Nodes.Length; node++)
        {
            ParameterCount count = ParameterCount.Of(architecture, node);
            if (count.Weights > 0) kernels.Add(new KernelLayout(architecture, node, ref next));
            if (count.BatchNormChannels > 0) norms.Add(new NormLayout(architecture, node, ref next, ref running));
        }

        Architecture = architecture;
        Kernels = [.. kernels];
        Norms = [.. norms];
        kernelOfNode = [.. Enumerable.Range(0, architecture.Nodes.Length).Select(node => kernels.Find(kernel => kernel.Node == node))];
        hasMask = new bool[kernelOfNode.Length];
        Elements = next;
        Values = arena.Floats(next);
        RunningElements = running;
        Running = arena.Floats(running);
        Ranges = [.. kernels.SelectMany(k => (ParameterRange[])[k.Weights, k.Bias]), .. norms.SelectMany(n => (ParameterRange[])[n.Gamma, n.Beta])];
        if (!training) return;
        Gradients = arena.Floats(next);
        Mask = arena.Floats(next);
        FirstMoment = arena.Floats(next);
        SecondMoment = arena.Floats(next);
        new Span<float>(Mask, next).Fill(1f);
    }

    public Architecture Architecture { get; }

    public KernelLayout[] Kernels { get; }

    public NormLayout[] Norms { get; }

    public ParameterRange[] Ranges { get; }

    public int Elements { get; }

    /// <summary>Elements of <see cref="Running"/>.</summary>
    public int RunningElements { get; }

    public float* Values { get; }

    public float* Gradients { get; }

    public float* Mask { get; }

    public float* FirstMoment { get; }

    public float* SecondMoment { get; }

    /// <summary>Running means and variances of the batch norms.</summary>
    public float* Running { get; }

    /// <summary>Whether every parameter and running statistic is a finite number.</summary>
    public bool AreFinite =>
        new Span<float>(Values, Elements).IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) < 0
        && new Span<float>(Running, RunningElements).IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) < 0;

    public KernelLayout KernelOf(int node) => kernelOfNode[node] ?? throw new ArgumentException($"Node {node} has no kernel.");

    public NormLayout NormOf(int node) => Norms.First(norm => norm.Node == node);

    /// <summary>Takes over the weights, masks and statistics of a network.</summary>
    public void Import(Network network)
    {
        foreach (KernelLayout layout in Kernels)
        {
            KernelWeights kernel = network.Kernel(layout.Node);
            layout.Import(kernel.Weights.AsSpan(), Values);
            kernel.Biases.AsSpan().CopyTo(new Span<float>(Values + layout.Bias.Offset, layout.Outputs));
            if (Mask is not null && kernel.Mask.Length > 0) ImportMask(layout, kernel.Mask.AsSpan());
        }

        foreach (NormLayout layout in Norms)
        {
            var norm = (BatchNormWeights)network.Layers[layout.Node]!;
            norm.Gamma.CopyTo(new Span<float>(Values + layout.Gamma.Offset, layout.Channels));
            norm.Beta.CopyTo(new Span<float>(Values + layout.Beta.Offset, layout.Channels));
            norm.Mean.CopyTo(new Span<float>(Running + layout.Mean, layout.Channels));
            norm.Variance.CopyTo(new Span<float>(Running + layout.Variance, layout.Channels));
        }
    }

    /// <summary>Sets a mask and zeroes what it kills.</summary>
    public void ImportMask(KernelLayout layout, ReadOnlySpan<bool> mask)
    {
        hasMask[layout.Node] = true;
        for (int i = 0; i < mask.Length; i++)
        {
            (int output, int input) = Math.DivRem(i, layout.Inputs);
            Mask[layout.IndexOf(output, input)] = mask[i] ? 1f : 0f;
        }

        ApplyMask(layout);
    }

    /// <summary>Zeroes the weights that the mask kills, exactly.</summary>
    public void ApplyMask(KernelLayout layout)
    {
        if (!hasMask[layout.Node]) return;
        float* values = Values + layout.Weights.Offset, mask = Mask + layout.Weights.Offset;
        for (int i = 0; i < layout.Weights.Elements; i += Vector512<float>.Count)
        {
            Vector512<float> dead = Vector512.Equals(Vector512.Load(mask + i), Vector512<float>.Zero);
            Vector512.AndNot(Vector512.Load(values + i), dead).Store(values + i);
        }
    }

    /// <summary>The network with the present numbers.</summary>
    public Network Export()
    {
        var layers = new LayerWeights?[Architecture.Nodes.Length];
        foreach (KernelLayout layout in Kernels)
        {
            var weights = new float[layout.Outputs * layout.Inputs];
            var alive = new float[weights.Length];
            layout.Export(Values, weights);
            if (Mask is null) alive.AsSpan().Fill(1f);
            else layout.Export(Mask, alive);
            bool[] mask = alive.All(a => a != 0) ? [] : [.. alive.Select(a => a != 0)];
            float[] biases = layout.HasBias ? Copy(Values + layout.Bias.Offset, layout.Outputs) : [];
            layers[layout.Node] = new KernelWeights([.. weights], [.. biases], [.. mask]);
        }

        foreach (NormLayout layout in Norms)
        {
            layers[layout.Node] = new BatchNormWeights(
                [.. Copy(Values + layout.Gamma.Offset, layout.Channels)], [.. Copy(Values + layout.Beta.Offset, layout.Channels)],
                [.. Copy(Running + layout.Mean, layout.Channels)], [.. Copy(Running + layout.Variance, layout.Channels)]);
        }

        return new Network(Architecture, [.. layers]);
    }

    private static float[] Copy(float* source, int count) => new Span<float>(source, count).ToArray();
}
