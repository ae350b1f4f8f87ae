using SparseNas.Networks;
using SparseNas.Training.Data;

namespace SparseNas.Training.Tests;

public class TrainerTests
{
    private static readonly Shape Small = new(8, 8, 1);

    private static readonly Architecture Net = Architecture.Chain(
        "small", Small, 4, new Conv2D(6, 3, 3, 1, Padding.Same, HasBias: false), new BatchNorm(), new Relu(), new MaxPool(2, 2, 2), new Dense(4));

    [Fact]
    public void Learns_four_bars_and_reports_falling_loss()
    {
        Samples train = Bars(400, 1), validation = Bars(100, 2);
        var reports = new List<EpochReport>();
        TrainedNetwork trained = Trainer.Train(
            Net, train, validation, InputEncoding.UnitRange, new TrainingOptions { Epochs = 6 }, 3, progress: new Recorder(reports));
        Assert.Equal(TrainingStatus.Completed, trained.Status);
        Assert.InRange(trained.ValidationError, 0, 0.05);
        Assert.Equal([1, 2, 3, 4, 5, 6], reports.Select(report => report.Epoch));
        Assert.True(reports[^1].TrainingLoss < 0.3 * reports[0].TrainingLoss);
        Assert.Equal(reports[^1].ValidationError, trained.ValidationError);
    }

    [Theory]
    [InlineData(OptimizerKind.Sgd, 0.05f)]
    [InlineData(OptimizerKind.Nesterov, 0.05f)]
    [InlineData(OptimizerKind.Adam, 0.01f)]
    [InlineData(OptimizerKind.AdamW, 0.01f)]
    public void Every_optimiser_learns(OptimizerKind optimizer, float rate)
    {
        var options = new TrainingOptions { Epochs = 5, Optimizer = optimizer, LearningRate = rate, GradientClip = 5, LabelSmoothing = 0.05f };
        TrainedNetwork trained = Trainer.Train(Net, Bars(400, 1), Bars(100, 2), InputEncoding.UnitRange, options, 3);
        Assert.InRange(trained.ValidationError, 0, 0.1);
    }

    [Fact]
    public void Same_seed_gives_identical_weights_and_another_seed_does_not()
    {
        var options = new TrainingOptions { Epochs = 2, Augmentation = new Augmentation(1, 5, true) };
        Samples train = Bars(150, 1), validation = Bars(20, 2);
        Network[] networks =
        [
            .. new ulong[] { 5, 5, 6 }.AsParallel().AsOrdered()
                .Select(seed => Trainer.Train(Net, train, validation, InputEncoding.UnitRange, options, seed).Network),
        ];
        Assert.Equal(networks[0].Kernel(0).Weights.AsSpan(), networks[1].Kernel(0).Weights.AsSpan());
        Assert.Equal(networks[0].Kernel(4).Weights.AsSpan(), networks[1].Kernel(4).Weights.AsSpan());
        Assert.False(networks[0].Kernel(0).Weights.AsSpan().SequenceEqual(networks[2].Kernel(0).Weights.AsSpan()));
    }

    [Fact]
    public void A_loss_that_is_not_finite_ends_the_run_with_the_last_finite_weights()
    {
        var options = new TrainingOptions { Epochs = 50, LearningRate = 1e18f, Schedule = ScheduleKind.Constant, WarmUpEpochs = 0 };
        TrainedNetwork trained = Trainer.Train(Net, Bars(200, 1), Bars(20, 2), InputEncoding.UnitRange, options, 3);
        Assert.Equal(TrainingStatus.Diverged, trained.Status);
        Assert.InRange(trained.ValidationError, 0, 1);
    }

    [Fact]
    public void A_student_of_a_good_teacher_learns_more_from_few_images()
    {
        Samples many = Bars(1500, 1), few = Bars(24, 7), validation = Bars(300, 2);
        Network teacher = Trainer.Train(Net, many, validation, InputEncoding.UnitRange, new TrainingOptions { Epochs = 8 }, 1).Network;
        var alone = new TrainingOptions { Epochs = 12, BatchSize = 16 };
        var taught = alone with { Distillation = new Distillation(teacher, Temperature: 3, Weight: 0.9f) };
        double Error(TrainingOptions options) => Enumerable.Range(0, 4)
            .Average(seed => Trainer.Train(Net, few, validation, InputEncoding.UnitRange, options, (ulong)seed).ValidationError);
        Assert.True(Error(taught) < Error(alone), $"taught {Error(taught)}, alone {Error(alone)}");
    }

    [Theory]
    [InlineData(0.3f, 0f, 1)]
    [InlineData(0f, 0.3f, 1)]
    [InlineData(0.2f, 0.2f, 3)]
    public void Mixup_dropout_and_reused_augmentation_still_learn_and_stay_reproducible(float mixup, float dropout, int reuse)
    {
        var options = new TrainingOptions
        {
            Epochs = 6, Mixup = mixup, Dropout = dropout, Augmentation = new Augmentation(RotateDegrees: 3) { ReuseEpochs = reuse, ElasticPixels = 0.3f },
        };
        Samples train = Bars(410, 1), validation = Bars(100, 2);
        TrainedNetwork first = Trainer.Train(Net, train, validation, InputEncoding.UnitRange, options, 3);
        TrainedNetwork again = Trainer.Train(Net, train, validation, InputEncoding.UnitRange, options, 3);
        Assert.InRange(first.ValidationError, 0, 0.15);
        Assert.Equal(first.Network.Kernel(4).Weights.AsSpan(), again.Network.Kernel(4).Weights.AsSpan());
    }

    [Fact]
    public void All_mistakes_are_reported_together()
    {
        var options = new TrainingOptions { Epochs = 0, LearningRate = -1, Momentum = 2 };
        var error = Assert.Throws<ArgumentException>(
            () => Trainer.Train(ReferenceArchitecture(), Bars(10, 1), Bars(10, 2), InputEncoding.UnitRange, options, 1));
        Assert.Contains("epochs >= 1", error.Message);
        Assert.Contains("learning rate > 0", error.Message);
        Assert.Contains("momentum < 1", error.Message);
        Assert.Contains("training samples are 8x8x1", error.Message);
    }

    [Fact]
    public void A_masked_weight_stays_exactly_zero_until_its_mask_is_lifted()
    {
        var hook = new HalfMask();
        TrainedNetwork trained = Trainer.Train(
            Net, Bars(200, 1), Bars(20, 2), InputEncoding.UnitRange, new TrainingOptions { Epochs = 2 }, 3, hook: hook);
        KernelWeights kernel = trained.Network.Kernel(0);
        for (int i = 0; i < kernel.Weights.Length; i++) Assert.Equal(i % 2 == 0, kernel.Weights[i] != 0f);
        Assert.Equal(Enumerable.Range(0, kernel.Weights.Length).Select(i => i % 2 == 0), kernel.Mask);
        Assert.True(hook.SawMaskedGradient);
    }

    /// <summary>Images with one bright bar; the class is its quarter and direction.</summary>
    internal static Samples Bars(int count, ulong seed)
    {
        var random = new SeededRandom(seed);
        var pixels = new byte[count * Small.Elements];
        var labels = new byte[count];
        for (int image = 0; image < count; image++)
        {
            labels[image] = (byte)random.Next(4);
            int position = (4 * (labels[image] % 2)) + random.Next(4);
            for (int i = 0; i < 64; i++)
            {
                int along = labels[image] < 2 ? i / 8 : i % 8;
                pixels[(image * 64) + i] = (byte)((along == position ? 200 : 0) + random.Next(50));
            }
        }

        return new Samples(Small, 4, pixels, labels);
    }

    private static Architecture ReferenceArchitecture() => ReferenceNets.A;

    private sealed class Recorder(List<EpochReport> reports) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => reports.Add(value);
    }

    private sealed class HalfMask : ITrainingHook
    {
        public bool SawMaskedGradient { get; private set; }

        public void AfterStep(int step, int totalSteps, ITrainableWeights weights)
        {
            int node = weights.KernelNodes[0];
            var mask = new bool[6 * 9];
            for (int i = 0; i < mask.Length; i++) mask[i] = i % 2 == 0;
            if (step == 0) weights.SetMask(node, mask);
            if (step == 0) return;
            var gradient = new float[mask.Length];
            weights.ReadGradient(node, gradient);
            SawMaskedGradient |= gradient[1] != 0;
        }
    }
}
