using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Testing.Networks;

/// <summary>
/// Small architectures of every layer kind, drawn from a seed: images and 1-D signals, every border rule and stride, branches that join
/// in an Add or a concatenation, batch norms and ReLUs with and without a producer that can absorb them, and each kind of last layer.
/// </summary>
/// <example><code>
/// Architecture architecture = RandomArchitectures.Draw(new SeededRandom(17));
/// </code></example>
public static class RandomArchitectures
{
    /// <summary>One architecture.</summary>
    /// <param name="random">Decides everything.</param>
    /// <param name="maxBodyLayers">Most layers or branches between input and head, at least 1.</param>
    /// <param name="maxExtent">Largest height and width of the input, at least 2.</param>
    /// <param name="maxChannels">Most channels of any layer, at least 1.</param>
    public static Architecture Draw(SeededRandom random, int maxBodyLayers = 5, int maxExtent = 12, int maxChannels = 9) =>
        new Drawing(random, maxExtent, maxChannels).Draw(maxBodyLayers);

    private sealed class Drawing(SeededRandom random, int maxExtent, int maxChannels)
    {
        private readonly ImmutableArray<Node>.Builder nodes = ImmutableArray.CreateBuilder<Node>();
        private Shape shape;
        private int current = Architecture.InputIndex;

        public Architecture Draw(int maxBodyLayers)
        {
            bool signal = random.Next(8) == 0;
            bool colour = random.Next(4) == 0;
            Shape input = new(
                signal ? 1 : random.Next(1, maxExtent + 1),
                random.Next(2, (signal ? 3 * maxExtent : maxExtent) + 1),
                colour ? 3 : random.Next(1, 4));
            int classes = random.Next(2, 8);
            shape = input;
            if (input.Channels == 3 && random.Next(2) == 0) Append(new Greyscale());
            if (random.Next(4) == 0) TryDownsample();
            if (random.Next(8) == 0) Append(new Relu());   // nothing before it can absorb it
            int bodyLayers = random.Next(1, maxBodyLayers + 1);
            for (int layer = 0; layer < bodyLayers; layer++) Body();
            Head(classes);
            return new Architecture($"random_{nodes.Count}", input, classes, nodes.ToImmutable());
        }

        private void Body()
        {
            switch (random.Next(12))
            {
                case <= 3: Append(Convolution(Padding.Valid, random.Next(1, maxChannels + 1))); break;
                case 4 or 5: Append(Convolution(Padding.Same, random.Next(1, maxChannels + 1))); break;
                case 6 or 7: Append(Depthwise()); break;
                case 8: Pool(maximum: true); break;
                case 9: Pool(maximum: false); break;
                case 10: Branch(); break;
                default: MoveSignalOrDense(); break;
            }

            Activate();
        }

        /// <summary>Batch norm, ReLU, both or neither; now and then in the order that cannot be folded.</summary>
        private void Activate()
        {
            if (random.Next(4) == 0) Append(new BatchNorm());
            if (random.Next(4) != 0) Append(new Relu());
            if (random.Next(12) == 0) Append(new BatchNorm());
        }

        private Conv2D Convolution(Padding padding, int channels)
        {
            int height = Kernel(shape.Height, padding), width = Kernel(shape.Width, padding);
            return new Conv2D(channels, height, width, random.Next(1, 3), padding, random.Next(3) != 0);
        }

        private DepthwiseConv2D Depthwise()
        {
            Padding padding = random.Next(2) == 0 ? Padding.Same : Padding.Valid;
            return new DepthwiseConv2D(Kernel(shape.Height, padding), Kernel(shape.Width, padding), random.Next(1, 3), padding,
                random.Next(3) != 0);
        }

        private int Kernel(int extent, Padding padding)
        {
            int largest = padding == Padding.Same ? 5 : Math.Min(extent, 5);
            return random.Next(10) == 0 ? Math.Min(padding == Padding.Same ? 7 : extent, 7) : random.Next(1, largest + 1);
        }

        private void Pool(bool maximum)
        {
            int height = random.Next(1, Math.Min(shape.Height, 3) + 1), width = random.Next(1, Math.Min(shape.Width, 3) + 1);
            int stride = random.Next(1, 4);
            Append(maximum ? new MaxPool(height, width, stride) : new AvgPool(height, width, stride));
        }

        /// <summary>Two paths from one tensor, or one path around nothing, that meet in an Add or stand side by side.</summary>
        private void Branch()
        {
            int start = current;
            Shape startShape = shape;
            bool isSum = random.Next(2) == 0;
            int channels = random.Next(2) == 0 ? startShape.Channels : random.Next(1, maxChannels + 1);
            Append(new Conv2D(channels, random.Next(1, 4), random.Next(1, 4), 1, Padding.Same));
            if (random.Next(2) == 0) Append(new Relu());
            int left = current;
            current = start;
            shape = startShape;
            int others = isSum ? channels : random.Next(2) == 0 ? startShape.Channels : random.Next(1, maxChannels + 1);
            if (others != startShape.Channels || random.Next(2) == 0) Append(new Conv2D(others, 1, 1));
            string name = $"{(isSum ? "add" : "concat")}{nodes.Count + 1}";
            nodes.Add(new Node(name, isSum ? new Add() : new Concat(), random.Next(2) == 0 ? [left, current] : [current, left]));
            current = nodes.Count - 1;
            shape = startShape with { Channels = isSum ? channels : channels + others };
        }

        private void MoveSignalOrDense()
        {
            if (shape.Elements <= 64) Append(new Dense(random.Next(2, 17)));
            else Append(Convolution(Padding.Same, random.Next(1, maxChannels + 1)));
        }

        /// <summary>About half of the values, at least one.</summary>
        private Gather Selection()
        {
            int first = random.Next(shape.Elements);
            return new Gather([.. Enumerable.Range(0, shape.Elements).Where(index => index == first || random.Next(2) == 0)]);
        }

        private void TryDownsample()
        {
            int factor = random.Next(2, 5);
            if ((shape.Height == 1 || shape.Height >= factor) && (shape.Width == 1 || shape.Width >= factor))
                Append(new Downsample(factor));
        }

        private void Head(int classes)
        {
            if (random.Next(6) == 0)
            {
                Append(Selection());
                if (random.Next(3) == 0) Append(new Relu());
            }

            switch (random.Next(4))
            {
                case 0:
                    Append(new Conv2D(classes, 1, 1));
                    Activate();
                    Append(new GlobalAveragePool());
                    break;
                case 1:
                    Append(new GlobalAveragePool());
                    Append(new Dense(classes));
                    break;
                case 2 when shape is { Height: <= 7, Width: <= 7 }:
                    Append(new Conv2D(classes, shape.Height, shape.Width));
                    break;
                default:
                    Append(new Dense(classes));
                    break;
            }
        }

        private void Append(LayerSpec layer)
        {
            nodes.Add(new Node($"{LayerNames.Of(layer)}{nodes.Count + 1}", layer, [current]));
            current = nodes.Count - 1;
            shape = Next(layer);
        }

        private Shape Next(LayerSpec layer) => layer switch
        {
            Conv2D l => Slide(l.KernelHeight, l.KernelWidth, l.Stride, l.Padding, l.OutputChannels),
            DepthwiseConv2D l => Slide(l.KernelHeight, l.KernelWidth, l.Stride, l.Padding, shape.Channels),
            Dense l => new Shape(1, 1, l.OutputFeatures),
            MaxPool l => Slide(l.Height, l.Width, l.Stride, Padding.Valid, shape.Channels),
            AvgPool l => Slide(l.Height, l.Width, l.Stride, Padding.Valid, shape.Channels),
            GlobalAveragePool => new Shape(1, 1, shape.Channels),
            Downsample l => new Shape(
                shape.Height == 1 ? 1 : shape.Height / l.Factor, shape.Width == 1 ? 1 : shape.Width / l.Factor, shape.Channels),
            Concat => throw UnknownLayer.Of(layer),   // joined in Branch
            Gather l => new Shape(1, 1, l.Indices.Length),
            Greyscale => shape with { Channels = 1 },
            Add or Relu or BatchNorm => shape,
            _ => throw UnknownLayer.Of(layer),
        };

        private Shape Slide(int height, int width, int stride, Padding padding, int channels) => new(
            Window.Of(shape.Height, height, stride, padding).Output, Window.Of(shape.Width, width, stride, padding).Output, channels);
    }
}
