using SparseNas.Training.Engine.Geometry;

namespace SparseNas.Training.Engine.Kernels;

/// <summary>
/// Everything that is not a tile: element by element, pooling, batch norm, loss and optimiser loops over [C][H][W][16] blocks. One object per
/// instruction set; sizes count floats and are multiples of sixteen.
/// </summary>
internal abstract unsafe class LaneKernels
{
    /// <summary>The kernels of an instruction set.</summary>
    public static LaneKernels Of(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => LaneKernels<Lanes512, System.Runtime.Intrinsics.Vector512<float>>.Instance,
        InstructionSet.Avx2 => LaneKernels<Lanes256, System.Runtime.Intrinsics.Vector256<float>>.Instance,
        _ => LaneKernels<Lanes128, System.Runtime.Intrinsics.Vector128<float>>.Instance,
    };

    /// <summary>totals[i] += sum of the lanes of the i-th register at <paramref name="rows"/>; a few more rows and totals are touched, up to whole registers.</summary>
    public abstract void AddRowSums(float* rows, int count, float* totals);

    /// <summary>Sixteen values of sixteen images, bytes[value][image]: block[places[value]][image] = (byte − zero) · scale.</summary>
    public abstract void ToReal(byte* bytes, int* places, float* block, float zero, float scale);

    /// <summary>Copies planes [H][W][16] into the middle of larger ones, whose borders stay as they are.</summary>
    public abstract void CopyInto(float* x, float* padded, in PlaneLayout layout, int planes);

    /// <summary>y = max(y, 0).</summary>
    public abstract void Relu(float* y, nint count);

    /// <summary>dy = y &gt; 0 ? dy : 0.</summary>
    public abstract void MaskPositive(float* dy, float* y, nint count);

    /// <summary>y = scale · clamp(round(x / scale), lowest, highest), halves to even.</summary>
    public abstract void RoundToGrid(float* x, float* y, nint count, float scale, float lowest, float highest);

    /// <summary>dx += low &lt; x &lt; high ? dy : 0.</summary>
    public abstract void AddInside(float* x, float* dy, float* dx, nint count, float low, float high);

    /// <summary>y = a + b.</summary>
    public abstract void Add(float* a, float* b, float* y, nint count);

    /// <summary>y = a · b.</summary>
    public abstract void Multiply(float* a, float* b, float* y, nint count);

    /// <summary>y = a · w0 + b · w1 + c · w2.</summary>
    public abstract void Mix(float* a, float* b, float* c, float w0, float w1, float w2, float* y, nint count);

    /// <summary>y += a · factor.</summary>
    public abstract void AddScaled(float* a, float factor, float* y, nint count);

    /// <summary>y[f] = x[places[f]], each a vector of sixteen.</summary>
    public abstract void Gather(float* x, int* places, int count, float* y);

    /// <summary>dx[places[f]] += dy[f], each a vector of sixteen.</summary>
    public abstract void AddScattered(float* dy, int* places, int count, float* dx);

    /// <summary>y += √(v + 1e-8) · noise, then v = noise / (2√(v + 1e-8)), the slope of y by v; with <paramref name="relu"/> y = max(y, 0).</summary>
    public abstract void AddNoise(float* y, float* variances, float* noise, nint count, bool relu);

    /// <summary>y += 2 · a · b.</summary>
    public abstract void AddTwiceProduct(float* a, float* b, float* y, nint count);

    /// <summary>y [groups][pixels][16] times factors [groups][16], with <paramref name="relu"/> then max(y, 0).</summary>
    public abstract void ScaleGroups(float* y, float* factors, int groups, int pixels, bool relu);

    /// <summary>sums [groups][16] = Σ over pixels of dy · y, both [groups][pixels][16], and dy times factors [groups][16], in one pass.</summary>
    public abstract void SumAndScaleGroups(float* dy, float* y, float* factors, int groups, int pixels, float* sums);

    /// <summary>Largest value of each window.</summary>
    public abstract void MaxPool(float* x, float* y, in PoolLoops loops);

    /// <summary>
    /// dx += dy at the first largest value of each window. With <paramref name="store"/> (2x2 windows that tile the input) dx is written, not
    /// added to; with <paramref name="masked"/> x is the output of a ReLU and its gradient is applied too.
    /// </summary>
    public abstract void MaxPoolGradient(float* x, float* y, float* dy, float* dx, in PoolLoops loops, bool store, bool masked);

    /// <summary>Mean of each window.</summary>
    public abstract void AveragePool(float* x, float* y, in PoolLoops loops);

    /// <summary>dx += dy / window; <paramref name="store"/> where windows tile the input and <paramref name="masked"/> as above.</summary>
    public abstract void AveragePoolGradient(float* x, float* dy, float* dx, in PoolLoops loops, bool store, bool masked);

    /// <summary>sums[c] += Σ over pixels and lanes.</summary>
    public abstract void ChannelSums(float* dy, int channels, int pixels, float* sums);

    /// <summary>
    /// Per channel of one block, over the lanes that <paramref name="live"/> (16 of 0 or 1) lets in: sums of (x − near[c]) and of its square. A value
    /// near the mean keeps the variance exact in one pass.
    /// </summary>
    public abstract void Moments(float* x, int channels, int pixels, float* live, float* near, float* sums, float* squares);

    /// <summary>y = x · scale + shift, with a ReLU then max(y, 0), into the middle of larger planes, whose borders stay as they are.</summary>
    public abstract void ScaleShift(float* x, float* y, in PlaneLayout target, in NormChannels norm);

    /// <summary>Adds Σ dy and Σ dy · (x − mean), where the ReLU is open, to the sums; unless it is null, <paramref name="y"/> becomes the output again.</summary>
    public abstract void NormGradientSums(float* x, in PlaneGradient dy, float* y, int pixels, in NormChannels norm);

    /// <summary>dx (+)= live · (a · dy + b · x + d), dy counting as 0 where the ReLU is closed; dx may lie where dy does.</summary>
    public abstract void NormGradient(float* x, in PlaneGradient dy, float* dx, int pixels, in NormChannels norm, float* live, bool accumulate);

    /// <summary>
    /// Softmax cross-entropy of a block of logits [classes][16], divided by a temperature, against target shares of the same layout:
    /// gradient (+)= live · scale · (softmax(sharpness · logits) − targets).
    /// </summary>
    /// <returns>The summed loss of the live lanes, not scaled.</returns>
    public abstract float SoftmaxLoss(float* logits, float* targets, float* gradient, int classes, float* live, in SoftmaxForm form);

    /// <summary>v = momentum · v + (g + decay · w); w −= rate · v, or with Nesterov rate · (g + decay · w + momentum · v). All times mask where one is given.</summary>
    public abstract void MomentumStep(
        float* w, float* g, float* v, float* mask, nint count, float rate, float momentum, float decay, bool nesterov, float gradientScale);

    /// <summary>Adam with bias corrections folded into <paramref name="step"/>; decay is added to the gradient, <paramref name="decoupled"/> shrinks weights directly.</summary>
    public abstract void AdamStep(
        float* w, float* g, float* m, float* v, float* mask, nint count, in AdamStep step, float decay, float decoupled, float gradientScale);

    /// <summary>Σ value², masked values left out.</summary>
    public abstract float SquaredNorm(float* values, float* mask, nint count);
}

/// <summary>A pooling window's loops over one block.</summary>
internal readonly record struct PoolLoops(
    int Channels, int InputHeight, int InputWidth, int OutputHeight, int OutputWidth, int Height, int Width, int RowStride, int ColumnStride)
{
    /// <summary>Floats of one input row.</summary>
    public nint RowFloats => (nint)InputWidth * LaneBlock.Images;

    /// <summary>Windows of 2x2 side by side.</summary>
    public bool IsHalving => (Height, Width, RowStride, ColumnStride) == (2, 2, 2, 2);

    /// <summary>Whether every input lies in exactly one window.</summary>
    public bool TilesInput =>
        (OutputHeight == 1 || RowStride == Height) && (OutputWidth == 1 || ColumnStride == Width)
        && OutputHeight * Height == InputHeight && OutputWidth * Width == InputWidth;

    /// <summary>Where the windows of one output row start; rows of all channels are counted through.</summary>
    public nint RowStart(int plane)
    {
        (int channel, int row) = Math.DivRem(plane, OutputHeight);
        return ((channel * InputHeight) + (row * RowStride)) * RowFloats;
    }
}

/// <summary>
/// What a batch norm knows of neighbouring channels: its map x · Scale + Shift, and then max(·, 0) with a ReLU, which is open where the map is positive;
/// Mean; Sums over a batch, of dy and of dy · (x − Mean), one register of lanes each; and the slopes of its gradient A · dy + B · x + D.
/// </summary>
internal unsafe struct NormChannels
{
    /// <summary>Floats from the sums of a channel to the next: a register of Σ dy, a register of Σ dy · (x − mean), each in the room of sixteen floats.</summary>
    public const int SumFloats = 2 * LaneBlock.Images;

    public int Count;
    public bool HasRelu;
    public float* Scale, Shift, Mean, Sums, A, B, D;

    /// <summary>What the map must exceed for the ReLU to be open.</summary>
    public readonly float Floor => HasRelu ? 0 : float.NegativeInfinity;
}

/// <summary>The gradient of channels of so many pixels, or, where it is uniform, one vector for all pixels of each.</summary>
internal readonly unsafe struct PlaneGradient(float* first, int pixels, bool isUniform)
{
    private readonly float* first = first;
    private readonly nint mask = isUniform ? LaneBlock.Images - 1 : -1;
    private readonly nint plane = isUniform ? LaneBlock.Images : (nint)pixels * LaneBlock.Images;

    /// <summary>One channel.</summary>
    public float* Of(int channel) => first + (channel * plane);

    /// <summary>Where in a channel the gradient of a value lies; both count floats.</summary>
    public nint At(nint index) => index & mask;
}

/// <summary>How a softmax enters the loss.</summary>
/// <param name="Scale">Factor of the gradient.</param>
/// <param name="Sharpness">1 / temperature.</param>
/// <param name="Adds">Whether the gradient is added to what is there.</param>
internal readonly record struct SoftmaxForm(float Scale, float Sharpness, bool Adds);

/// <summary>Constants of one Adam step: rate / (1 − β1ᵗ), 1 / √(1 − β2ᵗ).</summary>
internal readonly record struct AdamStep(float Rate, float Beta1, float Beta2, float InverseRootCorrection, float Epsilon);
