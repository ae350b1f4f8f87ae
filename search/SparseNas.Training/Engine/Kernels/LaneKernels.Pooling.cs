using System.Runtime.CompilerServices;

namespace SparseNas.Training.Engine.Kernels;

/// <summary>Pooling, with straight-line forms for the 2x2 windows of stride 2 that most networks use.</summary>
internal sealed unsafe partial class LaneKernels<L, V>
{
    [MethodImpl(Leaf)]
    public override void MaxPool(float* x, float* y, in PoolLoops loops)
    {
        for (int plane = 0; plane < loops.Channels * loops.OutputHeight; plane++, y += loops.OutputWidth * LaneBlock.Images)
        {
            float* first = x + loops.RowStart(plane);
            if (loops.IsHalving) MaxPoolRow(first, first + loops.RowFloats, y, loops.OutputWidth);
            else MaxPoolRow(first, y, loops);
        }
    }

    [MethodImpl(Leaf)]
    public override void MaxPoolGradient(float* x, float* y, float* dy, float* dx, in PoolLoops loops, bool store, bool masked)
    {
        V floor = L.Create(masked ? 0 : float.NegativeInfinity);
        for (int plane = 0; plane < loops.Channels * loops.OutputHeight; plane++)
        {
            nint first = loops.RowStart(plane);
            if (store) MaxPoolGradientRow(x + first, loops.RowFloats, y, dy, dx + first, loops.OutputWidth, floor);
            else MaxPoolGradientRow(x + first, y, dy, dx + first, loops, floor);
            y += loops.OutputWidth * LaneBlock.Images;
            dy += loops.OutputWidth * LaneBlock.Images;
        }
    }

    [MethodImpl(Leaf)]
    public override void AveragePool(float* x, float* y, in PoolLoops loops)
    {
        V factor = L.Create(1f / (loops.Height * loops.Width));
        for (int plane = 0; plane < loops.Channels * loops.OutputHeight; plane++, y += loops.OutputWidth * LaneBlock.Images)
        {
            float* first = x + loops.RowStart(plane);
            if (loops.IsHalving) AveragePoolRow(first, first + loops.RowFloats, y, loops.OutputWidth, factor);
            else AveragePoolRow(first, y, loops, factor);
        }
    }

    [MethodImpl(Leaf)]
    public override void AveragePoolGradient(float* x, float* dy, float* dx, in PoolLoops loops, bool store, bool masked)
    {
        V factor = L.Create(1f / (loops.Height * loops.Width));
        V floor = L.Create(masked ? 0 : float.NegativeInfinity);
        for (int plane = 0; plane < loops.Channels * loops.OutputHeight; plane++, dy += loops.OutputWidth * LaneBlock.Images)
        {
            nint first = loops.RowStart(plane);
            AveragePoolGradientRow(masked ? x + first : dx + first, dy, dx + first, loops, factor, floor, store);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MaxPoolRow(float* upper, float* lower, float* y, int width)
    {
        for (nint end = (nint)width * LaneBlock.Images, i = 0; i < end; i += LaneBlock.Images)
        {
            for (int lane = 0; lane < LaneBlock.Images; lane += L.Count)
            {
                float* u = upper + (2 * i) + lane, l = lower + (2 * i) + lane;
                V top = L.Max(L.Load(u), L.Load(u + LaneBlock.Images)), bottom = L.Max(L.Load(l), L.Load(l + LaneBlock.Images));
                L.Store(L.Max(top, bottom), y + i + lane);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MaxPoolRow(float* first, float* y, in PoolLoops loops)
    {
        nint rowFloats = loops.RowFloats, step = loops.ColumnStride * LaneBlock.Images;
        for (int column = 0; column < loops.OutputWidth; column++, first += step)
        {
            for (int lane = 0; lane < LaneBlock.Images; lane += L.Count, y += L.Count)
            {
                V largest = L.Load(first + lane);
                for (int i = 0; i < loops.Height; i++)
                {
                    float* source = first + (i * rowFloats) + lane;
                    for (int j = 0; j < loops.Width; j++, source += LaneBlock.Images) largest = L.Max(largest, L.Load(source));
                }

                L.Store(largest, y);
            }
        }
    }

    /// <summary>Two by two, every input in exactly one window: the first value equal to the largest takes the gradient, the others get 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MaxPoolGradientRow(float* x, nint rowFloats, float* y, float* dy, float* dx, int width, V floor)
    {
        for (nint end = (nint)width * LaneBlock.Images, i = 0; i < end; i += LaneBlock.Images)
        {
            for (int lane = 0; lane < LaneBlock.Images; lane += L.Count)
            {
                nint at = (2 * i) + lane, below = at + rowFloats;
                V largest = L.Load(y + i + lane), left = L.WhereGreater(largest, floor, L.Load(dy + i + lane));
                V here = L.Equal(L.Load(x + at), largest);
                L.Store(L.And(here, left), dx + at);
                left = L.AndNot(left, here);
                here = L.Equal(L.Load(x + at + LaneBlock.Images), largest);
                L.Store(L.And(here, left), dx + at + LaneBlock.Images);
                left = L.AndNot(left, here);
                here = L.Equal(L.Load(x + below), largest);
                L.Store(L.And(here, left), dx + below);
                left = L.AndNot(left, here);
                here = L.Equal(L.Load(x + below + LaneBlock.Images), largest);
                L.Store(L.And(here, left), dx + below + LaneBlock.Images);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MaxPoolGradientRow(float* x, float* y, float* dy, float* dx, in PoolLoops loops, V floor)
    {
        nint rowFloats = loops.RowFloats, step = loops.ColumnStride * LaneBlock.Images, first = 0;
        for (int column = 0; column < loops.OutputWidth; column++, first += step)
        {
            for (int lane = 0; lane < LaneBlock.Images; lane += L.Count, y += L.Count, dy += L.Count)
            {
                V largest = L.Load(y), left = L.WhereGreater(largest, floor, L.Load(dy));   // the first equal value takes all of it
                for (int i = 0; i < loops.Height; i++)
                {
                    nint at = first + (i * rowFloats) + lane;
                    for (int j = 0; j < loops.Width; j++, at += LaneBlock.Images)
                    {
                        V here = L.Equal(L.Load(x + at), largest);
                        L.Store(L.Add(L.Load(dx + at), L.And(here, left)), dx + at);
                        left = L.AndNot(left, here);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AveragePoolRow(float* upper, float* lower, float* y, int width, V factor)
    {
        for (nint end = (nint)width * LaneBlock.Images, i = 0; i < end; i += LaneBlock.Images)
        {
            for (int lane = 0; lane < LaneBlock.Images; lane += L.Count)
            {
                float* u = upper + (2 * i) + lane, l = lower + (2 * i) + lane;
                V top = L.Add(L.Load(u), L.Load(u + LaneBlock.Images)), bottom = L.Add(L.Load(l), L.Load(l + LaneBlock.Images));
                L.Store(L.Multiply(L.Add(top, bottom), factor), y + i + lane);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AveragePoolRow(float* first, float* y, in PoolLoops loops, V factor)
    {
        nint rowFloats = loops.RowFloats, step = loops.ColumnStride * LaneBlock.Images;
        for (int column = 0; column < loops.OutputWidth; column++, first += step)
        {
            for (int lane = 0; lane < LaneBlock.Images; lane += L.Count, y += L.Count)
            {
                V even = L.Create(0), odd = even;   // two sums side by side, because one would wait for itself
                for (int i = 0; i < loops.Height; i++)
                {
                    float* source = first + (i * rowFloats) + lane;
                    int j = 0;
                    for (; j <= loops.Width - 2; j += 2, source += 2 * LaneBlock.Images)
                    {
                        even = L.Add(even, L.Load(source));
                        odd = L.Add(odd, L.Load(source + LaneBlock.Images));
                    }

                    if (j < loops.Width) even = L.Add(even, L.Load(source));
                }

                L.Store(L.Multiply(L.Add(even, odd), factor), y);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AveragePoolGradientRow(float* x, float* dy, float* dx, in PoolLoops loops, V factor, V floor, bool store)
    {
        nint rowFloats = loops.RowFloats, step = loops.ColumnStride * LaneBlock.Images, first = 0;
        for (int column = 0; column < loops.OutputWidth; column++, first += step)
        {
            for (int lane = 0; lane < LaneBlock.Images; lane += L.Count, dy += L.Count)
            {
                V share = L.Multiply(L.Load(dy), factor);
                for (int i = 0; i < loops.Height; i++)
                {
                    nint at = first + (i * rowFloats) + lane;
                    for (int j = 0; j < loops.Width; j++, at += LaneBlock.Images)
                    {
                        V value = L.WhereGreater(L.Load(x + at), floor, share);
                        L.Store(store ? value : L.Add(L.Load(dx + at), value), dx + at);
                    }
                }
            }
        }
    }
}
