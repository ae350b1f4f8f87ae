using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>Shape inference and every law an architecture must keep; all breaks are collected before anything is refused.</summary>
internal static class ArchitectureLaws
{
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
            string place = $"{node.Layer.GetType().Name} '{node.Name}'";
            if (!IsName(node.Name)) problems.Add($"{place}: a name is a letter followed by letters, digits or underscores");
            if (node.Name == LayerJson.InputName) problems.Add($"{place}: the name '{LayerJson.InputName}' stands for the network's input");
            if (!names.Add(node.Name)) problems.Add($"{place}: the name is used twice");
            shapes[index] = Infer(node, index, place, input, shapes, problems);
        }

        CheckReaders(nodes, problems);
        CheckOutput(nodes, shapes, classes, problems);
        if (problems.Count > 0) throw new ArchitectureException(name, [.. problems]);
        return [.. shapes.Select(shape => shape!.Value)];
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 64 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static Shape? Infer(Node node, int index, string place, Shape input, Shape?[] shapes, List<string> problems)
    {
        int expected = node.Layer is Add ? 2 : 1;
        if (node.Inputs.IsDefault || node.Inputs.Length != expected)
        {
            problems.Add($"{place}: needs {expected} input(s), but got {(node.Inputs.IsDefault ? 0 : node.Inputs.Length)}");
            return null;
        }

        foreach (int source in node.Inputs.Where(source => source < Architecture.InputIndex || source >= index))
        {
            problems.Add($"{place}: input {source} must be an earlier node (-1 to {index - 1})");
            return null;
        }

        Shape?[] sources = [.. node.Inputs.Select(source => source == Architecture.InputIndex ? input : shapes[source])];
        if (sources.Any(source => source is null)) return null;   // its own problem is already listed
        int before = problems.Count;
        Shape output = Output(node.Layer, sources[0]!.Value, expected == 2 ? sources[1]!.Value : default, place, problems);
        if (problems.Count > before) return null;
        if ((long)output.Height * output.Width * output.Channels > MaxElements)
        {
            problems.Add($"{place}: output {output} has more than {MaxElements} values");
            return null;
        }

        return output;
    }

    private static Shape Output(LayerSpec layer, Shape x, Shape other, string place, List<string> problems) => layer switch
    {
        Conv2D l => Slide(x, l.KernelHeight, l.KernelWidth, l.Stride, l.Padding, l.OutputChannels, place, problems),
        DepthwiseConv2D l => Slide(x, l.KernelHeight, l.KernelWidth, l.Stride, l.Padding, x.Channels, place, problems),
        Dense l => Check(l.OutputFeatures >= 1, $"{place}: output features >= 1 must hold, but got {l.OutputFeatures}",
            new Shape(1, 1, l.OutputFeatures), problems),
        MaxPool l => Pool(x, l.Height, l.Width, l.Stride, place, problems),
        AvgPool l => Pool(x, l.Height, l.Width, l.Stride, place, problems),
        GlobalAveragePool => new Shape(1, 1, x.Channels),
        Add => Check(x == other, $"{place}: both inputs must have one shape, but got {x} and {other}", x, problems),
        Downsample l => Reduce(x, l.Factor, place, problems),
        Greyscale => Check(x.Channels == 3, $"{place}: greyscale needs 3 channels, but got {x}", x with { Channels = 1 }, problems),
        Relu or BatchNorm => x,
        _ => throw UnknownLayer.Of(layer),
    };

    private static Shape Slide(
        Shape x, int height, int width, int stride, Padding padding, int channels, string place, List<string> problems)
    {
        int before = problems.Count;
        if (height is < 1 or > MaxKernel || width is < 1 or > MaxKernel)
        {
            problems.Add($"{place}: 1 <= kernel <= {MaxKernel} must hold, but got {height}x{width}");
        }

        if (stride is < 1 or > 2) problems.Add($"{place}: stride must be 1 or 2, but got {stride}");
        if (channels < 1) problems.Add($"{place}: output channels >= 1 must hold, but got {channels}");
        if (problems.Count > before) return x;
        Window rows = Window.Of(x.Height, height, stride, padding), columns = Window.Of(x.Width, width, stride, padding);
        return Check(rows.Output >= 1 && columns.Output >= 1,
            $"{place}: kernel {height}x{width} does not fit input {x.Height}x{x.Width} with {padding.ToString().ToLowerInvariant()} padding",
            new Shape(rows.Output, columns.Output, channels), problems);
    }

    private static Shape Pool(Shape x, int height, int width, int stride, string place, List<string> problems)
    {
        if (height is < 1 or > MaxKernel || width is < 1 or > MaxKernel || stride is < 1 or > MaxKernel)
        {
            problems.Add($"{place}: 1 <= window, stride <= {MaxKernel} must hold, but got {height}x{width} stride {stride}");
            return x;
        }

        Window rows = Window.Of(x.Height, height, stride, Padding.Valid), columns = Window.Of(x.Width, width, stride, Padding.Valid);
        return Check(rows.Output >= 1 && columns.Output >= 1, $"{place}: window {height}x{width} does not fit input {x.Height}x{x.Width}",
            new Shape(rows.Output, columns.Output, x.Channels), problems);
    }

    private static Shape Reduce(Shape x, int factor, string place, List<string> problems)
    {
        if (factor is < 2 or > 4)
        {
            problems.Add($"{place}: 2 <= factor <= 4 must hold, but got {factor}");
            return x;
        }

        var window = DownsampleWindow(x, factor);
        return Check(x.Height >= window.Height && x.Width >= window.Width, $"{place}: input {x} is smaller than one block of {factor}",
            new Shape(x.Height / window.Height, x.Width / window.Width, x.Channels), problems);
    }

    /// <summary>The block that <see cref="Downsample"/> averages: a dimension of extent 1 stays.</summary>
    internal static (int Height, int Width) DownsampleWindow(Shape x, int factor) =>
        (x.Height == 1 ? 1 : factor, x.Width == 1 ? 1 : factor);

    private static void CheckReaders(ImmutableArray<Node> nodes, List<string> problems)
    {
        for (int index = 0; index < nodes.Length - 1; index++)
        {
            int source = index;
            if (!nodes.Any(node => !node.Inputs.IsDefault && node.Inputs.Contains(source)))
            {
                problems.Add($"{nodes[index].Layer.GetType().Name} '{nodes[index].Name}': nothing reads its output");
            }
        }
    }

    private static void CheckOutput(ImmutableArray<Node> nodes, Shape?[] shapes, int classes, List<string> problems)
    {
        Node last = nodes[^1];
        string place = $"{last.Layer.GetType().Name} '{last.Name}'";
        if (last.Layer is not (Dense or Conv2D or GlobalAveragePool))
        {
            problems.Add($"{place}: the last layer gives the logits and must be Dense, Conv2D or GlobalAveragePool");
        }

        if (shapes[^1] is { } output && output != new Shape(1, 1, classes))
        {
            problems.Add($"{place}: the output must be 1x1x{classes} (one logit per class), but is {output}");
        }
    }

    private static Shape Check(bool holds, string problem, Shape result, List<string> problems)
    {
        if (!holds) problems.Add(problem);
        return result;
    }
}
