using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>
/// Gives a child its parent's weights: nodes correspond by name, channels by where they come from. Where theory allows, the child computes the
/// parent's function (Wei et al. 2016, Elsken et al. 2019): new channels are read with weight 0, larger kernels are 0 around the old one, a new
/// block is the identity, a new branch adds 0, another form of a kernel is exact or the nearest. Everything else is drawn anew (He et al. 2015).
/// </summary>
/// <example><code>
/// Network start = WeightInheritance.Inherit(parentNetwork, childArchitecture, new SeededRandom(seed));
/// </code></example>
public sealed class WeightInheritance
{
    private readonly Architecture child;
    private readonly SeededRandom random;
    private readonly ParentKernels parent;
    private readonly ChannelMap[] maps;
    private readonly LayerWeights?[] layers;

    private WeightInheritance(Network parent, Architecture child, SeededRandom random)
    {
        this.child = child;
        this.random = random;
        this.parent = new ParentKernels(parent);
        maps = new ChannelMap[child.Nodes.Length];
        layers = new LayerWeights?[child.Nodes.Length];
    }

    /// <summary>A network for <paramref name="child"/> that starts from the weights of <paramref name="parent"/>.</summary>
    public static Network Inherit(Network parent, Architecture child, SeededRandom random)
    {
        var inheritance = new WeightInheritance(parent, child, random);
        for (int index = 0; index < child.Nodes.Length; index++) inheritance.Visit(index);
        return new Network(child, [.. inheritance.layers]);
    }

    /// <summary>For each channel of a child's tensor the parent's channel, −1 for a new one.</summary>
    /// <param name="Origin">The parent's node that made the channels.</param>
    /// <param name="Channels">Parent's channel per child's channel.</param>
    private sealed record ChannelMap(int Origin, ImmutableArray<int> Channels);

    private void Visit(int index)
    {
        Node node = child.Nodes[index];
        switch (node.Layer)
        {
            case Conv2D or Dense:
                VisitKernel(index, parent.Find(child, index));
                break;
            case DepthwiseConv2D:
                VisitDepthwise(index, parent.Find(child, index));
                break;
            case BatchNorm:
                maps[index] = InputMap(index);
                layers[index] = Norm(index);
                break;
            case Concat:
                maps[index] = JoinedMap(index);
                break;
            case Gather l:
                maps[index] = new ChannelMap(ParentKernels.Unknown, [.. Enumerable.Repeat(-1, l.Indices.Length)]);
                break;
            case Greyscale:
                maps[index] = new ChannelMap(ParentKernels.Unknown, [-1]);
                break;
            default:
                maps[index] = InputMap(index);
                break;
        }
    }

    private ChannelMap InputMap(int index)
    {
        int source = child.Nodes[index].Inputs[0];
        return source == Architecture.InputIndex ? new ChannelMap(Architecture.InputIndex, Identity(child.Input.Channels)) : maps[source];
    }

    /// <summary>
    /// Channels of both inputs as the parent's concatenation of this name has them. Where the parent has none, a new branch stands beside what
    /// was there: its channels are new to whoever reads them.
    /// </summary>
    private ChannelMap JoinedMap(int index)
    {
        ChannelMap first = maps[child.Nodes[index].Inputs[0]], second = maps[child.Nodes[index].Inputs[1]];
        IEnumerable<int> unread = second.Channels.Select(_ => -1);
        if (parent.ConcatOf(child.Nodes[index].Name) is not var (concat, a, b, width)) return first with { Channels = [.. first.Channels, .. unread] };
        IEnumerable<int> known = parent.FirstChannel(a, first.Origin) is { } at ? first.Channels.Select(from => from < 0 ? -1 : from + at) : first.Channels.Select(_ => -1);
        IEnumerable<int> beside = parent.FirstChannel(b, second.Origin) is { } behind ? second.Channels.Select(from => from < 0 ? -1 : from + behind + width) : unread;
        return new ChannelMap(concat, [.. known, .. beside]);
    }

    private void VisitKernel(int index, ParentKernel? source)
    {
        ChannelMap inputs = InputMap(index);
        KernelTensor kernel = KernelTensor.For(child, index);
        ImmutableArray<int>? forced = ForcedOutputs(index);
        if (source is null || InputChannels(inputs, source, kernel.Inputs) is not { } read)
        {
            VisitNewKernel(index, kernel, inputs, forced);
            return;
        }

        ImmutableArray<int> written = forced ?? Outputs(kernel, source.Kernel);
        float[] biases = new float[kernel.Outputs];
        for (int output = 0; output < kernel.Outputs; output++)
        {
            int from = written[output];
            if (from >= 0) CopyOutput(index, kernel, output, source, from, read);
            else if (forced is null) DrawOutput(kernel, output);
            if (from >= 0 && source.Biases is not null) biases[output] = source.Biases[from];
        }

        maps[index] = new ChannelMap(source.OutputOrigin, written);
        Store(index, kernel, biases);
    }

    /// <summary>The identity for a block that the parent has not, 0 for its branch, else random.</summary>
    private void VisitNewKernel(int index, KernelTensor kernel, ChannelMap inputs, ImmutableArray<int>? forced)
    {
        string name = child.Nodes[index].Name;
        bool isBranchEnd = name.EndsWith("_" + NodeNames.Project, StringComparison.Ordinal) || (IsSide(name) && forced is not null);
        bool isNewBlock = child.Nodes[index].Layer is Conv2D && !parent.HasBlockOf(name);
        bool isIdentity = isNewBlock && forced is null && CanBeIdentity(index) && !IsInsideBranch(index) && !IsSide(name);
        if (isIdentity)
        {
            (int row, int column) = ParentKernels.FirstTapOf(child, index) ?? (0, 0);
            for (int output = 0; output < kernel.Outputs; output++)
            {
                if (output < kernel.Inputs) kernel[output, -row, -column, output] = 1f;
                else DrawOutput(kernel, output);
            }
        }
        else if (!isBranchEnd)
        {
            for (int output = 0; output < kernel.Outputs; output++) DrawOutput(kernel, output);
        }

        maps[index] = isIdentity
            ? new ChannelMap(inputs.Origin, [.. Enumerable.Range(0, kernel.Outputs).Select(output => output < inputs.Channels.Length ? inputs.Channels[output] : -1)])
            : new ChannelMap(ParentKernels.Unknown, forced ?? [.. Enumerable.Repeat(-1, kernel.Outputs)]);
        Store(index, kernel, new float[kernel.Outputs]);
    }

    private void VisitDepthwise(int index, ParentKernel? source)
    {
        ChannelMap inputs = InputMap(index);
        KernelTensor kernel = KernelTensor.For(child, index);
        ImmutableArray<int>? read = source is null ? null : InputChannels(inputs, source with { Kernel = AsInputs(source.Kernel) }, kernel.Outputs);
        bool isIdentity = read is null && !parent.HasBlockOf(child.Nodes[index].Name) && CanBeIdentity(index);
        float[] biases = new float[kernel.Outputs];
        (int row, int column) = ParentKernels.FirstTapOf(child, index) ?? (0, 0);
        for (int channel = 0; channel < kernel.Outputs; channel++)
        {
            int from = read?[channel] ?? -1;
            if (from >= 0) CopyOutput(index, kernel, channel, source!, from, [0]);
            else if (isIdentity) kernel[channel, -row, -column, 0] = 1f;
            else DrawOutput(kernel, channel);
            if (from >= 0 && source!.Biases is not null) biases[channel] = source.Biases[from];
        }

        maps[index] = inputs;
        Store(index, kernel, biases);
    }

    private static KernelTensor AsInputs(KernelTensor depthwise) => new(1, 1, 1, depthwise.Outputs, new float[depthwise.Outputs]);

    /// <summary>
    /// The parent's input channel for each of the child's, or null when they do not correspond. Channels of another origin still correspond by
    /// position when there are as many of them.
    /// </summary>
    private ImmutableArray<int>? InputChannels(ChannelMap inputs, ParentKernel source, int count)
    {
        if (parent.FirstChannel(source.InputOrigin, inputs.Origin) is { } first) return [.. inputs.Channels.Select(from => from < 0 ? -1 : from + first)];
        return source.Kernel.Inputs == count ? Identity(count) : null;
    }

    /// <summary>Which of the parent's channels a layer keeps: all and new ones behind, or the strongest in their order.</summary>
    private static ImmutableArray<int> Outputs(KernelTensor kernel, KernelTensor source)
    {
        if (kernel.Outputs >= source.Outputs)
        {
            return [.. Enumerable.Range(0, kernel.Outputs).Select(output => output < source.Outputs ? output : -1)];
        }

        return [.. Enumerable.Range(0, source.Outputs).OrderByDescending(source.Strength).Take(kernel.Outputs).Order()];
    }

    /// <summary>A branch that ends in a sum, behind a batch norm or not, must give its channels in the order of the sum's first input.</summary>
    private ImmutableArray<int>? ForcedOutputs(int index)
    {
        foreach (int reader in child.ReadersOf(index))
        {
            if (child.Nodes[reader].Layer is BatchNorm && ForcedOutputs(reader) is { } behind) return behind;
            if (child.Nodes[reader].Layer is not Add) continue;
            int first = child.Nodes[reader].Inputs[0];
            return first == index ? null : first == Architecture.InputIndex ? Identity(child.Input.Channels) : maps[first].Channels;
        }

        return null;
    }

    private void CopyOutput(int index, KernelTensor kernel, int output, ParentKernel source, int from, ImmutableArray<int> read)
    {
        bool isDense = child.Nodes[index].Layer is Dense;
        (int rowOffset, int columnOffset) = ParentKernels.FirstTapOf(child, index) is var (row0, column0) && source.FirstTap is var (parentRow, parentColumn)
            ? (row0 - parentRow, column0 - parentColumn)
            : ((source.Kernel.Height - kernel.Height) / 2, (source.Kernel.Width - kernel.Width) / 2);
        for (int row = 0; row < kernel.Height; row++)
        {
            for (int column = 0; column < kernel.Width; column++)
            {
                for (int input = 0; input < kernel.Inputs; input++)
                {
                    if (read[input] < 0) continue;
                    kernel[output, row, column, input] = isDense
                        ? Resampled(source.Kernel, from, row, column, read[input], kernel)
                        : At(source.Kernel, from, row + rowOffset, column + columnOffset, read[input]);
                }
            }
        }
    }

    private static float At(KernelTensor kernel, int output, int row, int column, int input) =>
        row >= 0 && row < kernel.Height && column >= 0 && column < kernel.Width ? kernel[output, row, column, input] : 0f;

    /// <summary>
    /// A dense weight for another extent: shared out over the positions that split the old one, or summed over those that join; exact between
    /// a global average and its image.
    /// </summary>
    private static float Resampled(KernelTensor source, int output, int row, int column, int input, KernelTensor target)
    {
        float sum = 0;
        foreach (var (sourceRow, rowShare) in Shares(row, target.Height, source.Height))
        {
            foreach (var (sourceColumn, columnShare) in Shares(column, target.Width, source.Width))
            {
                sum += source[output, sourceRow, sourceColumn, input] * rowShare * columnShare;
            }
        }

        return sum;
    }

    private static IEnumerable<(int Position, float Share)> Shares(int position, int extent, int sourceExtent)
    {
        if (extent >= sourceExtent)
        {
            int from = position * sourceExtent / extent;
            return [(from, 1f / Enumerable.Range(0, extent).Count(other => other * sourceExtent / extent == from))];
        }

        return Enumerable.Range(0, sourceExtent).Where(from => from * extent / sourceExtent == position).Select(from => (from, 1f));
    }

    private bool CanBeIdentity(int index) => child.OutputOf(index) with { Channels = 1 } == child.InputOf(index) with { Channels = 1 };

    private bool IsInsideBranch(int index)
    {
        string name = child.Nodes[index].Name;
        string project = name[..(name.IndexOf('_', StringComparison.Ordinal) + 1)] + NodeNames.Project;
        return child.Nodes.Any(node => node.Name == project);
    }

    private static bool IsSide(string name) => name.EndsWith("_" + NodeNames.Side, StringComparison.Ordinal);

    private void DrawOutput(KernelTensor kernel, int output)
    {
        int fanIn = kernel.Height * kernel.Width * kernel.Inputs;
        double deviation = Math.Sqrt(2.0 / fanIn);
        foreach (ref float weight in kernel.Values.AsSpan(output * fanIn, fanIn)) weight = (float)(deviation * random.NextNormal());
    }

    private void Store(int index, KernelTensor kernel, float[] biases) =>
        layers[index] = new KernelWeights([.. kernel.Values], ParameterCount.Of(child, index).Biases > 0 ? [.. biases] : [], []);

    /// <summary>The parent's numbers per channel; for a new channel or norm the ones that change nothing, with the parent's bias as offset.</summary>
    private BatchNormWeights Norm(int index)
    {
        Node node = child.Nodes[index];
        BatchNormWeights? norm = parent.Norm(child, node.Name);
        float[]? biases = norm is null ? parent.Find(child, node.Inputs[0])?.Biases : null;
        ImmutableArray<int> channels = maps[index].Channels;
        float[] gamma = new float[channels.Length], beta = new float[channels.Length], mean = new float[channels.Length], variance = new float[channels.Length];
        for (int channel = 0; channel < channels.Length; channel++)
        {
            int from = channels[channel];
            bool isKnown = norm is not null && from >= 0 && from < norm.Gamma.Length;
            gamma[channel] = isKnown ? norm!.Gamma[from] : MathF.Sqrt(1f + BatchNormWeights.Epsilon);
            beta[channel] = isKnown ? norm!.Beta[from] : biases is not null && from >= 0 && from < biases.Length ? biases[from] : 0f;
            mean[channel] = isKnown ? norm!.Mean[from] : 0f;
            variance[channel] = isKnown ? norm!.Variance[from] : 1f;
        }

        return new BatchNormWeights([.. gamma], [.. beta], [.. mean], [.. variance]);
    }

    private static ImmutableArray<int> Identity(int count) => [.. Enumerable.Range(0, count)];
}
