using System.Runtime.CompilerServices;

namespace SparseNas.Training.Engine.Kernels;

/// <summary>The kernels for one vector type: element by element and loss.</summary>
internal sealed unsafe partial class LaneKernels<L, V> : LaneKernels
    where L : struct, ILanes<V>
    where V : unmanaged
{
    public static LaneKernels<L, V> Instance { get; } = new();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddRowSums(float* rows, int count, float* totals)
    {
        for (int i = 0; i < count; i += L.Count) L.Store(L.Add(L.Load(totals + i), L.RowSums(rows + (i * L.Count))), totals + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void CopyInto(float* x, float* padded, in PadLoops loops)
    {
        nint count = (nint)loops.Width * LaneBlock.Images, step = (nint)loops.PaddedWidth * LaneBlock.Images;
        for (int plane = 0; plane < loops.Planes; plane++, padded += loops.PaddedHeight * step)
        {
            float* target = padded + (loops.Top * step) + (loops.Left * LaneBlock.Images);
            for (int row = 0; row < loops.Height; row++, x += count, target += step)
            {
                for (nint i = 0; i < count; i += L.Count) L.Store(L.Load(x + i), target + i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Relu(float* y, nint count)
    {
        V zero = L.Create(0);
        for (nint i = 0; i < count; i += L.Count) L.Store(L.Max(L.Load(y + i), zero), y + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void MaskPositive(float* dy, float* y, nint count)
    {
        V zero = L.Create(0);
        for (nint i = 0; i < count; i += L.Count) L.Store(L.And(L.Greater(L.Load(y + i), zero), L.Load(dy + i)), dy + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void RoundToGrid(float* x, float* y, nint count, float scale, float lowest, float highest)
    {
        V step = L.Create(scale), inverse = L.Create(1 / scale), low = L.Create(lowest), high = L.Create(highest);
        for (nint i = 0; i < count; i += L.Count)
        {
            V code = L.Min(L.Max(L.Round(L.Multiply(L.Load(x + i), inverse)), low), high);
            L.Store(L.Multiply(code, step), y + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddInside(float* x, float* dy, float* dx, nint count, float low, float high)
    {
        V least = L.Create(low), most = L.Create(high);
        for (nint i = 0; i < count; i += L.Count)
        {
            V value = L.Load(x + i);
            V inside = L.And(L.Greater(value, least), L.And(L.Greater(most, value), L.Load(dy + i)));
            L.Store(L.Add(L.Load(dx + i), inside), dx + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(float* a, float* b, float* y, nint count)
    {
        for (nint i = 0; i < count; i += L.Count) L.Store(L.Add(L.Load(a + i), L.Load(b + i)), y + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Mix(float* a, float* b, float* c, float w0, float w1, float w2, float* y, nint count)
    {
        V f0 = L.Create(w0), f1 = L.Create(w1), f2 = L.Create(w2);
        for (nint i = 0; i < count; i += L.Count)
        {
            L.Store(L.MultiplyAdd(L.Load(a + i), f0, L.MultiplyAdd(L.Load(b + i), f1, L.Multiply(L.Load(c + i), f2))), y + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddScaled(float* a, float factor, float* y, nint count)
    {
        V f = L.Create(factor);
        for (nint i = 0; i < count; i += L.Count) L.Store(L.MultiplyAdd(L.Load(a + i), f, L.Load(y + i)), y + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float SoftmaxLoss(float* logits, float* targets, float* gradient, int classes, float* live, float scale)
    {
        float loss = 0;
        for (int lane = 0; lane < LaneBlock.Images; lane += L.Count)
        {
            V alive = L.Load(live + lane), largest = L.Load(logits + lane);
            for (int c = 1; c < classes; c++) largest = L.Max(largest, L.Load(logits + (c * LaneBlock.Images) + lane));
            V sum = L.Create(0);
            for (int c = 0; c < classes; c++)
            {
                V e = L.Exp(L.Subtract(L.Load(logits + (c * LaneBlock.Images) + lane), largest));
                L.Store(e, gradient + (c * LaneBlock.Images) + lane);
                sum = L.Add(sum, e);
            }

            V inverse = L.Divide(L.Create(1), sum), logSum = L.Add(L.Log(sum), largest), total = L.Create(0);
            V factor = L.Multiply(alive, L.Create(scale));
            for (int c = 0; c < classes; c++)
            {
                int at = (c * LaneBlock.Images) + lane;
                V target = L.Load(targets + at);
                total = L.MultiplyAdd(target, L.Subtract(logSum, L.Load(logits + at)), total);
                L.Store(L.Multiply(L.Subtract(L.Multiply(L.Load(gradient + at), inverse), target), factor), gradient + at);
            }

            loss += L.Sum(L.Multiply(total, alive));
        }

        return loss;
    }
}
