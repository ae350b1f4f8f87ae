using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>Kernel weights in the layout OHWI; a depthwise kernel has one input channel per output, a dense layer the extent of its input.</summary>
internal sealed class KernelTensor(int outputs, int height, int width, int inputs, float[] values)
{
    public KernelTensor(int outputs, int height, int width, int inputs)
        : this(outputs, height, width, inputs, new float[outputs * height * width * inputs])
    {
    }

    public int Outputs => outputs;

    public int Height => height;

    public int Width => width;

    public int Inputs => inputs;

    public float[] Values => values;

    public ref float this[int output, int row, int column, int input] => ref values[(((((output * height) + row) * width) + column) * inputs) + input];

    /// <summary>Sum of absolute weights of an output channel: how much it matters.</summary>
    public float Strength(int output)
    {
        float sum = 0;
        foreach (float weight in values.AsSpan(output * height * width * inputs, height * width * inputs)) sum += Math.Abs(weight);
        return sum;
    }

    /// <summary>The kernel of node <paramref name="index"/> with room for its weights.</summary>
    public static KernelTensor For(Architecture architecture, int index, float[]? values = null)
    {
        Shape input = architecture.InputOf(index);
        (int o, int h, int w, int i) = architecture.Nodes[index].Layer switch
        {
            Conv2D l => (l.OutputChannels, l.KernelHeight, l.KernelWidth, input.Channels),
            DepthwiseConv2D l => (input.Channels, l.KernelHeight, l.KernelWidth, 1),
            Dense l => (l.OutputFeatures, input.Height, input.Width, input.Channels),
            _ => throw new InvalidOperationException($"Node '{architecture.Nodes[index].Name}' has no kernel."),
        };
        return new KernelTensor(o, h, w, i, values ?? new float[o * h * w * i]);
    }
}
