using System.Runtime.CompilerServices;

namespace SparseNas.Training.Engine.Kernels;

/// <summary>Random weights and factors.</summary>
internal sealed unsafe partial class LaneKernels<L, V>
{
    private const float LeastVariance = 1e-8f;   // as in the authors' code: the slope of the deviation stays finite where nothing is random

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddNoise(float* y, float* variances, float* noise, nint count, bool relu)
    {
        V least = L.Create(LeastVariance), half = L.Create(0.5f), floor = L.Create(relu ? 0 : float.NegativeInfinity);
        for (nint i = 0; i < count; i += L.Count)
        {
            V variance = L.Add(L.Load(variances + i), least), inverse = L.InverseSqrt(variance);
            V scaled = L.Multiply(L.Load(noise + i), inverse);   // n / deviation, so that n · deviation = scaled · variance
            L.Store(L.Max(L.MultiplyAdd(scaled, variance, L.Load(y + i)), floor), y + i);
            L.Store(L.Multiply(scaled, half), variances + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddTwiceProduct(float* a, float* b, float* y, nint count)
    {
        V two = L.Create(2);
        for (nint i = 0; i < count; i += L.Count)
        {
            L.Store(L.MultiplyAdd(L.Multiply(L.Load(a + i), two), L.Load(b + i), L.Load(y + i)), y + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void ScaleGroups(float* y, float* factors, int groups, int pixels, bool relu)
    {
        V floor = L.Create(relu ? 0 : float.NegativeInfinity);
        for (int group = 0; group < groups; group++, factors += LaneBlock.Images, y += (nint)pixels * LaneBlock.Images)
        {
            for (int lane = 0; lane < LaneBlock.Images; lane += L.Count)
            {
                V factor = L.Load(factors + lane);
                for (nint i = lane; i < (nint)pixels * LaneBlock.Images; i += LaneBlock.Images)
                {
                    L.Store(L.Max(L.Multiply(L.Load(y + i), factor), floor), y + i);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void SumAndScaleGroups(float* dy, float* y, float* factors, int groups, int pixels, float* sums)
    {
        for (int group = 0; group < groups; group++, factors += LaneBlock.Images, sums += LaneBlock.Images)
        {
            for (int lane = 0; lane < LaneBlock.Images; lane += L.Count)
            {
                V sum = L.Create(0), factor = L.Load(factors + lane);
                for (nint i = lane; i < (nint)pixels * LaneBlock.Images; i += LaneBlock.Images)
                {
                    V gradient = L.Load(dy + i);
                    sum = L.MultiplyAdd(gradient, L.Load(y + i), sum);
                    L.Store(L.Multiply(gradient, factor), dy + i);
                }

                L.Store(sum, sums + lane);
            }

            dy += (nint)pixels * LaneBlock.Images;
            y += (nint)pixels * LaneBlock.Images;
        }
    }
}
