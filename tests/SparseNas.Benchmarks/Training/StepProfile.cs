using SparseNas.Networks;
using SparseNas.Training;
using SparseNas.Training.Engine.Steps;

namespace SparseNas.Benchmarks.Training;

/// <summary>Where the time of a training step goes, layer by layer, and what changing images would add; the least of many short slices each.</summary>
internal static class StepProfile
{
    private const int Slices = 40;
    private const int SliceBatches = 8;

    /// <summary>Processor time of every part, in microseconds per image.</summary>
    public static void OfLayers(string name, Architecture architecture)
    {
        double planning = ThreadClock.Microseconds;
        using var trial = new TrainingTrial(architecture);
        planning = ThreadClock.Microseconds - planning;
        for (int i = 0; i < 200; i++) trial.TrainBatch();
        double perImage = Best(trial.TrainBatch);
        Console.WriteLine($"{name}: {1e6 / perImage:N0} images/s, {perImage:F3} us per image; feed {Best(trial.Feed):F3}, optimiser {Best(trial.Optimise):F3}; planning {planning / 1000:F1} ms");
        foreach (Step step in trial.Plan.Steps)
        {
            double forward = Best(() => Blocks(step.Forward)), backward = step.Output.NeedsGradient ? Best(() => Blocks(step.Backward)) : 0;
            Console.WriteLine($"   {step.GetType().Name,-16} {step.Output.Shape,-10} begin {Best(step.BeginBatch),7:F3} forward {forward,7:F3} backward {backward,7:F3}");
            if (step is ConvolutionStep convolution)
            {
                Console.WriteLine($"      weights {Best(() => Blocks(convolution.BackwardWeights)):F3} input {Best(() => Blocks(convolution.BackwardInput)):F3}");
            }

            if (step is not BatchNormStep norm) continue;
            Console.WriteLine($"      measure {Best(() => Blocks(norm.MeasureInput)):F3} propagate {Best(() => Blocks(norm.PropagateToInput)):F3}");
        }

        void Blocks(Action<int> work)
        {
            for (int block = 0; block < trial.Plan.Batch.Blocks; block++) work(block);
        }
    }

    /// <summary>What changing images adds to the time of a training step.</summary>
    public static void OfAugmentation(string name, Architecture architecture)
    {
        (string, Augmentation)[] kinds =
        [
            ("shift and flip", new Augmentation(2, 0, true)), ("cutout", new Augmentation { CutoutPixels = 8 }), ("rotate", new Augmentation(0, 10)),
            ("rotate, scale", new Augmentation(0, 10) { ScaleShare = 0.1f }), ("elastic", new Augmentation { ElasticPixels = 1 }),
        ];
        using var plain = new TrainingTrial(architecture);
        double step = Best(plain.TrainBatch), feed = Best(plain.Feed);
        Console.WriteLine($"{name}: step {step:F2} us per image, feeding {feed:F2} of it");
        foreach ((string kind, Augmentation augmentation) in kinds)
        {
            using var trial = new TrainingTrial(architecture, augmentation);
            double more = Best(trial.Feed) - feed;
            Console.WriteLine($"   {kind,-15} {more:F2} us more, {more / step:P0} of the step");
        }
    }

    /// <summary>The least processor time per image of a batch, in microseconds.</summary>
    private static double Best(Action work)
    {
        for (int i = 0; i < 50; i++) work();
        double best = double.MaxValue;
        for (int slice = 0; slice < Slices; slice++)
        {
            double start = ThreadClock.Microseconds;
            for (int i = 0; i < SliceBatches; i++) work();
            best = Math.Min(best, (ThreadClock.Microseconds - start) / SliceBatches / TrainingTrial.BatchSize);
        }

        return best;
    }
}
