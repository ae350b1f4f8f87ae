using SparseNas.Networks;
using SparseNas.Training.Engine;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Tests.Engine;

public unsafe class LossTests
{
    [Theory]
    [InlineData(InstructionSet.Portable)]
    [InlineData(InstructionSet.Avx2)]
    [InlineData(InstructionSet.Avx512)]
    public void Softmax_loss_and_its_gradient_equal_the_formula_at_any_temperature(InstructionSet set)
    {
        if (!EngineInstructions.IsSupported(set)) return;
        const int Classes = 7, Live = 13;
        const float Scale = 0.25f, Sharpness = 0.4f;
        using var arena = new NativeArena();
        float* logits = arena.Floats(Classes * 16), targets = arena.Floats(Classes * 16), gradient = arena.Floats(Classes * 16), live = arena.Floats(16);
        var random = new SeededRandom(2);
        for (int i = 0; i < Classes * 16; i++) (logits[i], targets[i], gradient[i]) = ((float)(5 * random.NextNormal()), 1f / Classes, 100);
        for (int lane = 0; lane < Live; lane++) live[lane] = 1;

        float loss = LaneKernels.Of(set).SoftmaxLoss(logits, targets, gradient, Classes, live, new SoftmaxForm(Scale, Sharpness, Adds: true));

        double expectedLoss = 0;
        for (int lane = 0; lane < 16; lane++)
        {
            double sum = Enumerable.Range(0, Classes).Sum(c => Math.Exp(Sharpness * logits[(c * 16) + lane]));
            for (int c = 0; c < Classes; c++)
            {
                double share = Math.Exp(Sharpness * logits[(c * 16) + lane]) / sum;
                if (lane < Live) expectedLoss -= Math.Log(share) / Classes;
                Assert.Equal(lane < Live ? 100 + (Scale * (share - (1.0 / Classes))) : 100, gradient[(c * 16) + lane], 2e-5);
            }
        }

        Assert.Equal(expectedLoss, loss, 1e-4);
    }
}
