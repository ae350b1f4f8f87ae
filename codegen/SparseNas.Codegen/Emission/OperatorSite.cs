using System.Collections.Immutable;
using SparseNas.Codegen.Emission.Code;
using SparseNas.Codegen.Emission.Requantizing;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Quantization.Arithmetic;

namespace SparseNas.Codegen.Emission;

/// <summary>Where an operator stands: what it reads, what it writes and where both lie in the arena. What every strategy works from.</summary>
public sealed class OperatorSite
{
    private readonly ActivationLayout layout;
    private readonly Lazy<AccumulatorBound[]> bounds;
    private readonly Lazy<RatioRequantization?[]> ratios;

    /// <summary>The place of one operator.</summary>
    public OperatorSite(QuantizedNetwork network, MemoryPlan plan, int index)
    {
        Network = network;
        Plan = plan;
        Index = index;
        layout = new ActivationLayout(network.Graph, plan.Packed);
        Stage = plan.Rows.FirstOrDefault(stage => stage.Operators.Contains(index));
        bounds = new Lazy<AccumulatorBound[]>(Bounds);
        ratios = new Lazy<RatioRequantization?[]>(Ratios);
    }

    /// <summary>
    /// One row's share of a dense layer that adds up rows: a dense layer of its own, over that row, whose results are added to the sums. The first row
    /// brings the biases along.
    /// </summary>
    public OperatorSite OfRow(int row)
    {
        var op = (QuantizedKernel)Operator;
        int outputs = Output.Channels, inputs = op.Kernel.Weights.Length / outputs, rowInputs = Input.Elements;
        ImmutableArray<sbyte> weights = [.. Enumerable.Range(0, outputs).SelectMany(output => op.Kernel.Weights.Skip((output * inputs) + (row * rowInputs)).Take(rowInputs))];
        IntegerKernel kernel = op.Kernel with { Weights = weights, Biases = row == 0 ? op.Kernel.Biases : [.. new int[outputs]] };
        QuantizedNetwork share = Network with { Operators = Network.Operators.SetItem(Index, op with { Kernel = kernel, Requantization = null }) };
        return new OperatorSite(share, Plan, Index) { IsRowShare = true, IsAdded = row > 0 };
    }

    /// <summary>Whether it is one row's share (<see cref="OfRow"/>).</summary>
    public bool IsRowShare { get; private init; }

    /// <summary>Whether its results are added to the sums that lie where it writes.</summary>
    public bool IsAdded { get; private init; }

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

    /// <summary>
    /// The row stage it belongs to, or null when it works on whole tensors. Within a stage, code computes one output row from the rows under its window,
    /// as if they were an image of that height without padding above and below: <see cref="Input"/>, <see cref="Output"/> and <see cref="Windows"/> say
    /// so. Only where those rows lie is different: <see cref="RowShift"/>.
    /// </summary>
    public RowStage? Stage { get; }

    /// <summary>How often one inference runs it.</summary>
    public int Runs => Stage?.Rows.Output ?? 1;

    /// <summary>Whether it adds up rows in sums (<see cref="RowTarget.Accumulators"/>).</summary>
    public bool Accumulates => Stage?.Target == RowTarget.Accumulators;

    /// <summary>Bytes of one of these sums.</summary>
    public int SumBytes => Stage!.TargetRowBytes / Output.Channels;

    /// <summary>Shape of its first input, as its code sees it.</summary>
    public Shape Input
    {
        get
        {
            Shape whole = Network.Graph.InputOf(Index);
            if (Stage is null) return whole;
            bool isJoinedPool = Index != Stage.Operators[0];
            return whole with { Height = isJoinedPool ? WholeWindows.Rows.Kernel : Stage.Rows.Kernel };
        }
    }

    /// <summary>Shape of its output, as its code sees it.</summary>
    public Shape Output
    {
        get
        {
            Shape whole = Operator.Operator.Output;
            if (Stage is null) return whole;
            bool isJoinedKernel = Index != Stage.Operators[^1];
            return whole with { Height = isJoinedKernel ? LayerWindows.Of(Network.Operators[Stage.Operators[^1]].Operator.Layer, whole).Rows.Kernel : 1 };
        }
    }

    /// <summary>Bytes from the first row under the window to row <paramref name="row"/>; rows of a stage are one of its window's.</summary>
    public int RowShift(int row) => Stage is null ? row * Input.Width * InputPixelBytes : Stage.RowOffsets[row] - Stage.RowOffsets[0];

    /// <summary>The place of a pixel relative to the first byte of the input; a row of a stage must be a constant.</summary>
    public Expression Pixel(Expression row, Expression column) => Stage is null ? ((row * Input.Width) + column) * InputPixelBytes
        : (column * InputPixelBytes) + RowShift(((IntConstant)row).Value);

    /// <summary>Runs over window rows: in a loop, or one after the other where they may lie anywhere.</summary>
    public Statement EachRow(string name, int rows, Func<Expression, IEnumerable<Statement>> body) => Stage is null ? For.Times(name, rows, body)
        : Block.Of(Enumerable.Range(0, rows).Select(row => Block.Of(body(row))));

    /// <summary>Bytes of a pixel of the first input.</summary>
    public int InputPixelBytes => layout.PixelBytes(Operator.Operator.Inputs[0]);

    /// <summary>Bytes of a pixel of the output.</summary>
    public int OutputPixelBytes => layout.PixelBytes(Index);

    /// <summary>Whether two values of the first input share a byte.</summary>
    public bool IsInputPacked => layout.IsPacked(Operator.Operator.Inputs[0]);

    /// <summary>Whether two values of the output share a byte.</summary>
    public bool IsOutputPacked => layout.IsPacked(Index);

    /// <summary>A code of the first input.</summary>
    /// <param name="array">The arena.</param>
    /// <param name="pixel">First byte of the pixel less <paramref name="offset"/>.</param>
    /// <param name="channel">Channel.</param>
    /// <param name="offset">What is added to all indices.</param>
    public Expression Code(Expression array, Expression pixel, Expression channel, int offset) => IsInputPacked
        ? PackedCodes.Read(array, pixel, channel, offset) : new Element(array, pixel + channel + offset);

    /// <summary>Stores a code of the output; of two that share a byte, the one of the even channel comes first.</summary>
    /// <param name="array">The arena.</param>
    /// <param name="pixel">First byte of the pixel less where the output begins.</param>
    /// <param name="channel">Channel.</param>
    /// <param name="code">The code.</param>
    public Statement Store(Expression array, Expression pixel, Expression channel, Expression code) => IsOutputPacked
        ? PackedCodes.Store(array, pixel, channel, OutputOffset, code) : new Store(array, pixel + channel + OutputOffset, code);

    /// <summary>Format of the first input.</summary>
    public TensorFormat InputFormat => Network.FormatOf(Operator.Operator.Inputs[0]);

    /// <summary>First byte of input <paramref name="which"/> in the arena; of the first row under the window in a stage.</summary>
    public int InputOffset(int which = 0) => Stage is null ? Plan.Of(Operator.Operator.Inputs[which]).OffsetBytes : Stage.RowOffsets[0];

    /// <summary>First byte of the output in the arena, or of the output row; the rows of a whole tensor follow one another.</summary>
    public Expression OutputOffset =>
        Stage is null ? Plan.Of(Index).OffsetBytes
        : Stage.Target == RowTarget.Tensor && Stage.Rows.Output > 1 ? RowNumbers.Next(Stage)
        : Stage.TargetOffset;

    /// <summary>Whether its accumulators are the network's logits.</summary>
    public bool IsLast => Index == Network.Operators.Length - 1;

    /// <summary>For messages: layer kind and name.</summary>
    public string Place => $"{Layer.GetType().Name} '{Operator.Operator.Name}'";

    /// <summary>The name of its method.</summary>
    public string MethodName => $"Step{Index}_{Operator.Operator.Name}";

    /// <summary>The arena as generated code reads it through its static field.</summary>
    public static StaticArray Arena { get; } = new("Arena", DeviceType.Bytes);

    /// <summary>How its window runs over rows and columns; a dense layer is a window as large as its input.</summary>
    public (Window Rows, Window Columns) Windows
    {
        get
        {
            (Window rows, Window columns) = WholeWindows;
            return Stage is null ? (rows, columns)
                : (Accumulates ? new Window(1, 1, 1, 0, 1) : new Window(Input.Height, rows.Kernel, rows.Stride, 0, Output.Height), columns);
        }
    }

    /// <summary>The same over the whole input, however it is run.</summary>
    public (Window Rows, Window Columns) WholeWindows => LayerWindows.Of(Layer, Network.Graph.InputOf(Index));

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
            AccumulatorBound.OfSum(WholeWindows.Rows.Kernel * WholeWindows.Columns.Kernel, op.InputZeroPoint, InputFormat), Output.Channels)],
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
}
