using SparseNas.Networks;
using SparseNas.Training.Engine.Geometry;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine.Steps;

/// <summary>
/// Batch norm: y = γ·(x − μ)/√(σ²+ε) + β with μ and σ² over the whole batch, so it is a barrier between phases. Moments of each block are taken
/// while its input is hot, around the mean of the batch before; in the backward pass
/// dx = γ/√(σ²+ε) · (dy − mean(dy) − x̂·mean(dy·x̂)) waits for the sums over the batch and is then one multiply-add pass.
/// </summary>
internal sealed unsafe class BatchNormStep(
    LaneKernels kernels, Parameters parameters, NormLayout layout, TensorSlot input, TensorSlot output, bool relu, BatchLanes batch)
    : ChannelwiseStep(kernels, input, output, relu)
{
    private const float RunningMomentum = 0.1f;
    private readonly int channels = layout.Channels;
    private readonly int pixels = output.Shape.Height * output.Shape.Width;
    private PlaneLayout target = PlaneLayout.Compact(output.Shape.Height, output.Shape.Width);
    private float* bordered;
    private float* sums, squares, mean, inverse, scale, shift, gradientSums, gradientTotals, a, b, d;

    public override bool BackwardReadsInput => true;

    /// <summary>Where its ReLU is open follows from the input.</summary>
    public override bool BackwardReadsOutput => false;

    public override void Prepare(NativeArena arena, bool training)
    {
        long perBlock = (long)channels * batch.MaxBlocks;
        sums = arena.Floats(perBlock);
        squares = arena.Floats(perBlock);
        mean = arena.Floats(channels);
        inverse = arena.Floats(channels);
        scale = arena.Floats(channels);
        shift = arena.Floats(channels);
        gradientSums = arena.Floats((long)channels * NormChannels.SumFloats);
        gradientTotals = arena.Floats(2L * channels);
        a = arena.Floats(channels);
        b = arena.Floats(channels);
        d = arena.Floats(channels);
    }

    public override void BeginBatch()
    {
        new Span<float>(gradientSums, channels * NormChannels.SumFloats).Clear();
        new Span<float>(gradientTotals, 2 * channels).Clear();
    }

    /// <summary>The only reader of the output, where it takes the sums that <see cref="Backward"/> would when it writes the output's gradient.</summary>
    public DepthwiseStep? SummingReader { get; set; }

    /// <summary>Whether <see cref="Backward"/> also gives the output again, in the same pass.</summary>
    public bool RepeatsOutput { get; set; }

    /// <summary>Lets the output be written where a depthwise layer, its only reader, will look for it.</summary>
    public void WriteInto(BorderedPlanes planes)
    {
        target = planes.Layout;
        bordered = planes.Memory;
    }

    /// <summary>Takes the moments of one block of the input.</summary>
    public void MeasureInput(int block) => Kernels.Moments(
        Input.Value(block), channels, pixels, batch.Live(block), mean, sums + (block * channels), squares + (block * channels));

    /// <summary>After all blocks: mean, variance, running statistics and the affine map of this batch.</summary>
    public void FinishMeasuring()
    {
        float* gamma = parameters.Values + layout.Gamma.Offset, beta = parameters.Values + layout.Beta.Offset;
        double count = (double)pixels * batch.Count;
        for (int channel = 0; channel < channels; channel++)
        {
            double sum = 0, square = 0;
            for (int block = 0; block < batch.Blocks; block++)
            {
                sum += sums[(block * channels) + channel];
                square += squares[(block * channels) + channel];
            }

            double fromNear = sum / count, average = mean[channel] + fromNear;
            double variance = Math.Max((square / count) - (fromNear * fromNear), 0);
            mean[channel] = (float)average;
            inverse[channel] = (float)(1 / Math.Sqrt(variance + BatchNormWeights.Epsilon));
            scale[channel] = gamma[channel] * inverse[channel];
            shift[channel] = beta[channel] - (mean[channel] * scale[channel]);
            Follow(ref parameters.Running[layout.Mean + channel], (float)average);
            Follow(ref parameters.Running[layout.Variance + channel], (float)(variance * count / Math.Max(count - 1, 1)));
        }
    }

    public override void Forward(int block, ChannelRange range) => Kernels.ScaleShift(
        Input.Value(block, range.First), bordered == null ? Output.Value(block, range.First) : bordered, target, Of(range));

    /// <summary>Takes the sums that the input gradient waits for.</summary>
    public override void Backward(int block, ChannelRange range)
    {
        if (SummingReader is not null) return;
        float* again = RepeatsOutput ? Output.Value(block, range.First) : null;
        Kernels.NormGradientSums(InputOf(block, range), OutputGradient(block, range), again, pixels, Of(range));
    }

    /// <summary>The input from a channel on, laid out like the output's gradient.</summary>
    public float* InputOf(int block, ChannelRange range) => Input.Value(block, range.First);

    /// <summary>What kernels need of some channels.</summary>
    public NormChannels Of(ChannelRange range) => new()
    {
        Count = range.Count,
        HasRelu = HasRelu,
        Scale = scale + range.First,
        Shift = shift + range.First,
        Mean = mean + range.First,
        Sums = gradientSums + (range.First * NormChannels.SumFloats),
        A = a + range.First,
        B = b + range.First,
        D = d + range.First,
    };

    /// <summary>After all blocks: gradients of γ and β, and the coefficients of dx = a·dy + b·x + d.</summary>
    public void FinishBackward()
    {
        float* gamma = parameters.Gradients + layout.Gamma.Offset, beta = parameters.Gradients + layout.Beta.Offset;
        double count = (double)pixels * batch.Count;
        Kernels.ChannelSums(gradientSums, 2 * channels, 1, gradientTotals);
        for (int channel = 0; channel < channels; channel++)
        {
            double sumDy = gradientTotals[2 * channel], sumDyX = gradientTotals[(2 * channel) + 1];
            gamma[channel] += (float)(sumDyX * inverse[channel]);
            beta[channel] += (float)sumDy;
            double slope = -(double)scale[channel] * inverse[channel] * inverse[channel] * sumDyX / count;
            a[channel] = scale[channel];
            b[channel] = (float)slope;
            d[channel] = (float)((-scale[channel] * sumDy / count) - (slope * mean[channel]));
        }
    }

    /// <summary>The gradient of the input, unless no parameter lies before it.</summary>
    public void PropagateToInput(int block)
    {
        if (!Input.NeedsGradient) return;
        if (!Output.GradientIsRegained)
        {
            PropagateToInput(block, new ChannelRange(0, channels));
            return;
        }

        for (int i = 0; Channels(i) is { Count: > 0 } range; i++)
        {
            SummingReader!.RegainInputGradient(block, range);
            PropagateToInput(block, range);
        }
    }

    private void PropagateToInput(int block, ChannelRange range) => Kernels.NormGradient(
        InputOf(block, range), OutputGradient(block, range), Input.Gradient(block, range.First), pixels, Of(range), batch.Live(block), Accumulates[0]);

    private PlaneGradient OutputGradient(int block, ChannelRange range) => new(Output.Gradient(block, range.First), pixels, Output.GradientIsUniform);

    private static void Follow(ref float running, float value) => running += RunningMomentum * (value - running);
}
