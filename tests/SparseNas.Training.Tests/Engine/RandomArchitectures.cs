using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Training.Tests.Engine;

/// <summary>Small valid architectures with every layer kind, branches, odd sizes, strides and 1-D signals.</summary>
internal static class RandomArchitectures
{
    public static Architecture Draw(SeededRandom random)
    {
        while (true)
        {
            try
            {
                return Attempt(random);
            }
            catch (ArchitectureException)
            {
                // a kernel did not fit: draw again
            }
        }
    }

    private static Architecture Attempt(SeededRandom random)
    {
        int height = random.Next(4) == 0 ? 1 : random.Next(5, 14);
        var input = new Shape(height, random.Next(5, 14), random.Next(2) == 0 ? 3 : random.Next(1, 5));
        var nodes = ImmutableArray.CreateBuilder<Node>();
        int tip = -1;
        if (input.Channels == 3 && random.Next(3) == 0) tip = Append(new Greyscale(), tip);
        if (random.Next(4) == 0) tip = Append(new Downsample(2), tip);
        int depth = random.Next(1, 5);
        for (int i = 0; i < depth; i++)
        {
            tip = Append(Body(random), tip);
            if (random.Next(2) == 0 && !ScalesOnly(nodes[tip].Layer)) tip = Normalised(tip);
            if (random.Next(3) > 0) tip = Append(new Relu(), tip);
            if (random.Next(4) == 0) tip = Branch(tip);
            if (random.Next(3) == 0) tip = Append(Pool(random), tip);
        }

        int classes = random.Next(2, 12);
        if (random.Next(4) == 0) tip = Select(tip);
        if (random.Next(3) == 0) tip = Append(new GlobalAveragePool(), tip);
        if (random.Next(3) == 0) tip = Append(new Relu(), Append(new Dense(random.Next(3, 20)), tip));
        Append(new Dense(classes), tip);
        return new Architecture("random", input, classes, nodes.ToImmutable());

        int Append(LayerSpec layer, params ReadOnlySpan<int> sources)
        {
            nodes.Add(new Node($"n{nodes.Count}", layer, [.. sources]));
            return nodes.Count - 1;
        }

        int Normalised(int from)
        {
            nodes[from] = nodes[from] with { Layer = WithoutBias(nodes[from].Layer) };
            return Append(new BatchNorm(), from);
        }

        int Select(int from)
        {
            Node probe = new("probe", new Dense(classes), [from]);
            int elements = new Architecture("probe", input, classes, [.. nodes, probe]).OutputOf(from).Elements;
            ImmutableArray<int> indices = [.. Enumerable.Range(0, elements).Where(_ => random.Next(2) == 0)];
            int tip = indices.IsEmpty ? from : Append(new Gather(indices), from);
            return random.Next(2) == 0 ? tip : Append(new Relu(), tip);
        }

        int Branch(int from)
        {
            int kernel = random.Next(1, 4);
            int side = Append(new DepthwiseConv2D(kernel, kernel, 1, Padding.Same, random.Next(2) == 0), from);
            if (random.Next(2) == 0 && kernel > 1) side = Normalised(side);
            if (random.Next(2) == 0) side = Append(new Relu(), side);
            return Append(random.Next(2) == 0 ? new Add() : new Concat(), random.Next(2) == 0 ? [from, side] : [side, from]);
        }
    }

    /// <summary>Batch norm undoes a scale per channel, so its gradient is rounding noise around zero: there is nothing to compare.</summary>
    private static bool ScalesOnly(LayerSpec layer) => layer is DepthwiseConv2D { KernelHeight: 1 } or DepthwiseConv2D { KernelWidth: 1 };

    /// <summary>Batch norm undoes a shift per channel as well.</summary>
    private static LayerSpec WithoutBias(LayerSpec layer) => layer switch
    {
        Conv2D l => l with { HasBias = false },
        DepthwiseConv2D l => l with { HasBias = false },
        _ => layer,
    };

    private static LayerSpec Body(SeededRandom random)
    {
        Padding padding = random.Next(2) == 0 ? Padding.Same : Padding.Valid;
        int height = random.Next(1, 6), width = random.Next(1, 6), stride = random.Next(1, 3);
        bool bias = random.Next(2) == 0;
        return random.Next(4) == 0
            ? new DepthwiseConv2D(height, width, stride, padding, bias)
            : new Conv2D(random.Next(1, 13), height, width, stride, padding, bias);
    }

    private static LayerSpec Pool(SeededRandom random)
    {
        int height = random.Next(1, 4), width = random.Next(1, 4), stride = random.Next(1, 4);
        return random.Next(2) == 0 ? new MaxPool(height, width, stride) : new AvgPool(height, width, stride);
    }
}
