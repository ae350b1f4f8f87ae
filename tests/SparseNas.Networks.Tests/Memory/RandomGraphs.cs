using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Networks.Tests.Memory;

/// <summary>Random small graphs of every layer kind, with branches that meet again in Add and values read long after they were written.</summary>
internal static class RandomGraphs
{
    public static OperatorGraph Next(SeededRandom random, int maxOperators, int maxExtent = 9)
    {
        int channels = random.Next(1, 4);
        var input = new Shape(random.Next(1, maxExtent + 1), random.Next(2, maxExtent + 1), channels);
        List<Node> nodes = [];
        List<Shape> shapes = [];
        Shape At(int index) => index < 0 ? input : shapes[index];
        void Append(LayerSpec layer, int[] inputs, Shape output)
        {
            nodes.Add(new Node($"n{nodes.Count}", layer, [.. inputs]));
            shapes.Add(output);
        }

        int body = random.Next(0, maxOperators - 1);
        while (nodes.Count < body)
        {
            int source = random.Next(5) > 0 ? nodes.Count - 1 : random.Next(-1, nodes.Count);
            Shape x = At(source);
            int[] twins = [.. Enumerable.Range(-1, nodes.Count + 1).Where(other => other != source && At(other) == x)];
            int[] neighbours = [.. Enumerable.Range(-1, nodes.Count + 1).Where(other => At(other) with { Channels = x.Channels } == x)];
            if (random.Next(6) == 0 && x.Channels < 20)
            {
                int other = neighbours[random.Next(neighbours.Length)];
                Append(new Concat(), [source, other], x with { Channels = x.Channels + At(other).Channels });
            }
            else if (twins.Length > 0 && random.Next(2) == 0) Append(new Add(), [source, twins[random.Next(twins.Length)]], x);
            else if (Layer(random, x) is var (layer, output)) Append(layer, [source], output);
        }

        // Whatever nothing reads yet flows into the head: same shapes through Add, other shapes through a global pool and a pointwise layer.
        List<int> open = [.. Enumerable.Range(0, nodes.Count).Where(index => !nodes.Any(node => node.Inputs.Contains(index)))];
        if (open.Count == 0) open.Add(Architecture.InputIndex);
        List<int> heads = [];
        foreach (int source in open)
        {
            int from = source;
            if (open.Count > 1 || random.Next(2) == 0)
            {
                Append(new GlobalAveragePool(), [from], new Shape(1, 1, At(from).Channels));
                Append(new Dense(3), [nodes.Count - 1], new Shape(1, 1, 3));
                from = nodes.Count - 1;
            }

            heads.Add(from);
        }

        while (heads.Count > 1)
        {
            Append(new Add(), [heads[0], heads[1]], new Shape(1, 1, 3));
            heads.RemoveRange(0, 2);
            heads.Add(nodes.Count - 1);
        }

        Append(new Dense(2), [heads[0]], new Shape(1, 1, 2));
        return OperatorGraph.From(new Architecture("random", input, 2, [.. nodes]));
    }

    private static (LayerSpec Layer, Shape Output) Layer(SeededRandom random, Shape x)
    {
        while (true)
        {
            int height = random.Next(1, 4), width = random.Next(1, 4), stride = random.Next(1, 3), channels = random.Next(1, 6);
            Padding padding = random.Next(2) == 0 ? Padding.Valid : Padding.Same;
            LayerSpec layer = random.Next(9) switch
            {
                0 or 1 or 2 => new Conv2D(channels, height, width, stride, padding),
                3 => new DepthwiseConv2D(height, width, stride, padding),
                4 => new MaxPool(height, width, stride),
                5 => new AvgPool(height, width, stride),
                6 => new Downsample(2),
                7 => new Gather([.. Enumerable.Range(0, x.Elements).Where(_ => random.Next(2) == 0)]),
                _ => new Relu(),
            };
            try
            {
                ImmutableArray<Node> probe = [new Node("probe", layer, [-1]), new Node("head", new Dense(2), [0])];
                return (layer, new Architecture("probe", x, 2, probe).OutputOf(0));
            }
            catch (ArchitectureException)
            {
                // the layer does not fit this input: draw another
            }
        }
    }
}
