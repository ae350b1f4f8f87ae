using SparseNas.Networks;
using SparseNas.Training.Engine;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Tests.Engine;

public unsafe class KernelLayoutTests
{
    /// <summary>Transposed by squares of four; the numbers of rows and columns are met with every remainder.</summary>
    [Fact]
    public void Transposing_by_squares_equals_transposing_one_by_one()
    {
        for (int rows = 1; rows <= 9; rows++)
        {
            for (int columns = 1; columns <= 9; columns++)
            {
                float[] source = [.. Enumerable.Range(1, rows * columns).Select(value => (float)value)], target = new float[source.Length + 1];
                fixed (float* from = source, to = target) Transposition.Transpose(from, rows, columns, to);
                for (int index = 0; index < source.Length; index++) Assert.Equal(source[index], target[(index % columns * rows) + (index / columns)]);
                Assert.Equal(0, target[^1]);
            }
        }
    }

    /// <summary>Weights go in and out in the network's order; in between, the engine's [C][H][W] is where <see cref="KernelLayout.IndexOf"/> says.</summary>
    [Theory]
    [InlineData(3, 5, 7)]
    [InlineData(1, 1, 9)]
    [InlineData(4, 6, 1)]
    public void Dense_weights_keep_their_places(int height, int width, int channels)
    {
        var net = Architecture.Chain("net", new Shape(height, width, channels), 3, new Dense(3));
        int next = 0, inputs = height * width * channels;
        var layout = new KernelLayout(net, 0, ref next);
        float[] weights = [.. Enumerable.Range(1, 3 * inputs).Select(value => (float)value)], back = new float[weights.Length], flat = new float[next];
        fixed (float* values = flat)
        {
            layout.Import(weights, values);
            layout.Export(values, back);
        }

        Assert.Equal(weights, back);
        for (int output = 0; output < 3; output++)
        {
            for (int input = 0; input < inputs; input++)
            {
                int pixel = input / channels, channel = input % channels;
                Assert.Equal(layout.Weights.Offset + (output * layout.Stride) + (channel * height * width) + pixel, layout.IndexOf(output, input));
                Assert.Equal(weights[(output * inputs) + input], flat[layout.IndexOf(output, input)]);
            }
        }
    }
}
