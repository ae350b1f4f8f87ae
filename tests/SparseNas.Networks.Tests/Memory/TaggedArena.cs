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
        if (plan.Rows.IsEmpty)
        {
            for (int element = 0; element < graph.Input.Elements; element++) Write(Architecture.InputIndex, element);
        }
        else if (new TaggedRows(graph, plan, tags).Run() is { } lost)
        {
            return lost;
        }

        foreach (int op in plan.Order.AsSpan()[plan.RowOperators..])
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
        (Window rows, Window columns) = LayerWindows.Of(graph.Operators[op].Layer, x);
        bool allChannels = graph.Operators[op].Layer is Conv2D or Dense or Greyscale;
        for (int r = Math.Max(rows.Start(row), 0); r < Math.Min(rows.Start(row) + rows.Kernel, x.Height); r++)
        {
            for (int c = Math.Max(columns.Start(column), 0); c < Math.Min(columns.Start(column) + columns.Kernel, x.Width); c++)
            {
                if (!allChannels) yield return x.Index(r, c, channel);
                for (int i = 0; allChannels && i < x.Channels; i++) yield return x.Index(r, c, i);
            }
        }
    }

    private bool Holds(int tensor, int element)
    {
        (int first, int count) = Bytes(tensor, element);
        return Enumerable.Range(first, count).All(at => tags[plan.Of(tensor).OffsetBytes + at] == (tensor, at));
    }

    private void Write(int tensor, int element)
    {
        (int first, int count) = Bytes(tensor, element);
        for (int at = first; at < first + count; at++) tags[plan.Of(tensor).OffsetBytes + at] = (tensor, at);
    }

    private (int First, int Count) Bytes(int tensor, int element)
    {
        ActivationLayout layout = new(graph, plan.Packed);
        int channels = graph.OutputOf(tensor).Channels, pixel = element / channels, channel = element % channels;
        if (layout.IsPacked(tensor)) return ((pixel * layout.PixelBytes(tensor)) + (channel / 2), 1);
        int width = layout.IsLogits(tensor) ? ActivationLayout.LogitBytes : 1;
        return (element * width, width);
    }
}
