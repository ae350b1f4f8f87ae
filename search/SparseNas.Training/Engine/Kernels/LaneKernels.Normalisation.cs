using System.Runtime.CompilerServices;
using SparseNas.Training.Engine.Geometry;

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
    public override void ScaleShift(float* x, float* y, in PlaneLayout target, in NormChannels norm)
    {
        (int rows, int width) = target.IsCompact ? (1, target.PaddedPixels) : (target.Height, target.Width);
        nint count = (nint)width * LaneBlock.Images, step = (nint)target.PaddedWidth * LaneBlock.Images;
        nint first = (nint)target.At(0, 0) * LaneBlock.Images, plane = (nint)target.PaddedPixels * LaneBlock.Images;
        V floor = L.Create(norm.Floor);
        for (int channel = 0; channel < norm.Count; channel++)
        {
            V a = L.Create(norm.Scale[channel]), b = L.Create(norm.Shift[channel]);
            float* to = y + (channel * plane) + first;
            for (int row = 0; row < rows; row++, x += count, to += step)
            {
                nint i = 0;
                for (; i <= count - (4 * L.Count); i += 4 * L.Count)
                {
                    V v0 = L.Max(L.MultiplyAdd(L.Load(x + i), a, b), floor), v1 = L.Max(L.MultiplyAdd(L.Load(x + i + L.Count), a, b), floor);
                    V v2 = L.Max(L.MultiplyAdd(L.Load(x + i + (2 * L.Count)), a, b), floor), v3 = L.Max(L.MultiplyAdd(L.Load(x + i + (3 * L.Count)), a, b), floor);
                    L.Store(v0, to + i);
                    L.Store(v1, to + i + L.Count);
                    L.Store(v2, to + i + (2 * L.Count));
                    L.Store(v3, to + i + (3 * L.Count));
                }

                for (; i < count; i += L.Count) L.Store(L.Max(L.MultiplyAdd(L.Load(x + i), a, b), floor), to + i);
            }
        }
    }

    [MethodImpl(Leaf)]
    public override void NormGradientSums(float* x, in PlaneGradient dy, float* y, int pixels, in NormChannels norm)
    {
        V floor = L.Create(norm.Floor);
        nint count = (nint)pixels * LaneBlock.Images;
        for (int channel = 0; channel < norm.Count; channel++, x += count, y += y == null ? 0 : count)
        {
            float* g = dy.Of(channel);
            V s0 = L.Create(0), s1 = s0, p0 = s0, p1 = s0, m = L.Create(norm.Mean[channel]);
            V scale = L.Create(norm.Scale[channel]), shift = L.Create(norm.Shift[channel]);
            nint i = 0;
            for (; i <= count - (2 * L.Count); i += 2 * L.Count)
            {
                V v = L.Load(x + i), w = L.Load(x + i + L.Count);
                V mv = L.MultiplyAdd(v, scale, shift), mw = L.MultiplyAdd(w, scale, shift);
                V a = L.WhereGreater(mv, floor, L.Load(g + dy.At(i))), b = L.WhereGreater(mw, floor, L.Load(g + dy.At(i + L.Count)));
                if (y != null)
                {
                    L.Store(L.Max(mv, floor), y + i);
                    L.Store(L.Max(mw, floor), y + i + L.Count);
                }

                s0 = L.Add(s0, a);
                s1 = L.Add(s1, b);
                p0 = L.MultiplyAdd(a, L.Subtract(v, m), p0);
                p1 = L.MultiplyAdd(b, L.Subtract(w, m), p1);
            }

            for (; i < count; i += L.Count)
            {
                V v = L.Load(x + i), map = L.MultiplyAdd(v, scale, shift), a = L.WhereGreater(map, floor, L.Load(g + dy.At(i)));
                if (y != null) L.Store(L.Max(map, floor), y + i);
                s0 = L.Add(s0, a);
                p0 = L.MultiplyAdd(a, L.Subtract(v, m), p0);
            }

            float* sums = norm.Sums + (channel * NormChannels.SumFloats), products = sums + LaneBlock.Images;
            L.Store(L.Add(L.Load(sums), L.Add(s0, s1)), sums);
            L.Store(L.Add(L.Load(products), L.Add(p0, p1)), products);
        }
    }

    [MethodImpl(Leaf)]
    public override void NormGradient(float* x, in PlaneGradient dy, float* dx, int pixels, in NormChannels norm, float* live, bool accumulate)
    {
        V floor = L.Create(norm.Floor);
        nint count = (nint)pixels * LaneBlock.Images;
        for (int channel = 0; channel < norm.Count; channel++, x += count, dx += count)
        {
            float* g = dy.Of(channel);
            V a = L.Create(norm.A[channel]), b = L.Create(norm.B[channel]), d = L.Create(norm.D[channel]);
            V scale = L.Create(norm.Scale[channel]), shift = L.Create(norm.Shift[channel]);
            for (int lane = 0; lane < LaneBlock.Images; lane += L.Count)
            {
                V alive = L.Load(live + lane), fa = L.Multiply(a, alive), fb = L.Multiply(b, alive), fd = L.Multiply(d, alive);
                for (nint i = lane; i < count; i += LaneBlock.Images)
                {
                    V v = L.Load(x + i), value = L.MultiplyAdd(L.WhereGreater(L.MultiplyAdd(v, scale, shift), floor, L.Load(g + dy.At(i))), fa, L.MultiplyAdd(v, fb, fd));
                    L.Store(accumulate ? L.Add(value, L.Load(dx + i)) : value, dx + i);
                }
            }
        }
    }
}
