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

    public BatchNormWeights? Norm(string node) => indices.TryGetValue(node, out int index) ? parent.Layers[index] as BatchNormWeights : null;

    /// <summary>The parent's kernel for a child's node, or null.</summary>
    /// <param name="child">The child.</param>
    /// <param name="index">A node with a kernel.</param>
    public ParentKernel? Find(Architecture child, int index)
    {
        Node node = child.Nodes[index];
        string prefix = Prefix(node.Name);
        bool keepsNorm = child.Nodes.Any(other => other.Name == prefix + NodeNames.Norm);
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

    /// <summary>The node that chose the channels of tensor <paramref name="index"/>; a sum has those of its first input.</summary>
    private int OriginOf(int index)
    {
        while (index != Architecture.InputIndex && parent.Architecture.Nodes[index].Layer is not (Conv2D or Dense or Gather or Greyscale))
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
