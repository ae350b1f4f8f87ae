using SparseNas.Codegen.Emission.Code;
using SparseNas.Codegen.Emission.Requantizing;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Quantization.Arithmetic;

namespace SparseNas.Codegen.Emission;

/// <summary>Where an operator stands: what it reads, what it writes and where both lie in the arena. What every strategy works from.</summary>
public sealed class OperatorSite
{
    private readonly Lazy<AccumulatorBound[]> bounds;
    private readonly Lazy<RatioRequantization?[]> ratios;

    /// <summary>The place of one operator.</summary>
    public OperatorSite(QuantizedNetwork network, MemoryPlan plan, int index)
    {
        Network = network;
        Plan = plan;
        Index = index;
        bounds = new Lazy<AccumulatorBound[]>(Bounds);
        ratios = new Lazy<RatioRequantization?[]>(Ratios);
    }

    /// <summary>The network.</summary>
    public QuantizedNetwork Network { get; }

    /// <summary>Offsets in the arena.</summary>
    public MemoryPlan Plan { get; }

    /// <summary>The operator.</summary>
    public int Index { get; }

    /// <summary>The integer operator.</summary>
    public QuantizedOperator Operator => Network.Operators[Index];

    /// <summary>Its layer.</summary>
    public LayerSpec Layer => Operator.Operator.Layer;

    /// <summary>Shape of its first input.</summary>
    public Shape Input => Network.Graph.InputOf(Index);

    /// <summary>Shape of its output.</summary>
    public Shape Output => Operator.Operator.Output;

    /// <summary>Format of the first input.</summary>
    public TensorFormat InputFormat => Network.FormatOf(Operator.Operator.Inputs[0]);

    /// <summary>First byte of input <paramref name="which"/> in the arena.</summary>
    public int InputOffset(int which = 0) => Plan.Of(Operator.Operator.Inputs[which]).OffsetBytes;

    /// <summary>First byte of the output in the arena.</summary>
    public int OutputOffset => Plan.Of(Index).OffsetBytes;

    /// <summary>Whether its accumulators are the network's logits.</summary>
    public bool IsLast => Index == Network.Operators.Length - 1;

    /// <summary>For messages: layer kind and name.</summary>
    public string Place => $"{Layer.GetType().Name} '{Operator.Operator.Name}'";

    /// <summary>The name of its method.</summary>
    public string MethodName => $"Step{Index}_{Operator.Operator.Name}";

    /// <summary>The arena as generated code reads it through its static field.</summary>
    public static StaticArray Arena { get; } = new("Arena", DeviceType.Bytes);

    /// <summary>How its window runs over rows and columns; a dense layer is a window as large as its input.</summary>
    public (Window Rows, Window Columns) Windows => Layer switch
    {
        Conv2D l => Slide(l.KernelHeight, l.KernelWidth, l.Stride, l.Padding),
        DepthwiseConv2D l => Slide(l.KernelHeight, l.KernelWidth, l.Stride, l.Padding),
        MaxPool l => Slide(l.Height, l.Width, l.Stride, Padding.Valid),
        AvgPool l => Slide(l.Height, l.Width, l.Stride, Padding.Valid),
        Dense or Gather or GlobalAveragePool => (Whole(Input.Height), Whole(Input.Width)),
        Downsample l => (Blocks(Input.Height, l.Factor), Blocks(Input.Width, l.Factor)),
        Add or Concat or Greyscale or Relu => (new Window(Input.Height, 1, 1, 0, Input.Height), new Window(Input.Width, 1, 1, 0, Input.Width)),
        _ => throw UnknownLayer.Of(Layer),
    };

    /// <summary>How its accumulators become codes; null for logits and for operators without accumulators.</summary>
    public Requantization? Requantization => Operator switch
    {
        QuantizedKernel op => op.Requantization,
        QuantizedMean op => op.Requantization,
        _ => null,
    };

    /// <summary>Range of all its accumulators; only for operators that have some.</summary>
    public AccumulatorBound Bound => Enumerable.Range(0, Output.Channels).Select(BoundOf)
        .Aggregate((all, next) => new AccumulatorBound(Math.Min(all.Minimum, next.Minimum), Math.Max(all.Maximum, next.Maximum)));

    /// <summary>Range of the accumulators of one output channel; only for operators that have some.</summary>
    public AccumulatorBound BoundOf(int channel) => bounds.Value[channel];

    /// <summary>The 32-bit requantisation of a channel, or null when there is none.</summary>
    public RatioRequantization? RatioOf(int channel) => ratios.Value[channel];

    private AccumulatorBound[] Bounds() => Operator switch
    {
        QuantizedKernel op => [.. Enumerable.Range(0, Output.Channels).Select(channel => AccumulatorBound.Of(op.Kernel, channel, InputFormat))],
        QuantizedMean op => [.. Enumerable.Repeat(
            AccumulatorBound.OfSum(Windows.Rows.Kernel * Windows.Columns.Kernel, op.InputZeroPoint, InputFormat), Output.Channels)],
        _ => throw new InvalidOperationException($"{Place} has no accumulators."),
    };

    private RatioRequantization?[] Ratios()
    {
        Requantization requantization = Requantization ?? throw new InvalidOperationException($"{Place} does not requantise.");
        if (Operator is QuantizedMean)
        {
            return [.. Enumerable.Repeat(RatioRequantization.Find(requantization, 0, BoundOf(0)), Output.Channels)];
        }

        return [.. Enumerable.Range(0, Output.Channels).Select(channel => RatioRequantization.Find(requantization, channel, BoundOf(channel)))];
    }

    private (Window Rows, Window Columns) Slide(int height, int width, int stride, Padding padding) =>
        (Window.Of(Input.Height, height, stride, padding), Window.Of(Input.Width, width, stride, padding));

    private static Window Whole(int extent) => new(extent, extent, extent, 0, 1);

    private static Window Blocks(int extent, int factor) =>
        extent == 1 ? new Window(1, 1, 1, 0, 1) : new Window(extent, factor, factor, 0, extent / factor);
}
