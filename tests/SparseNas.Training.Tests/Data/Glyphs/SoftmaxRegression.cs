using SparseNas.Networks;
using SparseNas.Training.Data;

namespace SparseNas.Training.Tests.Data.Glyphs;

/// <summary>
/// The best linear classifier, near enough: class scores are W·x + b over pixels in 0..1, fitted to the cross-entropy by stochastic
/// gradient descent with a falling rate. It is the yardstick for data that should need more than a line.
/// </summary>
internal sealed class SoftmaxRegression
{
    private readonly float[][] weights;
    private readonly int elements;

    private SoftmaxRegression(int classes, int elements)
    {
        this.elements = elements;
        weights = [.. Enumerable.Range(0, classes).Select(_ => new float[elements + 1])];
    }

    public static SoftmaxRegression Fit(Samples samples, int epochs, float rate, SeededRandom random)
    {
        var model = new SoftmaxRegression(samples.Classes, samples.Shape.Elements);
        int[] order = [.. Enumerable.Range(0, samples.Count)];
        var input = new float[model.elements + 1];
        var scores = new float[samples.Classes];
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            random.Shuffle<int>(order);
            float step = rate * (1 - (epoch / (float)epochs));
            foreach (int sample in order) model.Learn(samples, sample, step, input, scores);
        }

        return model;
    }

    public double Accuracy(Samples samples)
    {
        var input = new float[elements + 1];
        var scores = new float[weights.Length];
        int right = 0;
        for (int sample = 0; sample < samples.Count; sample++)
        {
            Score(samples.Image(sample), input, scores);
            if (Array.IndexOf(scores, scores.Max()) == samples.Label(sample)) right++;
        }

        return right / (double)samples.Count;
    }

    // Gradient of the cross-entropy with respect to a score: its softmax probability, less 1 for the true class.
    private void Learn(Samples samples, int sample, float step, float[] input, float[] scores)
    {
        Score(samples.Image(sample), input, scores);
        float largest = scores.Max();
        float sum = 0;
        for (int label = 0; label < scores.Length; label++) sum += scores[label] = MathF.Exp(scores[label] - largest);
        for (int label = 0; label < scores.Length; label++)
        {
            float gradient = (scores[label] / sum) - (label == samples.Label(sample) ? 1 : 0);
            float[] row = weights[label];
            for (int i = 0; i < row.Length; i++) row[i] -= step * gradient * input[i];
        }
    }

    private void Score(ReadOnlySpan<byte> image, float[] input, float[] scores)
    {
        for (int i = 0; i < elements; i++) input[i] = image[i] / 255f;
        input[elements] = 1;
        for (int label = 0; label < scores.Length; label++)
        {
            float[] row = weights[label];
            float score = 0;
            for (int i = 0; i < row.Length; i++) score += row[i] * input[i];
            scores[label] = score;
        }
    }
}
