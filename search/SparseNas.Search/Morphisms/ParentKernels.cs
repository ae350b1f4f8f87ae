using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>A parent's kernel under the name that a child's node has.</summary>
/// <param name="Kernel">Weights.</param>
/// <param name="Biases">Biases, or null when the parent has none.</param>
/// <param name="InputOrigin">The parent's node that made its input channels; <see cref="Architecture.InputIndex"/> is the network's input.</param>
/// <param name="OutputOrigin">The parent's node that stands for its output channels.</param>
/// <param name="FirstTap">See <see cref="ParentKernels.FirstTapOf(Architecture, int)"/>.</param>
internal sealed record ParentKernel(KernelTensor Kernel, float[]? Biases, int InputOrigin, int OutputOrigin, (int Row, int Column)? FirstTap);

/// <summary>
/// Finds a parent's weights by the names of a child's nodes, in the child's form: full kernels composed from separable and downsampled ones and
/// the reverse, batch norm folded in where the child has none.
/// </summary>
internal sealed class ParentKernels
{
    private readonly Network parent;
    private readonly Dictionary<string, int> indices;
    private readonly Lazy<FoldedNetwork> folded;

    public ParentKernels(Network parent)
    {
        this.parent = parent;
        indices = Enumerable.Range(0, parent.Architecture.Nodes.Length).ToDictionary(index => parent.Architecture.Nodes[index].Name, StringComparer.Ordinal);
        folded = new Lazy<FoldedNetwork>(() => FoldedNetwork.From(parent));
    }

    /// <summary>Whether the parent has any node of block "b{id}".</summary>
    public bool HasBlockOf(string node) => indices.Keys.Any(name => name.StartsWith(Prefix(node), StringComparison.Ordinal));

    /// <summary>The parent's batch norm of a child's node; null where its numbers are folded into the kernel that <see cref="Find"/> gives.</summary>
    public BatchNormWeights? Norm(Architecture child, string node) =>
        indices.TryGetValue(node, out int index) && !IsMerged(child, Prefix(node)) ? parent.Layers[index] as BatchNormWeights : null;

    /// <summary>
    /// Where channels of the child that come from <paramref name="made"/> lie among those that a parent's layer reads from <paramref name="read"/>:
    /// 0 for the same node, behind the first input of a concatenation for its second; null when they are others.
    /// </summary>
    public int? FirstChannel(int read, int made)
    {
        if (made == Unknown || read == Unknown) return null;
        if (read == made) return 0;
        if (read < 0 || parent.Architecture.Nodes[read] is not { Layer: Concat, Inputs: [var first, var second] }) return null;
        return FirstChannel(OriginOf(first), made) ?? (FirstChannel(OriginOf(second), made) is { } at ? at + parent.Architecture.OutputOf(first).Channels : null);
    }

    /// <summary>The parent's concatenation of this name with the origins of both inputs and the channels of the first; null when there is none.</summary>
    public (int Index, int First, int Second, int FirstChannels)? ConcatOf(string node) =>
        indices.TryGetValue(node, out int index) && parent.Architecture.Nodes[index] is { Layer: Concat, Inputs: [var first, var second] }
            ? (index, OriginOf(first), OriginOf(second), parent.Architecture.OutputOf(first).Channels) : null;

    /// <summary>The parent's kernel for a child's node, or null.</summary>
    /// <param name="child">The child.</param>
    /// <param name="index">A node with a kernel.</param>
    public ParentKernel? Find(Architecture child, int index)
    {
        Node node = child.Nodes[index];
        string prefix = Prefix(node.Name);
        bool keepsNorm = child.Nodes.Any(other => other.Name == prefix + NodeNames.Norm);
        if (IsMerged(child, prefix)) return node.Name == prefix + NodeNames.Conv ? Merged(child, index, prefix) : null;
        if (indices.TryGetValue(node.Name, out int same) && SameKind(node.Layer, parent.Architecture.Nodes[same].Layer)) return Take(same, keepsNorm);

        int? conv = IndexOf(prefix + NodeNames.Conv), depthwise = IndexOf(prefix + NodeNames.Depthwise), point = IndexOf(prefix + NodeNames.Pointwise);
        int? reduce = IndexOf(prefix + NodeNames.Reduce), core = IndexOf(prefix + NodeNames.Core);
        ParentKernel? full =
            conv is not null ? Take(conv.Value, keepsNorm)
            : depthwise is not null && point is not null ? Compose(depthwise.Value, point.Value, keepsNorm, KernelForms.ComposeSeparable, tapsOf: depthwise.Value)
            : reduce is not null && core is not null ? Compose(reduce.Value, core.Value, keepsNorm, KernelForms.ComposeReduced, tapsOf: core.Value)
            : null;
        return full is null ? null : InFormOf(node, child, index, full);
    }

    /// <summary>Whether the parent has two branches where the child has one convolution.</summary>
    private bool IsMerged(Architecture child, string prefix) =>
        IndexOf(prefix + NodeNames.Side) is not null && child.Nodes.Any(node => node.Name == prefix + NodeNames.Conv)
        && !child.Nodes.Any(node => node.Name == prefix + NodeNames.Side);

    /// <summary>
    /// Two branches as one kernel, batch norms folded in: the sum of both, or both one behind the other, the smaller one in the middle of zeros. A
    /// child without room for all channels of a concatenation gets those of the main branch.
    /// </summary>
    private ParentKernel Merged(Architecture child, int index, string prefix)
    {
        int mainIndex = IndexOf(prefix + NodeNames.Conv)!.Value;
        ParentKernel main = Take(mainIndex, keepsNorm: false), side = Take(IndexOf(prefix + NodeNames.Side)!.Value, keepsNorm: false);
        bool isSum = IndexOf(prefix + NodeNames.Joined) is null;
        if (!isSum && child.OutputOf(index).Channels < main.Kernel.Outputs + side.Kernel.Outputs) return main;
        KernelTensor kernel = KernelForms.Merge(main.Kernel, side.Kernel, main.FirstTap!.Value, side.FirstTap!.Value, isSum);
        float[] mainBiases = main.Biases ?? new float[main.Kernel.Outputs], sideBiases = side.Biases ?? new float[side.Kernel.Outputs];
        float[] biases = isSum ? [.. mainBiases.Zip(sideBiases, (a, b) => a + b)] : [.. mainBiases, .. sideBiases];
        int output = isSum ? mainIndex : IndexOf(prefix + NodeNames.Joined)!.Value;
        return main with { Kernel = kernel, Biases = biases, OutputOrigin = output };
    }

    private static ParentKernel? InFormOf(Node node, Architecture child, int index, ParentKernel full)
    {
        string part = node.Name[(node.Name.IndexOf('_', StringComparison.Ordinal) + 1)..];
        switch (part)
        {
            case NodeNames.Conv:
                return full;
            case NodeNames.Depthwise:
                return full with { Kernel = KernelForms.FactorSeparable(full.Kernel).Depthwise, Biases = null, OutputOrigin = full.InputOrigin };
            case NodeNames.Pointwise:
                return full with { Kernel = KernelForms.FactorSeparable(full.Kernel).Pointwise, FirstTap = null };
            case NodeNames.Reduce:
                return full with
                {
                    Kernel = KernelForms.FactorReduced(full.Kernel, ((Conv2D)node.Layer).OutputChannels).Reduce, Biases = null, OutputOrigin = Unknown, FirstTap = null,
                };
            case NodeNames.Core:
                return full with { Kernel = KernelForms.FactorReduced(full.Kernel, child.InputOf(index).Channels).Core, InputOrigin = Unknown };
            default:
                return null;
        }
    }

    /// <summary>Stands for channels that no node of the parent made; equal only to itself, within one block.</summary>
    public const int Unknown = -2;

    private ParentKernel Compose(
        int first, int second, bool keepsNorm, Func<KernelTensor, KernelTensor, KernelTensor> compose, int tapsOf)
    {
        ParentKernel a = Take(first, keepsNorm: true), b = Take(second, keepsNorm);
        return new ParentKernel(compose(a.Kernel, b.Kernel), b.Biases, a.InputOrigin, second, FirstTapOf(tapsOf));
    }

    private ParentKernel Take(int index, bool keepsNorm)
    {
        Architecture architecture = parent.Architecture;
        KernelWeights weights = parent.Kernel(index);
        int fold = keepsNorm ? -1 : folded.Value.Graph.Operators.ToList().FindIndex(op => op.NodeIndex == index && op.BatchNormIndex is not null);
        if (fold >= 0) weights = folded.Value.Kernels[fold]!;
        int output = architecture.Nodes[index].Layer is DepthwiseConv2D ? OriginOf(architecture.Nodes[index].Inputs[0]) : index;
        return new ParentKernel(
            KernelTensor.For(architecture, index, [.. weights.Weights]), weights.Biases.IsEmpty ? null : [.. weights.Biases],
            OriginOf(architecture.Nodes[index].Inputs[0]), output, FirstTapOf(index));
    }

    /// <summary>The node that chose the channels of tensor <paramref name="index"/>: a kernel or a concatenation; a sum has those of its first input.</summary>
    private int OriginOf(int index)
    {
        while (index != Architecture.InputIndex && parent.Architecture.Nodes[index].Layer is not (Conv2D or Dense or Concat or Gather or Greyscale))
        {
            index = parent.Architecture.Nodes[index].Inputs[0];
        }

        return index;
    }

    private (int Row, int Column)? FirstTapOf(int index) => FirstTapOf(parent.Architecture, index);

    /// <summary>
    /// Where the first row and column of a kernel with same padding lie over its input at output 0: kernels of two extents correspond where they
    /// meet the same input. Null for others, which correspond by their middle.
    /// </summary>
    public static (int Row, int Column)? FirstTapOf(Architecture architecture, int index)
    {
        Shape input = architecture.InputOf(index);
        return architecture.Nodes[index].Layer switch
        {
            Conv2D { Padding: Padding.Same } l => FirstTap(input, l.KernelHeight, l.KernelWidth, l.Stride),
            DepthwiseConv2D { Padding: Padding.Same } l => FirstTap(input, l.KernelHeight, l.KernelWidth, l.Stride),
            _ => null,
        };
    }

    private static (int Row, int Column) FirstTap(Shape input, int height, int width, int stride) =>
        (-Window.Of(input.Height, height, stride, Padding.Same).Before, -Window.Of(input.Width, width, stride, Padding.Same).Before);

    private int? IndexOf(string name) => indices.TryGetValue(name, out int index) ? index : null;

    private static bool SameKind(LayerSpec a, LayerSpec b) => a.GetType() == b.GetType();

    private static string Prefix(string node) => node[..(node.IndexOf('_', StringComparison.Ordinal) + 1)];
}
