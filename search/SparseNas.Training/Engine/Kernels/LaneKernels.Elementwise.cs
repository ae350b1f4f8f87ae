using System.Runtime.CompilerServices;
using SparseNas.Training.Engine.Geometry;

namespace SparseNas.Training.Engine.Kernels;

/// <summary>The kernels for one vector type: element by element and loss.</summary>
internal sealed unsafe partial class LaneKernels<L, V> : LaneKernels
    where L : struct, ILanes<V>
    where V : unmanaged
{
    /// <summary>Kernels stay methods of their own: in a caller that also calls others, registers would be saved to memory in every loop.</summary>
    private const MethodImplOptions Leaf = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    public static LaneKernels<L, V> Instance { get; } = new();

    [MethodImpl(Leaf)]
    public override void AddRowSums(float* rows, int count, float* totals)
    {
        for (int i = 0; i < count; i += L.Count) L.Store(L.Add(L.Load(totals + i), L.RowSums(rows + (i * L.Count))), totals + i);
    }

    [MethodImpl(Leaf)]
    public override void ToReal(byte* bytes, int* places, float* block, float zero, float scale)
    {
        V z = L.Create(zero), s = L.Create(scale);
        for (int value = 0; value < LaneBlock.Images; value++, bytes += LaneBlock.Images)
        {
            float* target = block + ((nint)places[value] * LaneBlock.Images);
            for (int lane = 0; lane < LaneBlock.Images; lane += L.Count) L.Store(L.Multiply(L.Subtract(L.FromBytes(bytes + lane), z), s), target + lane);
        }
    }

    [MethodImpl(Leaf)]
    public override void CopyInto(float* x, float* padded, in PlaneLayout layout, int planes)
    {
        nint count = (nint)layout.Width * LaneBlock.Images, step = (nint)layout.PaddedWidth * LaneBlock.Images;
        for (int plane = 0; plane < planes; plane++, padded += (nint)layout.PaddedPixels * LaneBlock.Images)
        {
            float* target = padded + ((nint)layout.At(0, 0) * LaneBlock.Images);
            for (int row = 0; row < layout.Height; row++, x += count, target += step)
            {
                for (nint i = 0; i < count; i += L.Count) L.Store(L.Load(x + i), target + i);
            }
        }
    }

    [MethodImpl(Leaf)]
    public override void Relu(float* y, nint count)
    {
        V zero = L.Create(0);
        for (nint i = 0; i < count; i += L.Count) L.Store(L.Max(L.Load(y + i), zero), y + i);
    }

    [MethodImpl(Leaf)]
    public override void MaskPositive(float* dy, float* y, nint count)
    {
        V zero = L.Create(0);
        for (nint i = 0; i < count; i += L.Count) L.Store(L.WhereGreater(L.Load(y + i), zero, L.Load(dy + i)), dy + i);
    }

    [MethodImpl(Leaf)]
    public override void RoundToGrid(float* x, float* y, nint count, float scale, float lowest, float highest)
    {
        V step = L.Create(scale), inverse = L.Create(1 / scale), low = L.Create(lowest), high = L.Create(highest);
        for (nint i = 0; i < count; i += L.Count)
        {
            V code = L.Min(L.Max(L.Round(L.Multiply(L.Load(x + i), inverse)), low), high);
            L.Store(L.Multiply(code, step), y + i);
        }
    }

    [MethodImpl(Leaf)]
    public override void AddInside(float* x, float* dy, float* dx, nint count, float low, float high)
    {
        V least = L.Create(low), most = L.Create(high);
        for (nint i = 0; i < count; i += L.Count)
        {
            V value = L.Load(x + i);
            V inside = L.WhereGreater(value, least, L.WhereGreater(most, value, L.Load(dy + i)));
            L.Store(L.Add(L.Load(dx + i), inside), dx + i);
        }
    }

    [MethodImpl(Leaf)]
    public override void Add(float* a, float* b, float* y, nint count)
    {
        for (nint i = 0; i < count; i += L.Count) L.Store(L.Add(L.Load(a + i), L.Load(b + i)), y + i);
    }

    [MethodImpl(Leaf)]
    public override void Multiply(float* a, float* b, float* y, nint count)
    {
        for (nint i = 0; i < count; i += L.Count) L.Store(L.Multiply(L.Load(a + i), L.Load(b + i)), y + i);
    }

    [MethodImpl(Leaf)]
    public override void Mix(float* a, float* b, float* c, float w0, float w1, float w2, float* y, nint count)
    {
        V f0 = L.Create(w0), f1 = L.Create(w1), f2 = L.Create(w2);
        for (nint i = 0; i < count; i += L.Count)
        {
            L.Store(L.MultiplyAdd(L.Load(a + i), f0, L.MultiplyAdd(L.Load(b + i), f1, L.Multiply(L.Load(c + i), f2))), y + i);
        }
    }

    [MethodImpl(Leaf)]
    public override void AddScaled(float* a, float factor, float* y, nint count)
    {
        V f = L.Create(factor);
        for (nint i = 0; i < count; i += L.Count) L.Store(L.MultiplyAdd(L.Load(a + i), f, L.Load(y + i)), y + i);
    }

    [MethodImpl(Leaf)]
    public override void Gather(float* x, int* places, int count, float* y)
    {
        for (int f = 0; f < count; f++, y += LaneBlock.Images)
        {
            float* source = x + ((nint)places[f] * LaneBlock.Images);
            for (int i = 0; i < LaneBlock.Images; i += L.Count) L.Store(L.Load(source + i), y + i);
        }
    }

    [MethodImpl(Leaf)]
    public override void AddScattered(float* dy, int* places, int count, float* dx)
    {
        for (int f = 0; f < count; f++, dy += LaneBlock.Images)
        {
            float* target = dx + ((nint)places[f] * LaneBlock.Images);
            for (int i = 0; i < LaneBlock.Images; i += L.Count) L.Store(L.Add(L.Load(target + i), L.Load(dy + i)), target + i);
        }
    }

    [MethodImpl(Leaf)]
    public override float SoftmaxLoss(float* logits, float* targets, float* gradient, int classes, float* live, in SoftmaxForm form)
    {
        float loss = 0;
        V sharpness = L.Create(form.Sharpness);
        for (int lane = 0; lane < LaneBlock.Images; lane += L.Count)
        {
            V alive = L.Load(live + lane), largest = L.Load(logits + lane);
            for (int at = LaneBlock.Images + lane; at < classes * LaneBlock.Images; at += LaneBlock.Images) largest = L.Max(largest, L.Load(logits + at));
            V sum = L.Create(0);
            for (int at = lane; at < classes * LaneBlock.Images; at += LaneBlock.Images)
            {
                sum = L.Add(sum, L.Exp(L.Multiply(L.Subtract(L.Load(logits + at), largest), sharpness)));
            }

            V logSum = L.Log(sum), total = L.Create(0), factor = L.Multiply(alive, L.Create(form.Scale));
            for (int at = lane; at < classes * LaneBlock.Images; at += LaneBlock.Images)
            {
                V target = L.Load(targets + at);
                V logShare = L.Subtract(L.Multiply(L.Subtract(L.Load(logits + at), largest), sharpness), logSum);
                total = L.MultiplyAdd(target, logShare, total);
                V slope = L.Multiply(L.Subtract(L.Exp(logShare), target), factor);
                L.Store(form.Adds ? L.Add(L.Load(gradient + at), slope) : slope, gradient + at);
            }

            loss -= L.Sum(L.Multiply(total, alive));
        }

        return loss;
    }
}
