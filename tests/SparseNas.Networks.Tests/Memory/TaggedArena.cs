using SparseNas.Networks;

namespace SparseNas.Networks.Tests.Memory;

/// <summary>
/// Runs a plan without numbers: every byte of the arena carries the tensor and value it belongs to, each operator reads the values it needs and
/// writes its own in raster order, and a read that finds another tag is a fault. The oracle for lifetimes, offsets and overlap distances.
/// </summary>
internal sealed class TaggedArena(OperatorGraph graph, MemoryPlan plan)
{
    private readonly (int Tensor, int Byte)[] tags = new (int, int)[plan.ArenaBytes];

    /// <summary>Null when every read found what it needs, else the first fault.</summary>
    public string? Run()
    {
        Array.Fill(tags, (int.MinValue, 0));
        for (int element = 0; element < graph.Input.Elements; element++) Write(Architecture.InputIndex, element);
        foreach (int op in plan.Order)
        {
            if (RunOperator(op) is { } fault) return fault;
        }

        int last = graph.Operators.Length - 1;
        for (int element = 0; element < graph.OutputOf(last).Elements; element++)
        {
            if (!Holds(last, element)) return $"logit {element} was overwritten";
        }

        return null;
    }

    private string? RunOperator(int op)
    {
        Shape output = graph.Operators[op].Output;
        for (int element = 0; element < output.Elements; element++)
        {
            int channel = element % output.Channels, pixel = element / output.Channels;
            foreach ((int which, int source) in graph.Operators[op].Inputs.Index())
            {
                foreach (int needed in Needed(op, which, pixel / output.Width, pixel % output.Width, channel))
                {
                    if (!Holds(source, needed)) return $"{graph.Operators[op].Name} value {element}: value {needed} of tensor {source} is gone";
                }
            }

            Write(op, element);
        }

        return null;
    }

    private IEnumerable<int> Needed(int op, int which, int row, int column, int channel)
    {
        if (graph.Operators[op].Layer is Concat)
        {
            Shape part = graph.OutputOf(graph.Operators[op].Inputs[which]);
            int own = which == 0 ? channel : channel - graph.InputOf(op).Channels;
            if (own >= 0 && own < part.Channels) yield return part.Index(row, column, own);
            yield break;
        }

        if (graph.Operators[op].Layer is Gather gather)
        {
            yield return gather.Indices[channel];
            yield break;
        }

        Shape x = graph.InputOf(op);
        (Window rows, Window columns, bool allChannels) = graph.Operators[op].Layer switch
        {
            Conv2D l => (Window.Of(x.Height, l.KernelHeight, l.Stride, l.Padding), Window.Of(x.Width, l.KernelWidth, l.Stride, l.Padding), true),
            DepthwiseConv2D l => (Window.Of(x.Height, l.KernelHeight, l.Stride, l.Padding), Window.Of(x.Width, l.KernelWidth, l.Stride, l.Padding), false),
            MaxPool l => (Window.Of(x.Height, l.Height, l.Stride, Padding.Valid), Window.Of(x.Width, l.Width, l.Stride, Padding.Valid), false),
            AvgPool l => (Window.Of(x.Height, l.Height, l.Stride, Padding.Valid), Window.Of(x.Width, l.Width, l.Stride, Padding.Valid), false),
            Downsample l => (Block(x.Height, l.Factor), Block(x.Width, l.Factor), false),
            GlobalAveragePool => (new Window(x.Height, x.Height, 1, 0, 1), new Window(x.Width, x.Width, 1, 0, 1), false),
            Dense => (new Window(x.Height, x.Height, 1, 0, 1), new Window(x.Width, x.Width, 1, 0, 1), true),
            Greyscale => (Block(x.Height, 1), Block(x.Width, 1), true),
            Add or Relu => (Block(x.Height, 1), Block(x.Width, 1), false),
            var layer => throw UnknownLayer.Of(layer),
        };
        for (int r = Math.Max(rows.Start(row), 0); r < Math.Min(rows.Start(row) + rows.Kernel, x.Height); r++)
        {
            for (int c = Math.Max(columns.Start(column), 0); c < Math.Min(columns.Start(column) + columns.Kernel, x.Width); c++)
            {
                if (!allChannels) yield return x.Index(r, c, channel);
                for (int i = 0; allChannels && i < x.Channels; i++) yield return x.Index(r, c, i);
            }
        }
    }

    private static Window Block(int extent, int factor)
    {
        int size = extent == 1 ? 1 : factor;
        return new Window(extent, size, size, 0, extent / size);
    }

    private bool Holds(int tensor, int element)
    {
        int width = MemoryPlanner.ElementBytes(graph, tensor), at = plan.Of(tensor).OffsetBytes + (element * width);
        return Enumerable.Range(0, width).All(part => tags[at + part] == (tensor, (element * width) + part));
    }

    private void Write(int tensor, int element)
    {
        int width = MemoryPlanner.ElementBytes(graph, tensor), at = plan.Of(tensor).OffsetBytes + (element * width);
        for (int part = 0; part < width; part++) tags[at + part] = (tensor, (element * width) + part);
    }
}
