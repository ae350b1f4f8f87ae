using SparseNas.Networks;
using SparseNas.Quantization.Arithmetic;

namespace SparseNas.Quantization.Execution.Lanes;

/// <summary>
/// Every operator that sums products (convolution, depthwise, dense, mean) as one kernel: for each output pixel and four output channels,
/// Σ over taps and cells of dot(cell, 4 weight bytes). A depthwise channel is the diagonal of a 4x4 block, a mean is a depthwise kernel of
/// ones. The zero point leaves the loop: Σ w·(x − zx) = Σ w·x − zx·Σ w, and padding pixels hold zx.
/// </summary>
internal sealed unsafe class DotStep : LaneStep
{
    private readonly LaneTensor input;
    private readonly LaneTensor? output;
    private readonly PinnedBuffer<int>? logits;
    private readonly PinnedBuffer<int> offsets, weights, biases, multipliers, limits;
    private readonly DotGeometry geometry;
    private readonly LaneRequantization requantization;

    private DotStep(
        Taps taps, LaneTensor input, LaneTensor? output, PinnedBuffer<int>? logits, Operator op, Requantization? definition,
        AccumulatorBound[] bounds)
    {
        int channels = op.Output.Channels, cells = (channels + LaneTensor.CellChannels - 1) / LaneTensor.CellChannels;
        this.input = input;
        this.output = output;
        this.logits = logits;
        offsets = new PinnedBuffer<int>(taps.Offsets);
        weights = new PinnedBuffer<int>(taps.Weights);
        biases = new PinnedBuffer<int>(cells * LaneTensor.CellChannels);
        multipliers = new PinnedBuffer<int>(biases.Count);
        limits = new PinnedBuffer<int>(biases.Count);
        taps.Biases.CopyTo(biases.Span);
        int pixels = op.Output.Height * op.Output.Width;
        int inputStepBytes = taps.IsDiagonal ? LaneTensor.CellBytes : 0;
        geometry = new DotGeometry(pixels, taps.Offsets.Length / pixels, taps.CellsPerTap, cells, inputStepBytes);
        if (definition is null) return;
        bool proved = Enumerable.Range(0, channels)
            .All(channel => bounds[channel].RequantizesInInt32(definition.Multiplier(channel), definition.Shift));
        requantization = new LaneRequantization(definition, proved);
        for (int channel = 0; channel < channels; channel++)
        {
            multipliers.Span[channel] = definition.Multiplier(channel);
            limits.Span[channel] = requantization.Limit(definition.Multiplier(channel), proved);
        }
    }

    /// <summary>The step of a kernel or mean; <paramref name="output"/> is null for the operator that gives the logits.</summary>
    public static DotStep Of(
        QuantizedOperator op, TensorFormat format, LaneTensor input, LaneTensor? output, PinnedBuffer<int>? logits) => op switch
    {
        QuantizedKernel o => new DotStep(
            Taps.Of(o, input), input, output, logits, o.Operator, o.Requantization,
            [.. Enumerable.Range(0, o.Kernel.Biases.Length).Select(channel => AccumulatorBound.Of(o.Kernel, channel, format))]),
        QuantizedMean o => new DotStep(
            Taps.Of(o, input), input, output, logits, o.Operator, o.Requantization,
            [.. Enumerable.Repeat(
                AccumulatorBound.OfSum(PoolWindow.Of(o.Operator.Layer, input.Shape).Elements, o.InputZeroPoint, format),
                o.Operator.Output.Channels)]),
        _ => throw new InvalidOperationException($"{op.GetType().Name} '{op.Operator.Name}' does not sum products."),
    };

    /// <inheritdoc/>
    public override void Run(IntegerInstructions instructions)
    {
        var data = new DotData(
            input.Pointer, output is null ? null : output.Pointer, logits is null ? null : logits.Pointer,
            offsets.Pointer, weights.Pointer, biases.Pointer, multipliers.Pointer, limits.Pointer);
        switch (instructions)
        {
            case IntegerInstructions.AvxVnni: DotKernel<VnniDotProduct>.Run(geometry, data, requantization); break;
            case IntegerInstructions.Avx2: DotKernel<Avx2DotProduct>.Run(geometry, data, requantization); break;
            default: DotKernel<PortableDotProduct>.Run(geometry, data, requantization); break;
        }
    }
}
