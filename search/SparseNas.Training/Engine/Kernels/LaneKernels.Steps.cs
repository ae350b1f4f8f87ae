using System.Runtime.CompilerServices;

namespace SparseNas.Training.Engine.Kernels;

/// <summary>Optimiser steps over flat parameters.</summary>
internal sealed unsafe partial class LaneKernels<L, V>
{
    [MethodImpl(Leaf)]
    public override void MomentumStep(
        float* w, float* g, float* v, float* mask, nint count, float rate, float momentum, float decay, bool nesterov, float gradientScale)
    {
        V r = L.Create(-rate), m = L.Create(momentum), d = L.Create(decay), s = L.Create(gradientScale);
        for (nint i = 0; i < count; i += L.Count)
        {
            V weight = L.Load(w + i);
            V gradient = L.MultiplyAdd(L.Load(g + i), s, L.Multiply(weight, d));
            V velocity = L.MultiplyAdd(L.Load(v + i), m, gradient);
            V direction = nesterov ? L.MultiplyAdd(velocity, m, gradient) : velocity;
            V alive = L.Load(mask + i);
            L.Store(L.Multiply(velocity, alive), v + i);
            L.Store(L.Multiply(L.MultiplyAdd(direction, r, weight), alive), w + i);
        }
    }

    [MethodImpl(Leaf)]
    public override void AdamStep(
        float* w, float* g, float* m, float* v, float* mask, nint count, in AdamStep step, float decay, float decoupled, float gradientScale)
    {
        V rate = L.Create(-step.Rate), b1 = L.Create(step.Beta1), b2 = L.Create(step.Beta2), c1 = L.Create(1 - step.Beta1), c2 = L.Create(1 - step.Beta2);
        V correction = L.Create(step.InverseRootCorrection), epsilon = L.Create(step.Epsilon), s = L.Create(gradientScale);
        V d = L.Create(decay), keep = L.Create(1 - decoupled);
        for (nint i = 0; i < count; i += L.Count)
        {
            V weight = L.Load(w + i), alive = L.Load(mask + i);
            V gradient = L.Multiply(L.MultiplyAdd(L.Load(g + i), s, L.Multiply(weight, d)), alive);
            V first = L.MultiplyAdd(L.Load(m + i), b1, L.Multiply(gradient, c1));
            V second = L.MultiplyAdd(L.Load(v + i), b2, L.Multiply(L.Multiply(gradient, gradient), c2));
            L.Store(first, m + i);
            L.Store(second, v + i);
            V direction = L.Divide(first, L.MultiplyAdd(L.Sqrt(second), correction, epsilon));
            L.Store(L.Multiply(L.MultiplyAdd(direction, rate, L.Multiply(weight, keep)), alive), w + i);
        }
    }

    [MethodImpl(Leaf)]
    public override float SquaredNorm(float* values, float* mask, nint count)
    {
        V sum = L.Create(0);
        for (nint i = 0; i < count; i += L.Count)
        {
            V value = L.Multiply(L.Load(values + i), L.Load(mask + i));
            sum = L.MultiplyAdd(value, value, sum);
        }

        return L.Sum(sum);
    }
}
