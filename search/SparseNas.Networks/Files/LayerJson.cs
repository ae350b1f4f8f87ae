using System.Collections.Immutable;
using System.Text.Json;

namespace SparseNas.Networks;

/// <summary>One layer of <see cref="ArchitectureJson"/>: its keys, stated once for reading and once for writing.</summary>
internal static class LayerJson
{
    /// <summary>The name that stands for the network's input.</summary>
    public const string InputName = "input";

    private static readonly string[] Kinds =
        ["conv", "depthwise", "dense", "maxpool", "avgpool", "gap", "add", "concat", "gather", "downsample", "greyscale", "relu", "batchnorm"];

    /// <summary>Reads a layer; null when a problem leaves it incomplete.</summary>
    /// <param name="fields">The layer's object.</param>
    /// <param name="index">Position among the layers.</param>
    /// <param name="earlier">Names that it may read.</param>
    public static Node? Read(StrictJsonObject fields, int index, IReadOnlyDictionary<string, int> earlier)
    {
        if (fields.Text("layer") is not { } kind) return null;
        if (!Kinds.Contains(kind))
        {
            fields.Report("layer", $"'{kind}' is not a layer; layers are {string.Join(", ", Kinds)}");
            return null;
        }

        LayerSpec? layer = ReadLayer(fields, kind);
        string? name = fields.Text("name", DefaultName(kind, index));
        ImmutableArray<int>? inputs = ReadInputs(fields, index, earlier);
        fields.RejectUnknown();
        return layer is null || name is null || inputs is null ? null : new Node(name, layer, inputs.Value);
    }

    /// <summary>The keys and values of node <paramref name="index"/> as JSON text.</summary>
    public static IEnumerable<string> Fields(Architecture architecture, int index)
    {
        Node node = architecture.Nodes[index];
        string kind = LayerNames.Of(node.Layer);
        yield return $"\"layer\": \"{kind}\"";
        foreach (string field in LayerFields(node.Layer)) yield return field;
        if (node.Name != DefaultName(kind, index)) yield return $"\"name\": \"{node.Name}\"";
        if (!node.Inputs.AsSpan().SequenceEqual([index - 1]))
        {
            IEnumerable<string> names = node.Inputs.Select(source => source == Architecture.InputIndex ? InputName : architecture.Nodes[source].Name);
            yield return $"\"inputs\": [{string.Join(", ", names.Select(name => $"\"{name}\""))}]";
        }
    }

    private static string DefaultName(string kind, int index) => $"{kind}{index + 1}";

    private static LayerSpec? ReadLayer(StrictJsonObject fields, string kind)
    {
        switch (kind)
        {
            case "conv":
                int? channels = fields.Integer("channels");
                return ReadSliding(fields) is { } c && channels is { } outputs
                    ? new Conv2D(outputs, c.Height, c.Width, c.Stride, c.Padding, c.HasBias) : null;
            case "depthwise":
                return ReadSliding(fields) is { } d ? new DepthwiseConv2D(d.Height, d.Width, d.Stride, d.Padding, d.HasBias) : null;
            case "dense":
                return fields.Integer("features") is { } features ? new Dense(features) : null;
            case "maxpool":
                return ReadPool(fields) is { } m ? new MaxPool(m.Height, m.Width, m.Stride) : null;
            case "avgpool":
                return ReadPool(fields) is { } a ? new AvgPool(a.Height, a.Width, a.Stride) : null;
            case "downsample":
                return fields.Integer("factor") is { } factor ? new Downsample(factor) : null;
            case "gather":
                return fields.Integers("indices") is { } indices ? new Gather([.. indices]) : null;
            default:
                return kind switch
                {
                    "gap" => new GlobalAveragePool(),
                    "add" => new Add(),
                    "concat" => new Concat(),
                    "greyscale" => new Greyscale(),
                    "relu" => new Relu(),
                    _ => new BatchNorm(),
                };
        }
    }

    private static (int Height, int Width, int Stride, Padding Padding, bool HasBias)? ReadSliding(StrictJsonObject fields)
    {
        (int Height, int Width)? kernel = ReadExtent(fields, "kernel");
        int? stride = fields.Integer("stride", 1);
        bool? bias = fields.Flag("bias", true);
        string? text = fields.Text("padding", "valid");
        Padding? padding = text switch { "valid" => Padding.Valid, "same" => Padding.Same, _ => null };
        if (text is not null && padding is null) fields.Report("padding", $"'valid' or 'same' is needed, but got '{text}'");
        return kernel is { } k && stride is { } s && padding is { } p && bias is { } b ? (k.Height, k.Width, s, p, b) : null;
    }

    private static (int Height, int Width, int Stride)? ReadPool(StrictJsonObject fields)
    {
        (int Height, int Width)? window = ReadExtent(fields, "window");
        int? square = window is { } w && w.Height == w.Width ? w.Height : null;
        int? stride = fields.Integer("stride", window is null ? 1 : square);
        return window is { } size && stride is { } s ? (size.Height, size.Width, s) : null;
    }

    /// <summary>One number for a square, or [height, width].</summary>
    private static (int Height, int Width)? ReadExtent(StrictJsonObject fields, string key)
    {
        if (fields.Optional(key) is { ValueKind: JsonValueKind.Array })
        {
            return fields.Integers(key, 2) is { } sides ? (sides[0], sides[1]) : null;
        }

        return fields.Integer(key) is { } side ? (side, side) : null;
    }

    private static ImmutableArray<int>? ReadInputs(StrictJsonObject fields, int index, IReadOnlyDictionary<string, int> earlier)
    {
        if (fields.Optional("inputs") is not { } names) return [index - 1];
        if (names.ValueKind != JsonValueKind.Array || names.EnumerateArray().Any(name => name.ValueKind != JsonValueKind.String))
        {
            fields.Report("inputs", "an array of layer names is needed");
            return null;
        }

        var inputs = ImmutableArray.CreateBuilder<int>();
        bool complete = true;
        foreach (string name in names.EnumerateArray().Select(item => item.GetString()!))
        {
            bool found = earlier.TryGetValue(name, out int source);
            if (!found) fields.Report("inputs", $"'{name}' is not an earlier layer; earlier are {string.Join(", ", earlier.Keys)}");
            complete &= found;
            inputs.Add(source);
        }

        return complete ? inputs.ToImmutable() : null;
    }

    private static IEnumerable<string> LayerFields(LayerSpec layer) => layer switch
    {
        Conv2D l => [$"\"channels\": {l.OutputChannels}", .. Sliding(l.KernelHeight, l.KernelWidth, l.Stride, l.Padding, l.HasBias)],
        DepthwiseConv2D l => Sliding(l.KernelHeight, l.KernelWidth, l.Stride, l.Padding, l.HasBias),
        Dense l => [$"\"features\": {l.OutputFeatures}"],
        MaxPool l => Pool(l.Height, l.Width, l.Stride),
        AvgPool l => Pool(l.Height, l.Width, l.Stride),
        Gather l => [$"\"indices\": [{string.Join(", ", l.Indices)}]"],
        Downsample l => [$"\"factor\": {l.Factor}"],
        GlobalAveragePool or Add or Concat or Greyscale or Relu or BatchNorm => [],
        _ => throw UnknownLayer.Of(layer),
    };

    private static IEnumerable<string> Sliding(int height, int width, int stride, Padding padding, bool hasBias)
    {
        yield return Extent("kernel", height, width);
        if (stride != 1) yield return $"\"stride\": {stride}";
        if (padding == Padding.Same) yield return "\"padding\": \"same\"";
        if (!hasBias) yield return "\"bias\": false";
    }

    private static IEnumerable<string> Pool(int height, int width, int stride)
    {
        yield return Extent("window", height, width);
        if (height != width || stride != height) yield return $"\"stride\": {stride}";
    }

    private static string Extent(string key, int height, int width) =>
        height == width ? $"\"{key}\": {height}" : $"\"{key}\": [{height}, {width}]";
}
