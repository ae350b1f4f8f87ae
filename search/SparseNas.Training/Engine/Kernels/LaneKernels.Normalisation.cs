namespace SparseNas.Training.Engine.Kernels;

/// <summary>Batch norm and sums per channel.</summary>
internal sealed unsafe partial class LaneKernels<L, V>
{
    public override void ChannelSums(float* dy, int channels, int pixels, float* sums)
    {
        nint count = (nint)pixels * LaneBlock.Images;
        for (int channel = 0; channel < channels; channel++, dy += count)
        {
            V sum = L.Create(0);
            for (nint i = 0; i < count; i += L.Count) sum = L.Add(sum, L.Load(dy + i));
            sums[channel] += L.Sum(sum);
        }
    }

    public override void Moments(float* x, int channels, int pixels, float* live, int liveLanes, float* sums, float* squares)
    {
        nint count = (nint)pixels * LaneBlock.Images;
        for (int channel = 0; channel < channels; channel++, x += count)
        {
            float sum = 0;
            for (int lane = 0; lane < LaneBlock.Images; lane += L.Count)
            {
                V part = L.Create(0);
                for (nint i = lane; i < count; i += LaneBlock.Images) part = L.Add(part, L.Load(x + i));
                sum += L.Sum(L.Multiply(part, L.Load(live + lane)));
            }

            V mean = L.Create(sum / (pixels * liveLanes));
            float square = 0;
            for (int lane = 0; lane < LaneBlock.Images; lane += L.Count)
            {
                V part = L.Create(0);
                for (nint i = lane; i < count; i += LaneBlock.Images)
                {
                    V distance = L.Subtract(L.Load(x + i), mean);
                    part = L.MultiplyAdd(distance, distance, part);
                }

                square += L.Sum(L.Multiply(part, L.Load(live + lane)));
            }

            sums[channel] = sum;
            squares[channel] = square;
        }
    }

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

    public override void NormGradientSums(float* x, float* dy, int channels, int pixels, float* mean, float* sumDy, float* sumDyX)
    {
        nint count = (nint)pixels * LaneBlock.Images;
        for (int channel = 0; channel < channels; channel++, x += count, dy += count)
        {
            V sum = L.Create(0), product = L.Create(0), m = L.Create(mean[channel]);
            for (nint i = 0; i < count; i += L.Count)
            {
                V d = L.Load(dy + i);
                sum = L.Add(sum, d);
                product = L.MultiplyAdd(d, L.Subtract(L.Load(x + i), m), product);
            }

            sumDy[channel] += L.Sum(sum);
            sumDyX[channel] += L.Sum(product);
        }
    }

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
                for (nint i = lane; i < count; i += LaneBlock.Images)
                {
                    V value = L.MultiplyAdd(L.Load(dy + i), fa, L.MultiplyAdd(L.Load(x + i), fb, fd));
                    value = L.Multiply(value, alive);
                    L.Store(accumulate ? L.Add(value, L.Load(dx + i)) : value, dx + i);
                }
            }
        }
    }
}
