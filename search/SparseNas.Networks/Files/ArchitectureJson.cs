using System.Collections.Immutable;
using System.Text.Json;

namespace SparseNas.Networks;

/// <summary>
/// An architecture as JSON that people write by hand. Layers stand in topological order and each reads the one before it; a branch gives
/// <c>inputs</c> by name, where <c>input</c> is the network's input. Without <c>name</c> a layer is called by kind and position (conv1, relu2, …).
/// </summary>
/// <example><code>
/// {
///   "name": "two-branches",
///   "input": [28, 28, 1],
///   "classes": 10,
///   "layers": [
///     { "layer": "conv", "channels": 8, "kernel": 3, "stride": 2, "padding": "same", "name": "stem" },
///     { "layer": "depthwise", "kernel": [3, 3], "padding": "same", "bias": false, "name": "branch" },
///     { "layer": "add", "inputs": ["stem", "branch"] },
///     { "layer": "maxpool", "window": 2 },
///     { "layer": "dense", "features": 10 }
///   ]
/// }
/// </code>
/// Layers and their keys: conv (channels, kernel, stride 1, padding "valid", bias true), depthwise (kernel, stride 1, padding "valid", bias true),
/// dense (features), maxpool and avgpool (window, stride = window), downsample (factor), gather (indices), gap, add, concat, greyscale, relu, batchnorm.
/// A kernel or window is one number for a square or [height, width].</example>
public static class ArchitectureJson
{
    private static readonly JsonDocumentOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads an architecture; comments and trailing commas are allowed.</summary>
    /// <exception cref="ArchitectureException">Any mistake; all are listed, each with its JSON path.</exception>
    public static Architecture Read(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, Options);
            return Read(document.RootElement, "$");
        }
        catch (JsonException mistake)
        {
            throw new ArchitectureException("?", [$"line {mistake.LineNumber + 1}, byte {mistake.BytePositionInLine + 1}: not JSON: {mistake.Message}"]);
        }
    }

    /// <summary>Reads an architecture that is part of a larger document.</summary>
    /// <param name="element">The architecture's object.</param>
    /// <param name="path">Its JSON path, for messages.</param>
    /// <exception cref="ArchitectureException">Any mistake; all are listed, each with its JSON path.</exception>
    public static Architecture Read(JsonElement element, string path)
    {
        List<string> problems = [];
        if (StrictJsonObject.Open(element, path, problems) is not { } fields) throw new ArchitectureException("?", [.. problems]);
        string name = fields.Text("name", "unnamed") ?? "?";
        int[]? input = fields.Integers("input", 3);
        int? classes = fields.Integer("classes");
        ImmutableArray<Node>? nodes = fields.Required("layers") is { } layers ? ReadNodes(layers, path + ".layers", problems) : null;
        fields.RejectUnknown();

        if (input is not null && classes is not null && nodes is { } complete)
        {
            try
            {
                var result = new Architecture(name, new Shape(input[0], input[1], input[2]), classes.Value, complete);
                if (problems.Count == 0) return result;
            }
            catch (ArchitectureException broken)
            {
                problems.AddRange(broken.Problems.Select(problem => $"{PathOf(problem, complete, path)}: {problem}"));
            }
        }

        throw new ArchitectureException(name, [.. problems]);
    }

    /// <summary>The architecture as JSON for people, one layer on each line; whatever equals its default is left out.</summary>
    public static string Write(Architecture architecture) => Write(architecture, Environment.NewLine);

    /// <summary>The same on one line, for journals.</summary>
    public static string WriteLine(Architecture architecture) => Write(architecture, "");

    private static string Write(Architecture architecture, string line)
    {
        string indent = line.Length == 0 ? "" : "  ", separator = line.Length == 0 ? ", " : "," + line;
        IEnumerable<string> layers = Enumerable.Range(0, architecture.Nodes.Length)
            .Select(index => $"{indent}{indent}{{ {string.Join(", ", LayerJson.Fields(architecture, index))} }}");
        Shape input = architecture.Input;
        return $"{{{line}{indent}\"name\": \"{JsonEncodedText.Encode(architecture.Name)}\"{separator}"
            + $"{indent}\"input\": [{input.Height}, {input.Width}, {input.Channels}]{separator}"
            + $"{indent}\"classes\": {architecture.Classes}{separator}"
            + $"{indent}\"layers\": [{line}{string.Join(separator, layers)}{line}{indent}]{line}}}";
    }

    /// <summary>All nodes, or null when one of them could not be read.</summary>
    private static ImmutableArray<Node>? ReadNodes(JsonElement layers, string path, List<string> problems)
    {
        if (layers.ValueKind != JsonValueKind.Array)
        {
            problems.Add($"{path}: an array of layers is needed");
            return null;
        }

        Dictionary<string, int> earlier = new() { [LayerJson.InputName] = Architecture.InputIndex };
        var nodes = ImmutableArray.CreateBuilder<Node>();
        bool complete = true;
        foreach ((int index, JsonElement layer) in layers.EnumerateArray().Index())
        {
            Node? node = StrictJsonObject.Open(layer, $"{path}[{index}]", problems) is { } fields ? LayerJson.Read(fields, index, earlier) : null;
            complete &= node is not null;
            nodes.Add(node ?? new Node($"layer{index + 1}", new Relu(), [index - 1]));   // only keeps positions; never built when incomplete
            earlier[nodes[^1].Name] = index;
        }

        return complete ? nodes.ToImmutable() : null;
    }

    /// <summary>A law names its layer as <c>Kind 'name'</c>; that is where it stands in the file.</summary>
    private static string PathOf(string problem, ImmutableArray<Node> nodes, string path)
    {
        int index = nodes.Select(node => $"{node.Layer.GetType().Name} '{node.Name}':").ToList()
            .FindIndex(place => problem.StartsWith(place, StringComparison.Ordinal));
        return index < 0 ? path : $"{path}.layers[{index}]";
    }
}
