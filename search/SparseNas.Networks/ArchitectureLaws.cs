using System.Buffers;
using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>Shape inference and every law an architecture must keep; all breaks are collected before anything is refused.</summary>
internal static class ArchitectureLaws
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    private const int MaxKernel = 7;
    private const int MaxElements = 1 << 24;

    /// <summary>The output shape of every node.</summary>
    public static ImmutableArray<Shape> InferShapes(string name, Shape input, int classes, ImmutableArray<Node> nodes)
    {
        List<string> problems = [];
        if (input.Height < 1 || input.Width < 1 || input.Channels < 1) problems.Add($"input {input} must be at least 1x1x1");
        if (classes < 2) problems.Add($"classes >= 2 must hold, but got {classes}");
        if (nodes.IsDefaultOrEmpty) problems.Add("at least one layer is needed");
        if (problems.Count > 0) throw new ArchitectureException(name, [.. problems]);

        var shapes = new Shape?[nodes.Length];
        HashSet<string> names = [];
        for (int index = 0; index < nodes.Length; index++)
        {
            Node node = nodes[index];
            if (!IsName(node.Name)) problems.Add($"{Place(node)}: a name is a letter followed by letters, digits or underscores");
            if (node.Name == LayerJson.InputName) problems.Add($"{Place(node)}: the name '{LayerJson.InputName}' stands for the network's input");
            if (!names.Add(node.Name)) problems.Add($"{Place(node)}: the name is used twice");
            shapes[index] = Infer(node, index, input, shapes, problems);
        }

        CheckReaders(nodes, problems);
        CheckOutput(nodes, shapes, classes, problems);
        if (problems.Count > 0) throw new ArchitectureException(name, [.. problems]);
        return ImmutableArray.Create(Array.ConvertAll(shapes, shape => shape!.Value));
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 64 && char.IsAsciiLetter(name[0]) && !name.AsSpan().ContainsAnyExcept(NameCharacters);

    private static Shape? Infer(Node node, int index, Shape input, Shape?[] shapes, List<string> problems)
    {
        int expected = node.Layer is Add or Concat ? 2 : 1;
        if (node.Inputs.IsDefault || node.Inputs.Length != expected)
        {
            problems.Add($"{Place(node)}: needs {expected} input(s), but got {(node.Inputs.IsDefault ? 0 : node.Inputs.Length)}");
            return null;
        }

        foreach (int source in node.Inputs)
        {
            if (source >= Architecture.InputIndex && source < index) continue;
            problems.Add($"{Place(node)}: input {source} must be an earlier node (-1 to {index - 1})");
            return null;
        }

        Shape? At(int source) => source == Architecture.InputIndex ? input : shapes[source];
        if (At(node.Inputs[0]) is not { } x || At(node.Inputs[expected - 1]) is not { } other) return null;   // its own problem is already listed
        int before = problems.Count;
        Shape output = Output(node.Layer, x, other, node, problems);
        if (problems.Count > before) return null;
        if ((long)output.Height * output.Width * output.Channels > MaxElements)
        {
            problems.Add($"{Place(node)}: output {output} has more than {MaxElements} values");
            return null;
        }

        if (WeightCount(node.Layer, x) > MaxElements)
        {
            problems.Add($"{Place(node)}: has more than {MaxElements} weights");
            return null;
        }

        return output;
    }

    /// <summary>Weights of a layer whose kernel and outputs are in range; a depthwise or parameterless layer has fewer than its outputs' limit.</summary>
    private static long WeightCount(LayerSpec layer, Shape input) => layer switch
    {
        Conv2D l => (long)l.OutputChannels * l.KernelHeight * l.KernelWidth * input.Channels,
        Dense l => (long)l.OutputFeatures * input.Height * input.Width * input.Channels,
        _ => 0,
    };

    private static Shape Output(LayerSpec layer, Shape x, Shape other, Node node, List<string> problems) => layer switch
    {
        Conv2D l => Slide(x, l.KernelHeight, l.KernelWidth, l.Stride, l.Padding, l.OutputChannels, node, problems),
        DepthwiseConv2D l => Slide(x, l.KernelHeight, l.KernelWidth, l.Stride, l.Padding, x.Channels, node, problems),
        Dense l => l.OutputFeatures >= 1
            ? new Shape(1, 1, l.OutputFeatures)
            : Broken(problems, $"{Place(node)}: output features >= 1 must hold, but got {l.OutputFeatures}"),
        MaxPool l => Pool(x, l.Height, l.Width, l.Stride, node, problems),
        AvgPool l => Pool(x, l.Height, l.Width, l.Stride, node, problems),
        GlobalAveragePool => new Shape(1, 1, x.Channels),
        Add => x == other ? x : Broken(problems, $"{Place(node)}: both inputs must have one shape, but got {x} and {other}"),
        Concat => x with { Channels = other.Channels } == other
            ? x with { Channels = x.Channels + other.Channels }
            : Broken(problems, $"{Place(node)}: both inputs must have the same rows and columns, but got {x} and {other}"),
        Gather l => Select(x, l.Indices, node, problems),
        Downsample l => Reduce(x, l.Factor, node, problems),
        Greyscale => x.Channels == 3 ? x with { Channels = 1 } : Broken(problems, $"{Place(node)}: greyscale needs 3 channels, but got {x}"),
        Relu or BatchNorm => x,
        _ => throw UnknownLayer.Of(layer),
    };

    private static Shape Slide(
        Shape x, int height, int width, int stride, Padding padding, int channels, Node node, List<string> problems)
    {
        int before = problems.Count;
        if (height is < 1 or > MaxKernel || width is < 1 or > MaxKernel)
        {
            problems.Add($"{Place(node)}: 1 <= kernel <= {MaxKernel} must hold, but got {height}x{width}");
        }

        if (stride is < 1 or > 2) problems.Add($"{Place(node)}: stride must be 1 or 2, but got {stride}");
        if (channels < 1) problems.Add($"{Place(node)}: output channels >= 1 must hold, but got {channels}");
        if (problems.Count > before) return x;
        Window rows = Window.Of(x.Height, height, stride, padding), columns = Window.Of(x.Width, width, stride, padding);
        return rows.Output >= 1 && columns.Output >= 1
            ? new Shape(rows.Output, columns.Output, channels)
            : Broken(problems, $"{Place(node)}: kernel {height}x{width} does not fit input {x.Height}x{x.Width} with {padding.ToString().ToLowerInvariant()} padding");
    }

    private static Shape Pool(Shape x, int height, int width, int stride, Node node, List<string> problems)
    {
        if (height is < 1 or > MaxKernel || width is < 1 or > MaxKernel || stride is < 1 or > MaxKernel)
        {
            problems.Add($"{Place(node)}: 1 <= window, stride <= {MaxKernel} must hold, but got {height}x{width} stride {stride}");
            return x;
        }

        Window rows = Window.Of(x.Height, height, stride, Padding.Valid), columns = Window.Of(x.Width, width, stride, Padding.Valid);
        return rows.Output >= 1 && columns.Output >= 1
            ? new Shape(rows.Output, columns.Output, x.Channels)
            : Broken(problems, $"{Place(node)}: window {height}x{width} does not fit input {x.Height}x{x.Width}");
    }

    private static Shape Select(Shape x, ImmutableArray<int> indices, Node node, List<string> problems)
    {
        if (indices.IsDefaultOrEmpty) return Broken(problems, $"{Place(node)}: at least one index is needed");
        for (int at = 0; at < indices.Length; at++)
        {
            int least = at == 0 ? 0 : indices[at - 1] + 1;
            if (indices[at] >= least && indices[at] < x.Elements) continue;
            return Broken(problems, $"{Place(node)}: indices must increase within 0 to {x.Elements - 1} (input {x}), but index {at} is {indices[at]}");
        }

        return new Shape(1, 1, indices.Length);
    }

    private static Shape Reduce(Shape x, int factor, Node node, List<string> problems)
    {
        if (factor is < 2 or > 4)
        {
            problems.Add($"{Place(node)}: 2 <= factor <= 4 must hold, but got {factor}");
            return x;
        }

        var window = DownsampleWindow(x, factor);
        return x.Height >= window.Height && x.Width >= window.Width
            ? new Shape(x.Height / window.Height, x.Width / window.Width, x.Channels)
            : Broken(problems, $"{Place(node)}: input {x} is smaller than one block of {factor}");
    }

    /// <summary>The block that <see cref="Downsample"/> averages: a dimension of extent 1 stays.</summary>
    internal static (int Height, int Width) DownsampleWindow(Shape x, int factor) =>
        (x.Height == 1 ? 1 : factor, x.Width == 1 ? 1 : factor);

    private static void CheckReaders(ImmutableArray<Node> nodes, List<string> problems)
    {
        var isRead = new bool[nodes.Length];
        foreach (Node node in nodes)
        {
            if (node.Inputs.IsDefault) continue;
            foreach (int source in node.Inputs)
            {
                if (source >= 0 && source < nodes.Length) isRead[source] = true;
            }
        }

        for (int index = 0; index < nodes.Length - 1; index++)
        {
            if (!isRead[index]) problems.Add($"{Place(nodes[index])}: nothing reads its output");
        }
    }

    private static void CheckOutput(ImmutableArray<Node> nodes, Shape?[] shapes, int classes, List<string> problems)
    {
        Node last = nodes[^1];
        if (last.Layer is not (Dense or Conv2D or GlobalAveragePool))
        {
            problems.Add($"{Place(last)}: the last layer gives the logits and must be Dense, Conv2D or GlobalAveragePool");
        }

        if (shapes[^1] is { } output && output != new Shape(1, 1, classes))
        {
            problems.Add($"{Place(last)}: the output must be 1x1x{classes} (one logit per class), but is {output}");
        }
    }

    private static string Place(Node node) => $"{node.Layer.GetType().Name} '{node.Name}'";

    private static Shape Broken(List<string> problems, string problem)
    {
        problems.Add(problem);
        return default;
    }
}
