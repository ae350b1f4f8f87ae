using System.Diagnostics;
using SparseNas.Networks;
using SparseNas.Training;
using SparseNas.Training.Engine;
using SparseNas.Training.Engine.Steps;

namespace SparseNas.Benchmarks.Training;

/// <summary>Where the time of a training step goes, stage by stage, and what changing images would add; the least of many short slices each.</summary>
internal static class StepProfile
{
    private const int Slices = 40;
    private const int SliceBatches = 8;
    private const int ProfiledBatches = 400;

    /// <summary>
    /// Time of every part in microseconds per image. Stages run in the order of a training step (only the loss is left out), because what a stage finds in
    /// the caches is half of what it costs. Wall time, for its clock is cheap enough: run it at real-time priority.
    /// </summary>
    public static void OfLayers(string name, Architecture architecture)
    {
        double planning = ThreadClock.Microseconds;
        using var trial = new TrainingTrial(architecture);
        planning = ThreadClock.Microseconds - planning;
        double perImage = Best(trial.TrainBatch);
        Console.WriteLine($"{name}: {1e6 / perImage:N0} images/s, {perImage:F3} us per image; feed {Best(trial.Feed):F3}, optimiser {Best(trial.Optimise):F3}; planning {planning / 1000:F1} ms");
        var parts = new Parts();
        for (int batch = 0; batch < ProfiledBatches; batch++)
        {
            RunInPlace(trial, parts);
            parts.EndBatch();
        }

        parts.Print(trial.Plan.Stages);
    }

    private static void RunInPlace(TrainingTrial trial, Parts parts)
    {
        NetworkPlan plan = trial.Plan;
        trial.Feed();
        foreach (Step step in plan.Steps) step.BeginBatch();
        int last = plan.Forward.Length - 1;
        for (int level = 0; level <= last; level++)
        {
            for (int i = 0; i < plan.Batch.Blocks; i++)
            {
                int block = TrainingEngine.BlockAt(level, i, plan.Batch.Blocks);
                foreach (Stage stage in plan.Forward[level]) parts.Run(stage, Part.Forward, () => stage.Forward(block));
                foreach (BatchNormStep norm in plan.BatchNorms[level + 1]) parts.Run(StageOf(plan, norm), Part.Measure, () => norm.MeasureInput(block));
                if (level == last) Backward(plan.Backward[level], block, parts);
            }

            foreach (BatchNormStep norm in plan.BatchNorms[level + 1]) parts.Run(StageOf(plan, norm), Part.Finish, norm.FinishMeasuring);
        }

        for (int level = last - 1; level >= 0; level--)
        {
            foreach (BatchNormStep norm in plan.BatchNorms[level + 1]) parts.Run(StageOf(plan, norm), Part.Finish, norm.FinishBackward);
            for (int i = 0; i < plan.Batch.Blocks; i++)
            {
                int block = TrainingEngine.BlockAt((2 * plan.Forward.Length) - level, i, plan.Batch.Blocks);
                foreach (Stage stage in plan.Recompute[level]) parts.Run(stage, Part.Again, () => stage.Forward(block));
                foreach (BatchNormStep norm in plan.BatchNorms[level + 1]) parts.Run(StageOf(plan, norm), Part.Propagate, () => norm.PropagateToInput(block));
                Backward(plan.Backward[level], block, parts);
            }
        }

        foreach (Step step in plan.Steps) step.EndBatch();
    }

    private static void Backward(BackwardTask[] tasks, int block, Parts parts)
    {
        foreach (BackwardTask task in tasks)
        {
            if (task is { Part: BackwardPart.Whole, Stage.Steps: [ConvolutionStep convolution] })
            {
                parts.Run(task.Stage, Part.Input, () => convolution.BackwardInput(block));
                parts.Run(task.Stage, Part.Weights, () => convolution.BackwardWeights(block));
            }
            else
            {
                parts.Run(task.Stage, PartOf(task), () => task.Run(block));
            }
        }
    }

    private static Part PartOf(BackwardTask task) => task.Part switch
    {
        BackwardPart.Input => Part.Input,
        BackwardPart.Weights => Part.Weights,
        _ => Part.Backward,
    };

    private static Stage StageOf(NetworkPlan plan, BatchNormStep norm) => plan.Stages.Single(stage => stage.Steps.Contains(norm));

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

    private enum Part
    {
        Forward,
        Measure,
        Finish,
        Again,
        Propagate,
        Backward,
        Weights,
        Input,
    }

    /// <summary>Times of stages by part: the sums of a batch, and the least of all batches.</summary>
    private sealed class Parts
    {
        private readonly Dictionary<(Stage, Part), long> sums = [];
        private readonly Dictionary<(Stage, Part), long> least = [];

        public void Run(Stage stage, Part part, Action work)
        {
            long start = Stopwatch.GetTimestamp();
            work();
            sums[(stage, part)] = sums.GetValueOrDefault((stage, part)) + Stopwatch.GetTimestamp() - start;
        }

        public void EndBatch()
        {
            foreach (((Stage, Part) part, long ticks) in sums) least[part] = Math.Min(least.GetValueOrDefault(part, long.MaxValue), ticks);
            sums.Clear();
        }

        public void Print(Stage[] stages)
        {
            foreach (Stage stage in stages)
            {
                string steps = string.Join(" + ", stage.Steps.Select(step => step.GetType().Name[..^nameof(Step).Length]));
                IEnumerable<string> times = from part in Enum.GetValues<Part>()
                                            where least.ContainsKey((stage, part))
                                            select $"{part} {Microseconds(least[(stage, part)]):F3}".ToLowerInvariant();
                Console.WriteLine($"   {steps,-24} {stage.Output.Shape,-10} {string.Join("  ", times)}");
            }

            Console.WriteLine($"   together {Microseconds(least.Values.Sum()):F3}");
        }

        private static double Microseconds(long ticks) => ticks * 1e6 / Stopwatch.Frequency / TrainingTrial.BatchSize;
    }
}
