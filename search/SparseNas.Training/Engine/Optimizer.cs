using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine;

/// <summary>Turns gradients into steps over the flat parameters; masked weights take no part.</summary>
internal sealed unsafe class Optimizer(TrainingOptions options, Parameters parameters, LaneKernels kernels)
{
    private const float AdamSecondDecay = 0.999f;
    private const float AdamEpsilon = 1e-8f;
    private int steps;
    private int kernelSteps;

    /// <summary>One step at learning rate <paramref name="rate"/>.</summary>
    /// <param name="rate">Learning rate.</param>
    /// <param name="kernelsToo">Whether kernels move, or only biases and batch norm: a hook that draws weights steps the kernels itself.</param>
    public void Step(float rate, bool kernelsToo = true)
    {
        steps++;
        if (kernelsToo) kernelSteps++;
        float scale = GradientScale();
        foreach (ParameterRange range in parameters.Ranges)
        {
            if (range.Elements == 0 || (range.IsKernel && !kernelsToo)) continue;
            float* w = parameters.Values + range.Offset, g = parameters.Gradients + range.Offset, mask = parameters.Mask + range.Offset;
            float* first = parameters.FirstMoment + range.Offset, second = parameters.SecondMoment + range.Offset;
            float decay = range.IsKernel ? options.WeightDecay : 0;
            AdamStep adam = Adam(rate, range.IsKernel ? kernelSteps : steps);
            switch (options.Optimizer)
            {
                case OptimizerKind.Sgd or OptimizerKind.Nesterov:
                    bool nesterov = options.Optimizer == OptimizerKind.Nesterov;
                    kernels.MomentumStep(w, g, first, mask, range.Elements, rate, options.Momentum, decay, nesterov, scale);
                    break;
                case OptimizerKind.Adam:
                    kernels.AdamStep(w, g, first, second, mask, range.Elements, adam, decay, 0, scale);
                    break;
                case OptimizerKind.AdamW:
                    kernels.AdamStep(w, g, first, second, mask, range.Elements, adam, 0, rate * decay, scale);
                    break;
                default:
                    throw new InvalidOperationException($"Optimiser '{options.Optimizer}' is not known.");
            }
        }
    }

    private AdamStep Adam(float rate, int count) => new(
        (float)(rate / (1 - Math.Pow(options.Momentum, count))), options.Momentum, AdamSecondDecay,
        (float)(1 / Math.Sqrt(1 - Math.Pow(AdamSecondDecay, count))), AdamEpsilon);

    private float GradientScale()
    {
        if (options.GradientClip <= 0) return 1;
        double norm = Math.Sqrt(kernels.SquaredNorm(parameters.Gradients, parameters.Mask, parameters.Elements));
        return norm > options.GradientClip ? (float)(options.GradientClip / norm) : 1;
    }
}
