using SparseNas.Networks;
using SparseNas.Training.Data;

namespace SparseNas.Training.Tests;

public class MnistLearningTests
{
    [DataFact("mnist")]
    public void The_teaching_network_learns_a_thousand_digits_one_by_one_as_published()
    {
        Dataset mnist = DatasetCatalog.Load("mnist", SharedFiles.DataFolder);
        Architecture architecture = Architecture.Chain(
            "teaching", new Shape(28, 28, 1), 10, new Conv2D(8, 3, 3), new MaxPool(2, 2, 2), new Dense(10));
        var options = new TrainingOptions
        {
            Epochs = 3, BatchSize = 1, LearningRate = 0.005f, Momentum = 0, WeightDecay = 0, Schedule = ScheduleKind.Constant, WarmUpEpochs = 0,
        };
        TrainedNetwork trained = Trainer.Train(architecture, mnist.Train.Take(1_000), mnist.Test.Value, new InputEncoding(1f / 255f, 128), options, seed: 1);
        Assert.InRange(1 - trained.ValidationError, 0.78, 0.95);
    }
}
