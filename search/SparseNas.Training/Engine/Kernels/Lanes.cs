using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace SparseNas.Training.Engine.Kernels;

/// <summary>
/// One vector register of single-precision lanes. Kernels are written once over it; the JIT compiles them separately for each of the three
/// structs below, so the abstraction costs nothing.
/// </summary>
/// <typeparam name="TVector">The vector type.</typeparam>
internal unsafe interface ILanes<TVector>
    where TVector : unmanaged
{
    static abstract int Count { get; }

    static abstract TVector Load(float* source);

    static abstract void Store(TVector value, float* target);

    static abstract TVector Create(float value);

    /// <summary>As many bytes as numbers.</summary>
    static abstract TVector FromBytes(byte* source);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Subtract(TVector a, TVector b);

    static abstract TVector Multiply(TVector a, TVector b);

    static abstract TVector Divide(TVector a, TVector b);

    /// <summary>a · b + c with one rounding where the processor can.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    static abstract TVector Max(TVector a, TVector b);

    static abstract TVector Min(TVector a, TVector b);

    static abstract TVector Sqrt(TVector a);

    /// <summary>1 / √a to about two units in the last place: the processor's estimate and one step of Newton's method, where there is one.</summary>
    static abstract TVector InverseSqrt(TVector a);

    static abstract TVector Exp(TVector a);

    static abstract TVector Log(TVector a);

    /// <summary>To the nearest integer, halves to even.</summary>
    static abstract TVector Round(TVector a);

    /// <summary>All bits set where a &gt; b.</summary>
    static abstract TVector Greater(TVector a, TVector b);

    /// <summary>All bits set where a = b.</summary>
    static abstract TVector Equal(TVector a, TVector b);

    static abstract TVector And(TVector mask, TVector value);

    /// <summary>The value where a &gt; b, else 0.</summary>
    static abstract TVector WhereGreater(TVector a, TVector b, TVector value);

    static abstract TVector AndNot(TVector value, TVector mask);

    static abstract float Sum(TVector a);

    /// <summary>Lane i is the sum of all lanes of the i-th of <see cref="Count"/> registers at <paramref name="rows"/>: a tree of shuffles and additions.</summary>
    static abstract TVector RowSums(float* rows);
}

/// <inheritdoc/>
internal unsafe struct Lanes512 : ILanes<Vector512<float>>
{
    public static int Count => Vector512<float>.Count;

    [MethodImpl(AggressiveInlining)]
    public static Vector512<float> Load(float* source) => Vector512.Load(source);

    [MethodImpl(AggressiveInlining)]
    public static void Store(Vector512<float> value, float* target) => value.Store(target);

    [MethodImpl(AggressiveInlining)]
    public static Vector512<float> Create(float value) => Vector512.Create(value);

    [MethodImpl(AggressiveInlining)]
    public static Vector512<float> FromBytes(byte* source) => Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(Vector128.Load(source)));

    [MethodImpl(AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => a + b;

    [MethodImpl(AggressiveInlining)]
    public static Vector512<float> Subtract(Vector512<float> a, Vector512<float> b) => a - b;

    [MethodImpl(AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => a * b;

    [MethodImpl(AggressiveInlining)]
    public static Vector512<float> Divide(Vector512<float> a, Vector512<float> b) => a / b;

    [MethodImpl(AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.MultiplyAddEstimate(a, b, c);

    [MethodImpl(AggressiveInlining)]
    public static Vector512<float> Max(Vector512<float> a, Vector512<float> b) => Vector512.MaxNative(a, b);

    [MethodImpl(AggressiveInlining)]
    public static Vector512<float> Min(Vector512<float> a, Vector512<float> b) => Vector512.MinNative(a, b);

    [MethodImpl(AggressiveInlining)]
    public static Vector512<float> Sqrt(Vector512<float> a) => Vector512.Sqrt(a);

    [MethodImpl(AggressiveInlining)]
    public static Vector512<float> InverseSqrt(Vector512<float> a)
    {
        Vector512<float> estimate = Avx512F.ReciprocalSqrt14(a);
        return estimate * (Vector512.Create(1.5f) - (a * 0.5f * estimate * estimate));
    }

    [MethodImpl(AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> a) => Vector512.Exp(a);

    [MethodImpl(AggressiveInlining)]
    public static Vector512<float> Log(Vector512<float> a) => Vector512.Log(a);

    [MethodImpl(AggressiveInlining)]
    public static Vector512<float> Round(Vector512<float> a) => Vector512.Round(a);

    [MethodImpl(AggressiveInlining)]
    public static Vector512<float> Greater(Vector512<float> a, Vector512<float> b) => Vector512.GreaterThan(a, b);

    [MethodImpl(AggressiveInlining)]
    public static Vector512<float> Equal(Vector512<float> a, Vector512<float> b) => Vector512.Equals(a, b);

    [MethodImpl(AggressiveInlining)]
    public static Vector512<float> And(Vector512<float> mask, Vector512<float> value) => mask & value;

    [MethodImpl(AggressiveInlining)]
    public static Vector512<float> WhereGreater(Vector512<float> a, Vector512<float> b, Vector512<float> value) => Vector512.ConditionalSelect(Vector512.GreaterThan(a, b), value, Vector512<float>.Zero);

    [MethodImpl(AggressiveInlining)]
    public static Vector512<float> AndNot(Vector512<float> value, Vector512<float> mask) => Vector512.AndNot(value, mask);

    [MethodImpl(AggressiveInlining)]
    public static float Sum(Vector512<float> a) => Vector512.Sum(a);

    [MethodImpl(AggressiveInlining)]
    public static Vector512<float> RowSums(float* rows)
    {
        Vector512<float> a = Quarter(rows), b = Quarter(rows + 64), c = Quarter(rows + 128), d = Quarter(rows + 192);
        Vector512<float> ab = Avx512F.Shuffle4x128(a, b, 0b10_00_10_00) + Avx512F.Shuffle4x128(a, b, 0b11_01_11_01);
        Vector512<float> cd = Avx512F.Shuffle4x128(c, d, 0b10_00_10_00) + Avx512F.Shuffle4x128(c, d, 0b11_01_11_01);
        return Avx512F.Shuffle4x128(ab, cd, 0b10_00_10_00) + Avx512F.Shuffle4x128(ab, cd, 0b11_01_11_01);
    }

    /// <summary>Four registers to one: in every 128-bit part, lane i is the sum of that part of register i.</summary>
    [MethodImpl(AggressiveInlining)]
    private static Vector512<float> Quarter(float* rows)
    {
        Vector512<float> a = Load(rows), b = Load(rows + 16), c = Load(rows + 32), d = Load(rows + 48);
        Vector512<double> ab = (Avx512F.UnpackLow(a, b) + Avx512F.UnpackHigh(a, b)).AsDouble();
        Vector512<double> cd = (Avx512F.UnpackLow(c, d) + Avx512F.UnpackHigh(c, d)).AsDouble();
        return Avx512F.UnpackLow(ab, cd).AsSingle() + Avx512F.UnpackHigh(ab, cd).AsSingle();
    }
}

/// <inheritdoc/>
internal unsafe struct Lanes256 : ILanes<Vector256<float>>
{
    public static int Count => Vector256<float>.Count;

    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> Load(float* source) => Vector256.Load(source);

    [MethodImpl(AggressiveInlining)]
    public static void Store(Vector256<float> value, float* target) => value.Store(target);

    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> Create(float value) => Vector256.Create(value);

    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> FromBytes(byte* source) => Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(source));

    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b) => a + b;

    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> Subtract(Vector256<float> a, Vector256<float> b) => a - b;

    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b) => a * b;

    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> Divide(Vector256<float> a, Vector256<float> b) => a / b;

    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.MultiplyAddEstimate(a, b, c);

    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> Max(Vector256<float> a, Vector256<float> b) => Vector256.MaxNative(a, b);

    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> Min(Vector256<float> a, Vector256<float> b) => Vector256.MinNative(a, b);

    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> Sqrt(Vector256<float> a) => Vector256.Sqrt(a);

    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> InverseSqrt(Vector256<float> a)
    {
        Vector256<float> estimate = Avx.ReciprocalSqrt(a);
        return estimate * (Vector256.Create(1.5f) - (a * 0.5f * estimate * estimate));
    }

    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> a) => Vector256.Exp(a);

    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> Log(Vector256<float> a) => Vector256.Log(a);

    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> Round(Vector256<float> a) => Vector256.Round(a);

    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> Greater(Vector256<float> a, Vector256<float> b) => Vector256.GreaterThan(a, b);

    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> Equal(Vector256<float> a, Vector256<float> b) => Vector256.Equals(a, b);

    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> And(Vector256<float> mask, Vector256<float> value) => mask & value;

    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> WhereGreater(Vector256<float> a, Vector256<float> b, Vector256<float> value) => Vector256.ConditionalSelect(Vector256.GreaterThan(a, b), value, Vector256<float>.Zero);

    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> AndNot(Vector256<float> value, Vector256<float> mask) => Vector256.AndNot(value, mask);

    [MethodImpl(AggressiveInlining)]
    public static float Sum(Vector256<float> a) => Vector256.Sum(a);

    [MethodImpl(AggressiveInlining)]
    public static Vector256<float> RowSums(float* rows)
    {
        Vector256<float> a = Quarter(rows), b = Quarter(rows + 32);
        return Avx.Permute2x128(a, b, 0x20) + Avx.Permute2x128(a, b, 0x31);
    }

    /// <summary>Four registers to one: in every 128-bit part, lane i is the sum of that part of register i.</summary>
    [MethodImpl(AggressiveInlining)]
    private static Vector256<float> Quarter(float* rows)
    {
        Vector256<float> a = Load(rows), b = Load(rows + 8), c = Load(rows + 16), d = Load(rows + 24);
        Vector256<double> ab = (Avx.UnpackLow(a, b) + Avx.UnpackHigh(a, b)).AsDouble();
        Vector256<double> cd = (Avx.UnpackLow(c, d) + Avx.UnpackHigh(c, d)).AsDouble();
        return Avx.UnpackLow(ab, cd).AsSingle() + Avx.UnpackHigh(ab, cd).AsSingle();
    }
}

/// <inheritdoc/>
internal unsafe struct Lanes128 : ILanes<Vector128<float>>
{
    public static int Count => Vector128<float>.Count;

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> Load(float* source) => Vector128.Load(source);

    [MethodImpl(AggressiveInlining)]
    public static void Store(Vector128<float> value, float* target) => value.Store(target);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> Create(float value) => Vector128.Create(value);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> FromBytes(byte* source) =>
        Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(*(uint*)source).AsByte())).AsInt32());

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> a, Vector128<float> b) => a + b;

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> Subtract(Vector128<float> a, Vector128<float> b) => a - b;

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> Multiply(Vector128<float> a, Vector128<float> b) => a * b;

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> Divide(Vector128<float> a, Vector128<float> b) => a / b;

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) => Vector128.MultiplyAddEstimate(a, b, c);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> Max(Vector128<float> a, Vector128<float> b) => Vector128.MaxNative(a, b);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> Min(Vector128<float> a, Vector128<float> b) => Vector128.MinNative(a, b);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> Sqrt(Vector128<float> a) => Vector128.Sqrt(a);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> InverseSqrt(Vector128<float> a) => Vector128<float>.One / Vector128.Sqrt(a);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> Exp(Vector128<float> a) => Vector128.Exp(a);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> Log(Vector128<float> a) => Vector128.Log(a);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> Round(Vector128<float> a) => Vector128.Round(a);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> Greater(Vector128<float> a, Vector128<float> b) => Vector128.GreaterThan(a, b);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> Equal(Vector128<float> a, Vector128<float> b) => Vector128.Equals(a, b);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> And(Vector128<float> mask, Vector128<float> value) => mask & value;

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> WhereGreater(Vector128<float> a, Vector128<float> b, Vector128<float> value) => Vector128.ConditionalSelect(Vector128.GreaterThan(a, b), value, Vector128<float>.Zero);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> AndNot(Vector128<float> value, Vector128<float> mask) => Vector128.AndNot(value, mask);

    [MethodImpl(AggressiveInlining)]
    public static float Sum(Vector128<float> a) => Vector128.Sum(a);

    [MethodImpl(AggressiveInlining)]
    public static Vector128<float> RowSums(float* rows) =>
        Vector128.Create(Sum(Load(rows)), Sum(Load(rows + 4)), Sum(Load(rows + 8)), Sum(Load(rows + 12)));
}
