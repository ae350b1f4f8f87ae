using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>One layer in the graph.</summary>
/// <param name="Name">Unique, letters, digits and underscore, starting with a letter.</param>
/// <param name="Layer">What it does.</param>
/// <param name="Inputs">Indices of earlier nodes; <see cref="Architecture.InputIndex"/> is the network's input.</param>
public sealed record Node(string Name, LayerSpec Layer, ImmutableArray<int> Inputs)
{
    /// <inheritdoc/>
    public bool Equals(Node? other) =>
        other is not null && Name == other.Name && Layer == other.Layer && Inputs.AsSpan().SequenceEqual(other.Inputs.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Layer, Inputs.Length);
}

/// <summary>
/// A network without weights: a directed acyclic graph of layers in a topological order, immutable and valid by construction.
/// </summary>
/// <example><code>
/// var net = Architecture.Chain("net", new Shape(28, 28, 1), 10, new Conv2D(8, 3, 3), new Relu(), new MaxPool(2, 2, 2), new Dense(10));
/// net.OutputOf(0);   // 26x26x8
/// </code></example>
public sealed class Architecture : IEquatable<Architecture>
{
    /// <summary>The index that stands for the network's input in <see cref="Node.Inputs"/>.</summary>
    public const int InputIndex = -1;

    private readonly ImmutableArray<Shape> outputs;
    private readonly int[] readerCounts;

    /// <summary>Checks and builds an architecture; the last node's output is the network's output, one logit per class.</summary>
    /// <param name="name">A short name for people.</param>
    /// <param name="input">Shape of one sample.</param>
    /// <param name="classes">Number of classes, at least 2; the last node must give 1x1xclasses.</param>
    /// <param name="nodes">Layers in topological order.</param>
    /// <exception cref="ArchitectureException">Any law is broken; every break is listed.</exception>
    public Architecture(string name, Shape input, int classes, ImmutableArray<Node> nodes)
    {
        outputs = ArchitectureLaws.InferShapes(name, input, classes, nodes);
        Name = name;
        Input = input;
        Classes = classes;
        Nodes = nodes;
        readerCounts = new int[nodes.Length];
        foreach (Node node in nodes)
        {
            foreach (int source in node.Inputs.AsSpan())
            {
                if (source != InputIndex) readerCounts[source]++;
            }
        }
    }

    /// <summary>A short name for people.</summary>
    public string Name { get; }

    /// <summary>Shape of one sample.</summary>
    public Shape Input { get; }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Layers in topological order.</summary>
    public ImmutableArray<Node> Nodes { get; }

    /// <summary>Shape that node <paramref name="index"/> gives; <see cref="InputIndex"/> gives the network's input.</summary>
    public Shape OutputOf(int index) => index == InputIndex ? Input : outputs[index];

    /// <summary>Shape of the first input of node <paramref name="index"/>.</summary>
    public Shape InputOf(int index) => OutputOf(Nodes[index].Inputs[0]);

    /// <summary>How often the output of node <paramref name="index"/> is read; an Add that takes it twice counts twice.</summary>
    public int ReaderCount(int index) => readerCounts[index];

    /// <summary>Indices of the nodes that read the output of <paramref name="index"/>.</summary>
    public IEnumerable<int> ReadersOf(int index) =>
        Enumerable.Range(0, Nodes.Length).Where(reader => Nodes[reader].Inputs.Contains(index));

    /// <summary>An architecture in which each layer reads the one before it; nodes are named by kind and position.</summary>
    /// <exception cref="ArchitectureException">Any law is broken.</exception>
    public static Architecture Chain(string name, Shape input, int classes, params ReadOnlySpan<LayerSpec> layers)
    {
        var nodes = ImmutableArray.CreateBuilder<Node>(layers.Length);
        foreach (LayerSpec layer in layers)
        {
            nodes.Add(new Node($"{LayerNames.Of(layer)}{nodes.Count + 1}", layer, [nodes.Count - 1]));
        }

        return new Architecture(name, input, classes, nodes.MoveToImmutable());
    }

    /// <inheritdoc/>
    public bool Equals(Architecture? other) =>
        other is not null && Input == other.Input && Classes == other.Classes && Nodes.AsSpan().SequenceEqual(other.Nodes.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Architecture);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Input);
        foreach (Node node in Nodes) hash.Add(node);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Input} -> {string.Join(" -> ", Nodes.Select(node => node.Name))}";
}
