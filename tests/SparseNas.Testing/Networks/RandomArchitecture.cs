using SparseNas.Networks;

namespace SparseNas.Testing;

/// <summary>
/// Small valid architectures from a seed, for property tests: every layer kind, strides, both paddings, 1-D signals, residual branches,
/// branches that meet in an Add or stand side by side, and all kinds of heads, with and without a gather before them.
/// </summary>
public sealed class RandomArchitecture
{
    private readonly SeededRandom random;
    private readonly List<Node> nodes = [];
    private readonly List<Shape> shapes = [];
    private readonly Shape input;
    private readonly int classes;

    private RandomArchitecture(ulong seed)
    {
        random = new SeededRandom(seed, 0xA1C);
        classes = random.Next(2, 6);
        input = random.Next(5) switch
        {
            0 => new Shape(1, random.Next(8, 24), random.Next(1, 4)),
            1 => new Shape(random.Next(6, 13), random.Next(6, 13), 3),
            _ => new Shape(random.Next(6, 13), random.Next(6, 13), random.Next(1, 4)),
        };
    }

    private int Last => nodes.Count - 1;

    /// <summary>The architecture of <paramref name="seed"/>.</summary>
    public static Architecture Of(ulong seed)
    {
        var builder = new RandomArchitecture(seed);
        builder.Stem();
        int blocks = builder.random.Next(2, 6);
        for (int block = 0; block < blocks; block++) builder.Block();
        builder.Head();
        return new Architecture($"random{seed}", builder.input, builder.classes, [.. builder.nodes]);
    }

    private Shape ShapeOf(int index) => index == Architecture.InputIndex ? input : shapes[index];

    private int Append(LayerSpec layer, params int[] inputs)
    {
        Shape x = ShapeOf(inputs[0]);
        nodes.Add(new Node($"{LayerNames.Of(layer)}{nodes.Count + 1}", layer, [.. inputs]));
        shapes.Add(layer switch
        {
            Conv2D l => Slide(x, l.KernelHeight, l.KernelWidth, l.Stride, l.Padding) with { Channels = l.OutputChannels },
            DepthwiseConv2D l => Slide(x, l.KernelHeight, l.KernelWidth, l.Stride, l.Padding),
            Dense l => new Shape(1, 1, l.OutputFeatures),
            MaxPool l => Slide(x, l.Height, l.Width, l.Stride, Padding.Valid),
            AvgPool l => Slide(x, l.Height, l.Width, l.Stride, Padding.Valid),
            GlobalAveragePool => new Shape(1, 1, x.Channels),
            Downsample l => new Shape(x.Height == 1 ? 1 : x.Height / l.Factor, x.Width == 1 ? 1 : x.Width / l.Factor, x.Channels),
            Concat => x with { Channels = x.Channels + ShapeOf(inputs[1]).Channels },
            Gather l => new Shape(1, 1, l.Indices.Length),
            Greyscale => x with { Channels = 1 },
            _ => x,
        });
        return Last;
    }

    private static Shape Slide(Shape x, int height, int width, int stride, Padding padding) =>
        new(Window.Of(x.Height, height, stride, padding).Output, Window.Of(x.Width, width, stride, padding).Output, x.Channels);

    private void Stem()
    {
        if (input.Channels == 3 && random.Next(2) == 0) Append(new Greyscale(), Last);
        if (random.Next(3) == 0) Append(new Downsample(2), Last);
        Append(Conv(ShapeOf(Last), random.Next(2, 7)), Last);
    }

    private void Block()
    {
        int start = Last;
        Shape x = ShapeOf(start);
        switch (random.Next(9))
        {
            case 0:
                Append(Conv(x, random.Next(1, 7)), start);
                break;
            case 1:
                Append(new DepthwiseConv2D(Kernel(x.Height), Kernel(x.Width), random.Next(1, 3), AnyPadding(), random.Next(2) == 0), start);
                break;
            case 2 when x.Height > 3 && x.Width > 3:
                Append(random.Next(2) == 0 ? new MaxPool(2, 2, random.Next(1, 3)) : new AvgPool(random.Next(1, 4), 2, 2), start);
                break;
            case 3:
                Append(new BatchNorm(), start);
                break;
            case 4:
                Append(new Relu(), start);
                break;
            case 5:   // residual
                Append(new Add(), start, SameShapeBranch(start, x.Channels));
                break;
            case 6:   // two branches of new width
                int channels = random.Next(1, 6);
                Append(new Add(), SameShapeBranch(start, channels), SameShapeBranch(start, channels));
                break;
            case 7:   // two branches, or one beside nothing, side by side
                int side = SameShapeBranch(start, random.Next(1, 4));
                Append(new Concat(), side, random.Next(2) == 0 ? start : SameShapeBranch(start, random.Next(1, 4)));
                break;
            default:
                Append(new Relu(), Append(new BatchNorm(), Append(Conv(x, random.Next(2, 7)), start)));
                break;
        }
    }

    private int SameShapeBranch(int start, int channels)
    {
        Shape x = ShapeOf(start);
        int end = Append(new Conv2D(channels, Kernel(x.Height), Kernel(x.Width), 1, Padding.Same, random.Next(2) == 0), start);
        if (random.Next(2) == 0) end = Append(new BatchNorm(), end);
        if (random.Next(2) == 0) end = Append(new Relu(), end);
        if (random.Next(2) == 0) end = Append(new DepthwiseConv2D(Kernel(x.Height), Kernel(x.Width), 1, Padding.Same, random.Next(2) == 0), end);
        return end;
    }

    private void Head()
    {
        if (random.Next(4) == 0) Append(Selection(ShapeOf(Last).Elements), Last);
        Shape x = ShapeOf(Last);
        switch (random.Next(4))
        {
            case 0:
                Append(new Dense(classes), Append(new GlobalAveragePool(), Last));
                break;
            case 1:
                Append(new GlobalAveragePool(), Append(new Conv2D(classes, 1, 1), Last));
                break;
            case 2:
                Append(new Dense(classes), Append(new Relu(), Append(new Dense(random.Next(2, 9)), Last)));
                break;
            case 3 when x.Height <= 7 && x.Width <= 7:
                Append(new Conv2D(classes, x.Height, x.Width), Last);
                break;
            default:
                Append(new Dense(classes), Last);
                break;
        }
    }

    private Conv2D Conv(Shape x, int channels) =>
        new(channels, Kernel(x.Height), Kernel(x.Width), random.Next(1, 3), AnyPadding(), random.Next(2) == 0);

    /// <summary>About half of the values, at least one.</summary>
    private Gather Selection(int elements)
    {
        int first = random.Next(elements);
        return new Gather([.. Enumerable.Range(0, elements).Where(index => index == first || random.Next(2) == 0)]);
    }

    private Padding AnyPadding() => random.Next(2) == 0 ? Padding.Valid : Padding.Same;

    private int Kernel(int extent) => random.Next(1, Math.Min(3, extent) + 1);
}
