using SparseNas.Training.Engine.Kernels;
using SparseNas.Training.Engine.Noise;

namespace SparseNas.Training.Engine.Steps;

/// <summary>
/// A layer whose weights are N(θ, σ²), by local reparameterisation (Kingma, Salimans and Welling 2015): y = m + √(v + ε)·n with m = x·θ + b,
/// v = x²·σ² and n drawn for every output of every image. Two steps of the layer's own kind do the work, one over (x, θ) and one over
/// (x², σ²); backwards ∂m = ∂y, ∂v = ∂y·n / (2√(v + ε)) and ∂x = ∂m·θ + 2x·(∂v·σ²). Where output channels have factors, y·z is given on.
/// </summary>
internal sealed unsafe class NormalWeightsStep : Step
{
    private const int ChunkElements = 4096;   // of noise, so that it stays in the first-level cache
    private readonly TensorSlot input;
    private readonly TensorSlot squares;
    private readonly TensorSlot variances;
    private readonly Step mean;
    private readonly Step variance;
    private readonly WeightNoise noise;
    private readonly KernelLayout layout;
    private readonly GroupFactors? factors;
    private float* chunk;
    private float* sums;
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
        Func<Parameters?, TensorSlot, TensorSlot, Step> layer) : base(kernels, [input], output, relu)
    {
        this.input = input;
        this.noise = noise;
        this.factors = factors;
        layout = noise.Variances.KernelOf(node);
        squares = new TensorSlot(input.Shape, input.Level) { NeedsGradient = input.NeedsGradient };
        variances = new TensorSlot(output.Shape, output.Level) { NeedsGradient = true };
        mean = layer(null, input, output);
        variance = layer(noise.Variances, squares, variances);
        noise.Reserve(input);
    }

    public override bool CanMaskInputGradient => mean.CanMaskInputGradient;

    public override bool BackwardReadsInput => true;

    /// <summary>Not the output itself, but what is drawn along with it: so it is drawn again where the output is not kept.</summary>
    public override bool BackwardReadsOutput => true;

    public override void Prepare(NativeArena arena, bool training)
    {
        mean.Accumulates[0] = Accumulates[0];
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

    public override void Forward(int block)
    {
        mean.Forward(block);
        if (!noise.IsOn)
        {
            FinishForward(block);
            return;
        }

        Kernels.Multiply(input.Value(block), input.Value(block), squares.Value(block), input.BlockElements);
        variance.Forward(block);
        AddNoise(block);
        if (factors is null) return;
        factors.Draw(noise.Of(NoisePurpose.Factors, layout.Node, batch, block));
        Kernels.ScaleGroups(Output.Value(block), factors.Values, factors.Count, Output.Shape.Height * Output.Shape.Width, HasRelu);
    }

    public override void Backward(int block)
    {
        StartBackward(block);
        if (noise.IsOn)
        {
            if (factors is not null) BackwardFactors(block);
            Kernels.Multiply(Output.Gradient(block), variances.Value(block), variances.Gradient(block), Output.BlockElements);
        }

        mean.Backward(block);
        if (!noise.IsOn) return;
        Kernels.Multiply(input.Value(block), input.Value(block), squares.Value(block), input.BlockElements);
        variance.Backward(block);
        if (!input.NeedsGradient) return;
        Kernels.AddTwiceProduct(input.Value(block), squares.Gradient(block), input.Gradient(block), input.BlockElements);
    }

    private void AddNoise(int block)
    {
        LaneNoise source = noise.Of(NoisePurpose.Outputs, layout.Node, batch, block);
        float* y = Output.Value(block), v = variances.Value(block);
        for (nint first = 0; first < Output.BlockElements; first += ChunkElements)
        {
            nint count = nint.Min(ChunkElements, Output.BlockElements - first);
            source.Fill(chunk, count);
            Kernels.AddNoise(y + first, v + first, chunk, count, HasRelu && factors is null);
        }
    }

    /// <summary>From the gradient of y·z to that of y, in place; the factors' own from ∂z·z = Σ ∂(y·z) · (y·z).</summary>
    private void BackwardFactors(int block)
    {
        float* dy = Output.Gradient(block);
        int pixels = Output.Shape.Height * Output.Shape.Width;
        factors!.Draw(noise.Of(NoisePurpose.Factors, layout.Node, batch, block));
        Kernels.SumAndScaleGroups(dy, Output.Value(block), factors.Values, factors.Count, pixels, sums);
        factors.Accumulate(sums);
    }
}
