using System.Runtime.CompilerServices;

namespace SparseNas.Training.Engine.Kernels;

/// <summary>Batch norm and sums per channel.</summary>
internal sealed unsafe partial class LaneKernels<L, V>
{
    [MethodImpl(Leaf)]
    public override void ChannelSums(float* dy, int channels, int pixels, float* sums)
    {
        for (int channel = 0; channel < channels; channel++, dy += (nint)pixels * LaneBlock.Images) sums[channel] += PlaneSum(dy, pixels);
    }

    [MethodImpl(Leaf)]
    public override void Moments(float* x, int channels, int pixels, float* live, float* near, float* sums, float* squares)
    {
        for (int channel = 0; channel < channels; channel++, x += (nint)pixels * LaneBlock.Images)
        {
            float sum = 0, square = 0;
            V shift = L.Create(near[channel]);
            for (int lane = 0; lane < LaneBlock.Images; lane += L.Count) PlaneMoments(x + lane, pixels, shift, L.Load(live + lane), ref sum, ref square);
            sums[channel] = sum;
            squares[channel] = square;
        }
    }

    /// <summary>Four sums side by side, because one would wait for itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float PlaneSum(float* x, int pixels)
    {
        V s0 = L.Create(0), s1 = s0, s2 = s0, s3 = s0;
        nint count = (nint)pixels * LaneBlock.Images, i = 0;
        for (; i <= count - (4 * L.Count); i += 4 * L.Count)
        {
            s0 = L.Add(s0, L.Load(x + i));
            s1 = L.Add(s1, L.Load(x + i + L.Count));
            s2 = L.Add(s2, L.Load(x + i + (2 * L.Count)));
            s3 = L.Add(s3, L.Load(x + i + (3 * L.Count)));
        }

        for (; i < count; i += L.Count) s0 = L.Add(s0, L.Load(x + i));
        return L.Sum(L.Add(L.Add(s0, s1), L.Add(s2, s3)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PlaneMoments(float* x, int pixels, V near, V live, ref float sum, ref float square)
    {
        V s0 = L.Create(0), s1 = s0, q0 = s0, q1 = s0;
        int pixel = 0;
        for (; pixel <= pixels - 2; pixel += 2, x += 2 * LaneBlock.Images)
        {
            V a = L.Subtract(L.Load(x), near), b = L.Subtract(L.Load(x + LaneBlock.Images), near);
            s0 = L.Add(s0, a);
            s1 = L.Add(s1, b);
            q0 = L.MultiplyAdd(a, a, q0);
            q1 = L.MultiplyAdd(b, b, q1);
        }

        if (pixel < pixels)
        {
            V a = L.Subtract(L.Load(x), near);
            s0 = L.Add(s0, a);
            q0 = L.MultiplyAdd(a, a, q0);
        }

        sum += L.Sum(L.Multiply(L.Add(s0, s1), live));
        square += L.Sum(L.Multiply(L.Add(q0, q1), live));
    }

    [MethodImpl(Leaf)]
    public override void ScaleShift(float* x, float* y, int channels, int pixels, float* scale, float* shift, bool relu)
    {
        nint count = (nint)pixels * LaneBlock.Images;
        V floor = L.Create(relu ? 0 : float.NegativeInfinity);
        for (int channel = 0; channel < channels; channel++, x += count, y += count)
        {
            V a = L.Create(scale[channel]), b = L.Create(shift[channel]);
            for (nint i = 0; i < count; i += L.Count) L.Store(L.Max(L.MultiplyAdd(L.Load(x + i), a, b), floor), y + i);
        }
    }

    [MethodImpl(Leaf)]
    public override void NormGradientSums(float* x, float* dy, int channels, int pixels, float* mean, float* sumDy, float* sumDyX)
    {
        nint count = (nint)pixels * LaneBlock.Images;
        for (int channel = 0; channel < channels; channel++, x += count, dy += count)
        {
            V s0 = L.Create(0), s1 = s0, p0 = s0, p1 = s0, m = L.Create(mean[channel]);
            nint i = 0;
            for (; i <= count - (2 * L.Count); i += 2 * L.Count)
            {
                V a = L.Load(dy + i), b = L.Load(dy + i + L.Count);
                s0 = L.Add(s0, a);
                s1 = L.Add(s1, b);
                p0 = L.MultiplyAdd(a, L.Subtract(L.Load(x + i), m), p0);
                p1 = L.MultiplyAdd(b, L.Subtract(L.Load(x + i + L.Count), m), p1);
            }

            for (; i < count; i += L.Count)
            {
                V a = L.Load(dy + i);
                s0 = L.Add(s0, a);
                p0 = L.MultiplyAdd(a, L.Subtract(L.Load(x + i), m), p0);
            }

            sumDy[channel] += L.Sum(L.Add(s0, s1));
            sumDyX[channel] += L.Sum(L.Add(p0, p1));
        }
    }

    [MethodImpl(Leaf)]
    public override void NormGradient(
        float* x, float* dy, float* dx, int channels, int pixels, float* a, float* b, float* d, float* live, bool accumulate)
    {
        nint count = (nint)pixels * LaneBlock.Images;
        for (int channel = 0; channel < channels; channel++, x += count, dy += count, dx += count)
        {
            V fa = L.Create(a[channel]), fb = L.Create(b[channel]), fd = L.Create(d[channel]);
            for (int lane = 0; lane < LaneBlock.Images; lane += L.Count)
            {
                V alive = L.Load(live + lane);
                if (accumulate) AddNormGradient(x + lane, dy + lane, dx + lane, count, fa, fb, fd, alive);
                else StoreNormGradient(x + lane, dy + lane, dx + lane, count, fa, fb, fd, alive);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void StoreNormGradient(float* x, float* dy, float* dx, nint count, V a, V b, V d, V alive)
    {
        for (nint i = 0; i < count; i += LaneBlock.Images)
        {
            V value = L.MultiplyAdd(L.Load(dy + i), a, L.MultiplyAdd(L.Load(x + i), b, d));
            L.Store(L.Multiply(value, alive), dx + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddNormGradient(float* x, float* dy, float* dx, nint count, V a, V b, V d, V alive)
    {
        for (nint i = 0; i < count; i += LaneBlock.Images)
        {
            V value = L.MultiplyAdd(L.Load(dy + i), a, L.MultiplyAdd(L.Load(x + i), b, d));
            L.Store(L.MultiplyAdd(value, alive, L.Load(dx + i)), dx + i);
        }
    }
}
