using SparseNas.Networks;
using SparseNas.Training.Data;

namespace SparseNas.Training;

/// <summary>What must hold before training starts; every break is listed at once.</summary>
internal static class TrainingLaws
{
    private const int MaxBatchSize = 1024;

    public static void Check(Architecture architecture, Samples train, Samples validation, TrainingOptions options, Network? start)
    {
        List<string> problems = [];
        Law(train.Count > 0, "at least one training sample is needed");
        foreach ((string name, Samples samples) in new[] { ("training", train), ("validation", validation) })
        {
            Law(samples.Shape == architecture.Input, $"the network takes {architecture.Input}, but {name} samples are {samples.Shape}");
            Law(samples.Classes == architecture.Classes, $"the network has {architecture.Classes} classes, but {name} samples have {samples.Classes}");
        }

        Law(start is null || start.Architecture.Equals(architecture), "inherited weights belong to another architecture");
        Law(options.Epochs >= 1, $"epochs >= 1 must hold, but got {options.Epochs}");
        Law(options.BatchSize is >= 1 and <= MaxBatchSize, $"1 <= batch size <= {MaxBatchSize} must hold, but got {options.BatchSize}");
        Law(options.LearningRate > 0 && float.IsFinite(options.LearningRate), $"learning rate > 0 must hold, but got {options.LearningRate}");
        Law(options.Momentum is >= 0 and < 1, $"0 <= momentum < 1 must hold, but got {options.Momentum}");
        Law(options.WeightDecay is >= 0 and < 1, $"0 <= weight decay < 1 must hold, but got {options.WeightDecay}");
        Law(options.WarmUpEpochs >= 0, $"warm-up epochs >= 0 must hold, but got {options.WarmUpEpochs}");
        Law(options.GradientClip >= 0, $"gradient clip >= 0 must hold, but got {options.GradientClip}");
        Law(options.LabelSmoothing is >= 0 and < 1, $"0 <= label smoothing < 1 must hold, but got {options.LabelSmoothing}");
        Law(options.Mixup is >= 0 and <= 10, $"0 <= mixup <= 10 must hold, but got {options.Mixup}");
        Law(options.Dropout is >= 0 and < 1, $"0 <= dropout < 1 must hold, but got {options.Dropout}");
        problems.AddRange(options.Augmentation.Problems());
        if (options.Distillation is { } distillation) problems.AddRange(distillation.Problems(architecture));
        problems.AddRange(options.ActivationGrids.SelectMany(grid => grid.Problems(architecture)));
        if (problems.Count > 0)
        {
            throw new ArgumentException(
                $"Network '{architecture.Name}' cannot be trained:{Environment.NewLine}  {string.Join(Environment.NewLine + "  ", problems)}");
        }

        void Law(bool holds, string problem)
        {
            if (!holds) problems.Add(problem);
        }
    }
}
