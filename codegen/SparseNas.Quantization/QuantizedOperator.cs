using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Quantization;

/// <summary>
/// One operator with integer parameters. x is an input code, zx its zero point; padding positions hold zx, so they add nothing.
/// The last operator of a network has no requantisation: its 32-bit accumulators are the logits. The set is closed.
/// </summary>
/// <param name="Operator">Shape, inputs and kind.</param>
/// <param name="Output">Format of the output; for the last operator the scale of its logits (32 bits, zero point 0).</param>
public abstract record QuantizedOperator(Operator Operator, TensorFormat Output);

/// <summary>
/// Integer weights of a convolution, depthwise convolution or dense layer: acc[o] = Biases[o] + Σ Weights[o,…] · (x − zx).
/// </summary>
/// <param name="Weights">OHWI (depthwise: channel, row, column; dense: O, I); each within ±(2^(Bits−1) − 1).</param>
/// <param name="Bits">8, 4, 3 or 2 bits per weight (2: −1, 0, 1).</param>
/// <param name="Biases">One per output channel, in units of input scale · weight scale.</param>
/// <param name="InputZeroPoint">zx.</param>
public sealed record IntegerKernel(ImmutableArray<sbyte> Weights, int Bits, ImmutableArray<int> Biases, int InputZeroPoint)
{
    /// <summary>Number of weights that are not zero.</summary>
    public int NonZeroCount => Weights.AsSpan().Length - Weights.AsSpan().Count((sbyte)0);
}

/// <summary>Convolution, depthwise convolution or dense layer, as <see cref="Operator.Layer"/> says.</summary>
/// <param name="Operator">Shape, inputs and kind.</param>
/// <param name="Output">Format of the output.</param>
/// <param name="Kernel">Integer weights.</param>
/// <param name="Requantization">Null only for the last operator.</param>
public sealed record QuantizedKernel(Operator Operator, TensorFormat Output, IntegerKernel Kernel, Requantization? Requantization)
    : QuantizedOperator(Operator, Output);

/// <summary>
/// Mean over a window (AvgPool, Downsample, GlobalAveragePool): acc = Σ (x − zx); the division by the window's size is part of the
/// multiplier.
/// </summary>
/// <param name="Operator">Shape, inputs and kind.</param>
/// <param name="Output">Format of the output.</param>
/// <param name="InputZeroPoint">zx.</param>
/// <param name="Requantization">Null only for a global average pool that is the last operator: its sums are the logits.</param>
public sealed record QuantizedMean(Operator Operator, TensorFormat Output, int InputZeroPoint, Requantization? Requantization)
    : QuantizedOperator(Operator, Output);

/// <summary>Largest code of a window; the output has the input's format. With a ReLU: at least the zero point.</summary>
/// <param name="Operator">Shape, inputs and kind.</param>
/// <param name="Output">Format of input and output.</param>
public sealed record QuantizedMaxPool(Operator Operator, TensorFormat Output) : QuantizedOperator(Operator, Output);

/// <summary>
/// Sum of two inputs: q = clamp(ZeroPoint + (((a − za)·MultiplierA + (b − zb)·MultiplierB + 2^(Shift−1)) &gt;&gt; Shift), Minimum,
/// Maximum); all in 32 bits.
/// </summary>
/// <param name="Operator">Shape, inputs and kind.</param>
/// <param name="Output">Format of the output.</param>
/// <param name="ZeroPointA">za.</param>
/// <param name="ZeroPointB">zb.</param>
/// <param name="MultiplierA">0 .. 2^20.</param>
/// <param name="MultiplierB">0 .. 2^20.</param>
/// <param name="Shift">1 to 20.</param>
/// <param name="Minimum">The zero point after a ReLU, else 0.</param>
/// <param name="Maximum">Largest code.</param>
public sealed record QuantizedAdd(
    Operator Operator, TensorFormat Output, int ZeroPointA, int ZeroPointB, int MultiplierA, int MultiplierB, int Shift, int Minimum,
    int Maximum)
    : QuantizedOperator(Operator, Output)
{
    /// <summary>The code for inputs <paramref name="a"/> and <paramref name="b"/>.</summary>
    public int Apply(int a, int b)
    {
        int sum = ((a - ZeroPointA) * MultiplierA) + ((b - ZeroPointB) * MultiplierB) + (1 << (Shift - 1));
        return Math.Clamp(Output.ZeroPoint + (sum >> Shift), Minimum, Maximum);
    }
}

/// <summary>
/// Two inputs side by side, each brought to the output's scale: q = clamp(ZeroPoint + (((x − zx)·Multiplier + 2^(Shift−1)) &gt;&gt; Shift),
/// Minimum, Maximum). An input that has the output's format already is copied: its multiplier is 2^Shift.
/// </summary>
/// <param name="Operator">Shape, inputs and kind.</param>
/// <param name="Output">Format of the output.</param>
/// <param name="ZeroPointA">zx of the first input.</param>
/// <param name="ZeroPointB">zx of the second input.</param>
/// <param name="MultiplierA">0 .. 2^20.</param>
/// <param name="MultiplierB">0 .. 2^20.</param>
/// <param name="Shift">1 to 20.</param>
/// <param name="Minimum">The zero point after a ReLU, else 0.</param>
/// <param name="Maximum">Largest code.</param>
public sealed record QuantizedConcat(
    Operator Operator, TensorFormat Output, int ZeroPointA, int ZeroPointB, int MultiplierA, int MultiplierB, int Shift, int Minimum,
    int Maximum)
    : QuantizedOperator(Operator, Output)
{
    /// <summary>The zero point and multiplier of an input.</summary>
    /// <param name="which">0 or 1.</param>
    public (int ZeroPoint, int Multiplier) Scaling(int which) => which == 0 ? (ZeroPointA, MultiplierA) : (ZeroPointB, MultiplierB);

    /// <summary>Whether codes of an input stay as they are but for the smallest code.</summary>
    /// <param name="which">0 or 1.</param>
    public bool Copies(int which) => Scaling(which) is var (zeroPoint, multiplier) && zeroPoint == Output.ZeroPoint && multiplier == 1 << Shift;

    /// <summary>The code for code <paramref name="x"/> of an input.</summary>
    /// <param name="which">0 or 1.</param>
    /// <param name="x">Its code.</param>
    public int Apply(int which, int x)
    {
        (int zeroPoint, int multiplier) = Scaling(which);
        int scaled = ((x - zeroPoint) * multiplier) + (1 << (Shift - 1));
        return Math.Clamp(Output.ZeroPoint + (scaled >> Shift), Minimum, Maximum);
    }
}

/// <summary>Selected codes, as <see cref="Gather"/> says; the output has the input's format. With a ReLU: at least the zero point.</summary>
/// <param name="Operator">Shape, inputs and kind.</param>
/// <param name="Output">Format of input and output.</param>
public sealed record QuantizedGather(Operator Operator, TensorFormat Output) : QuantizedOperator(Operator, Output)
{
    /// <summary>Which values of the flattened input are selected.</summary>
    public ImmutableArray<int> Indices => ((Gather)Operator.Layer).Indices;

    /// <summary>The smallest code: the zero point after a ReLU, else 0.</summary>
    public int Minimum => Operator.HasRelu ? Output.ZeroPoint : 0;
}

/// <summary>Luma of red, green and blue codes: (77·r + 150·g + 29·b + 128) &gt;&gt; 8; the output has the input's format.</summary>
/// <param name="Operator">Shape, inputs and kind.</param>
/// <param name="Output">Format of input and output.</param>
public sealed record QuantizedGreyscale(Operator Operator, TensorFormat Output) : QuantizedOperator(Operator, Output);

/// <summary>max(q, zero point): a ReLU that no operator could absorb; the output has the input's format.</summary>
/// <param name="Operator">Shape, inputs and kind.</param>
/// <param name="Output">Format of input and output.</param>
public sealed record QuantizedRelu(Operator Operator, TensorFormat Output) : QuantizedOperator(Operator, Output);
