using SparseNas.Networks;
using SparseNas.Training.Data;
using SparseNas.Training.Engine;

namespace SparseNas.Training.Tests.Engine;

public class AllocationTests
{
    [Theory]
    [InlineData("A")]
    [InlineData("C")]
    public void A_training_step_allocates_nothing(string net)
    {
        Architecture architecture = ReferenceNets.Of(net);
        var options = new TrainingOptions
        {
            BatchSize = 20, Optimizer = OptimizerKind.AdamW, GradientClip = 1, Mixup = 0.2f, Dropout = 0.1f,
            Augmentation = new Augmentation(2, 5, true) { CutoutPixels = 3 },
        };
        var samples = new Samples(architecture.Input, 10, new byte[60 * architecture.Input.Elements], new byte[60]);
        var plan = new PlanOptions(options.BatchSize, Training: true) { Dropout = new DropoutOptions(options.Dropout, 1) };
        using var engine = new TrainingEngine(architecture, EngineInstructions.Current, plan);
        engine.Plan.Parameters.Import(NetworkInitialization.He(architecture, new SeededRandom(1)));
        var optimizer = new Optimizer(options, engine.Plan.Parameters, engine.Plan.Kernels);
        var feeder = new BatchFeeder(samples, InputEncoding.UnitRange, options, 1, engine);
        feeder.BeginEpoch(1);
        Step();

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Step()
        {
            engine.Step(feeder.Fill(1));
            optimizer.Step(0.01f);
        }
    }

    [Fact]
    public void A_hook_that_reads_and_writes_everything_allocates_nothing()
    {
        Architecture architecture = ReferenceNets.B;
        using var engine = new TrainingEngine(architecture, EngineInstructions.Current, new PlanOptions(16, Training: true));
        Network network = NetworkInitialization.He(architecture, new SeededRandom(1));
        engine.Plan.Parameters.Import(network);
        var weights = new TrainableWeights(engine.Plan.Parameters);
        int node = weights.KernelNodes[2];
        var values = new float[network.Kernel(node).Weights.Length];
        var mask = new bool[values.Length];
        mask.AsSpan(0, 100).Fill(true);
        Visit();

        long before = GC.GetAllocatedBytesForCurrentThread();
        Visit();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(100, engine.Plan.Parameters.Export().Kernel(node).NonZeroCount);

        void Visit()
        {
            weights.ReadWeights(node, values);
            values.AsSpan().Fill(0.5f);
            weights.WriteWeights(node, values);
            weights.SetMask(node, mask);
            weights.ReadGradient(node, values);
        }
    }
}
