using SparseNas.Networks;
using SparseNas.Training.Data;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine;

/// <summary>softmax(teacher / T) of every training image, computed once.</summary>
internal sealed class TeacherShares
{
    private readonly float[] shares;
    private readonly int classes;

    public TeacherShares(Distillation distillation, Samples samples, InputEncoding encoding)
    {
        classes = samples.Classes;
        shares = FloatInference.Logits(distillation.Teacher, samples, encoding);
        for (int sample = 0; sample < samples.Count; sample++) Soften(shares.AsSpan(sample * classes, classes), distillation.Temperature);
    }

    /// <summary>Adds a sample's shares to a lane of [classes][16].</summary>
    public void Add(int sample, float weight, Span<float> teaching, int lane)
    {
        for (int c = 0; c < classes; c++) teaching[(c * LaneBlock.Images) + lane] += weight * shares[(sample * classes) + c];
    }

    private static void Soften(Span<float> logits, float temperature)
    {
        float largest = float.MinValue, sum = 0;
        foreach (float logit in logits) largest = MathF.Max(largest, logit);
        foreach (ref float logit in logits) sum += logit = MathF.Exp((logit - largest) / temperature);
        foreach (ref float logit in logits) logit /= sum;
    }
}
