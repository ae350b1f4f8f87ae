using SparseNas.Training.Engine.Kernels;
using SparseNas.Training.Engine.Noise;

namespace SparseNas.Training.Engine.Steps;

/// <summary>
/// A layer whose weights are N(θ, σ²), by local reparameterisation (Kingma, Salimans and Welling 2015): y = m + √(v + ε)·n with m = x·θ + b,
/// v = x²·σ² and n drawn for every output of every image. Two steps of the layer's own kind do the work, one over (x, θ) and one over
/// (x², σ²); backwards ∂m = ∂y, ∂v = ∂y·n / (2√(v + ε)) and ∂x = ∂m·θ + 2x·(∂v·σ²). Where output channels have factors, y·z is given on.
/// A depthwise layer runs a few channels at a time, any other all of them.
/// </summary>
internal sealed unsafe class NormalWeightsStep : ChannelwiseStep
{
    private const int ChunkElements = 4096;   // of noise, so that it stays in the first-level cache
    private readonly TensorSlot squares;
    private readonly TensorSlot variances;
    private readonly Step mean;
    private readonly Step variance;
    private readonly WeightNoise noise;
    private readonly KernelLayout layout;
    private readonly GroupFactors? factors;
    private float* chunk;
    private float* sums;
    private LaneNoise source;
    private long batch;

    /// <summary>Plans the layer.</summary>
    /// <param name="kernels">Loops.</param>
    /// <param name="input">x.</param>
    /// <param name="output">y.</param>
    /// <param name="relu">Whether a ReLU is fused.</param>
    /// <param name="noise">Variances.</param>
    /// <param name="node">The architecture's node.</param>
    /// <param name="factors">Factors of the output channels, or null.</param>
    /// <param name="layer">The layer without noise and ReLU over any parameters, input and output.</param>
    public NormalWeightsStep(
        LaneKernels kernels, TensorSlot input, TensorSlot output, bool relu, WeightNoise noise, int node, GroupFactors? factors,
        Func<Parameters?, TensorSlot, TensorSlot, Step> layer) : base(kernels, input, output, relu)
    {
        this.noise = noise;
        this.factors = factors;
        layout = noise.Variances.KernelOf(node);
        squares = new TensorSlot(input.Shape, input.Level) { NeedsGradient = input.NeedsGradient };
        variances = new TensorSlot(output.Shape, output.Level) { NeedsGradient = true };
        mean = layer(null, input, output);
        variance = layer(noise.Variances, squares, variances);
        noise.Reserve(input);
        if (!IsChannelwise) ChannelsAtOnce = output.Shape.Channels;
    }

    public override bool IsChannelwise => mean is ChannelwiseStep;

    public override bool CanMaskInputGradient => mean.CanMaskInputGradient;

    public override bool BackwardReadsInput => true;

    /// <summary>Not the output itself, but what is drawn along with it: so it is drawn again where the output is not kept.</summary>
    public override bool BackwardReadsOutput => true;

    public override void Prepare(NativeArena arena, bool training)
    {
        mean.Accumulates[0] = Accumulates[0];
        if (IsChannelwise)
        {
            squares.PassingChannels = ChannelsAtOnce;
            foreach (Step step in (Step[])[mean, variance]) ((ChannelwiseStep)step).ChannelsAtOnce = ChannelsAtOnce;
        }

        mean.Prepare(arena, training);
        variance.Prepare(arena, training);
        squares.PlaceValue(noise.Squares);
        squares.PlaceGradient(noise.SquareGradients);
        variances.KeepsValue = variances.KeepsGradient = Output.KeepsValue;
        float* memory = arena.Floats(variances.BlockElements * (Output.KeepsValue ? noise.MaxBlocks : 1));
        variances.PlaceValue(memory);
        variances.PlaceGradient(memory);   // v becomes n / (2√(v + ε)) and that becomes ∂v
        chunk = arena.Floats(ChunkElements);
        sums = arena.Floats((long)(factors?.Count ?? 0) * LaneBlock.Images);
    }

    public override void BeginBatch()
    {
        mean.BeginBatch();
        if (!noise.IsOn) return;
        batch++;
        variance.BeginBatch();
        factors?.ClearGradients();
        Parameters own = noise.Variances;
        new Span<float>(own.Gradients + layout.Weights.Offset, layout.Weights.Elements).Clear();
    }

    public override void EndBatch()
    {
        mean.EndBatch();
        if (noise.IsOn) variance.EndBatch();
    }

    public override void Forward(int block, ChannelRange channels)
    {
        Forward(mean, block, channels);
        if (!noise.IsOn)
        {
            FinishForward(block, channels);
            return;
        }

        Square(block, channels);
        Forward(variance, block, channels);
        if (channels.First == 0) StartBlock(block);
        for (int i = 0; Part(channels, i) is { Count: > 0 } part; i++) Draw(block, part);
    }

    public override void Backward(int block, ChannelRange channels)
    {
        if (noise.IsOn && channels.First == 0) factors?.Draw(noise.Of(NoisePurpose.Factors, layout.Node, batch, block));
        for (int i = 0; Part(channels, i) is { Count: > 0 } part; i++) BackwardDraw(block, part);
        Backward(mean, block, channels);
        if (!noise.IsOn) return;
        Square(block, channels);
        Backward(variance, block, channels);
        if (!Input.NeedsGradient) return;
        Kernels.AddTwiceProduct(
            Input.Value(block, channels.First), squares.Gradient(block, channels.First), Input.Gradient(block, channels.First), InputElements(channels));
    }

    private static void Forward(Step layer, int block, ChannelRange channels)
    {
        if (layer is ChannelwiseStep channelwise) channelwise.Forward(block, channels);
        else layer.Forward(block);
    }

    private static void Backward(Step layer, int block, ChannelRange channels)
    {
        if (layer is ChannelwiseStep channelwise) channelwise.Backward(block, channels);
        else layer.Backward(block);
    }

    /// <summary>The <paramref name="index"/>-th of these channels whose outputs fit the first-level cache.</summary>
    private ChannelRange Part(ChannelRange channels, int index)
    {
        int size = Fitting(Output.Shape, Output.Shape), first = index * size;
        return new ChannelRange(channels.First + first, Math.Min(size, channels.Count - first));
    }

    /// <summary>Floats of the input that these output channels read.</summary>
    private nint InputElements(ChannelRange channels) => IsChannelwise ? Input.PlaneElements * channels.Count : Input.BlockElements;

    private void Square(int block, ChannelRange channels)
    {
        float* x = Input.Value(block, channels.First);
        Kernels.Multiply(x, x, squares.Value(block, channels.First), InputElements(channels));
    }

    /// <summary>The noise of a block is one sequence over its channels, and its factors are drawn together.</summary>
    private void StartBlock(int block)
    {
        source = noise.Of(NoisePurpose.Outputs, layout.Node, batch, block);
        factors?.Draw(noise.Of(NoisePurpose.Factors, layout.Node, batch, block));
    }

    /// <summary>From mean and variance of outputs to outputs.</summary>
    private void Draw(int block, ChannelRange channels)
    {
        float* y = Output.Value(block, channels.First), v = variances.Value(block, channels.First);
        nint elements = Output.PlaneElements * channels.Count;
        for (nint first = 0; first < elements; first += ChunkElements)
        {
            nint count = nint.Min(ChunkElements, elements - first);
            source.Fill(chunk, count);
            Kernels.AddNoise(y + first, v + first, chunk, count, HasRelu && factors is null);
        }

        if (factors is not null) Kernels.ScaleGroups(y, ValuesOf(factors, channels), channels.Count, Output.Shape.Height * Output.Shape.Width, HasRelu);
    }

    /// <summary>From the gradient of outputs to those of their means, in place, and variances; the factors' own from ∂z·z = Σ ∂(y·z) · (y·z).</summary>
    private void BackwardDraw(int block, ChannelRange channels)
    {
        StartBackward(block, channels);
        if (!noise.IsOn) return;
        float* dy = Output.Gradient(block, channels.First), own = sums + ((nint)channels.First * LaneBlock.Images);
        if (factors is not null)
        {
            Kernels.SumAndScaleGroups(
                dy, Output.Value(block, channels.First), ValuesOf(factors, channels), channels.Count, Output.Shape.Height * Output.Shape.Width, own);
            if (channels.First + channels.Count == Output.Shape.Channels) factors.Accumulate(sums);
        }

        Kernels.Multiply(dy, variances.Value(block, channels.First), variances.Gradient(block, channels.First), Output.PlaneElements * channels.Count);
    }

    private static float* ValuesOf(GroupFactors factors, ChannelRange channels) => factors.Values + ((nint)channels.First * LaneBlock.Images);
}
