using SparseNas.Networks;
using SparseNas.Training;
using SparseNas.Training.Data;
using SparseNas.Training.Engine;
using PlanOptions = SparseNas.Training.Engine.PlanOptions;

namespace SparseNas.Benchmarks.Training;

/// <summary>A training that goes on and on over random images: encoding, forward, backward and SGD step at batch 64.</summary>
internal sealed class TrainingTrial : IDisposable
{
    public const int BatchSize = 64;

    private readonly TrainingEngine engine;
    private readonly Optimizer optimizer;
    private readonly BatchFeeder feeder;
    private int batch;

    public TrainingTrial(Architecture architecture, Augmentation? augmentation = null)
    {
        var options = new TrainingOptions { BatchSize = BatchSize, Augmentation = augmentation ?? Augmentation.None };
        engine = new TrainingEngine(architecture, EngineInstructions.Current, new PlanOptions(BatchSize, Training: true));
        engine.Plan.Parameters.Import(NetworkInitialization.He(architecture, new SeededRandom(1)));
        optimizer = new Optimizer(options, engine.Plan.Parameters, engine.Plan.Kernels);
        feeder = new BatchFeeder(RandomSamples.For(architecture), InputEncoding.UnitRange, options, 1, engine);
        feeder.BeginEpoch(1);
    }

    public long ArenaBytes => engine.ArenaBytes;

    public NetworkPlan Plan => engine.Plan;

    public void TrainBatch()
    {
        Feed();
        engine.Step(BatchSize);
        Optimise();
    }

    public void Feed() => feeder.Fill(batch++ % feeder.Batches);

    public void Optimise() => optimizer.Step(1e-4f);

    public void Dispose() => engine.Dispose();
}

/// <summary>Inference over and over the same random images.</summary>
internal sealed class InferenceTrial : IDisposable
{
    private readonly InferenceEngine engine;
    private readonly Samples samples;

    public InferenceTrial(Architecture architecture)
    {
        samples = RandomSamples.For(architecture);
        engine = new InferenceEngine(
            FoldedNetwork.From(NetworkInitialization.He(architecture, new SeededRandom(1))), EngineInstructions.Current);
    }

    public void Run() => engine.Run(samples, InputEncoding.UnitRange, static (_, _) => { });

    public void Dispose() => engine.Dispose();
}

/// <summary>Noise of the right shape: what is in an image does not change what it costs.</summary>
internal static class RandomSamples
{
    public const int Count = 1024;

    public static Samples For(Architecture architecture)
    {
        var random = new SeededRandom(1);
        var pixels = new byte[Count * architecture.Input.Elements];
        foreach (ref byte pixel in pixels.AsSpan()) pixel = (byte)random.Next(256);
        var labels = new byte[Count];
        foreach (ref byte label in labels.AsSpan()) label = (byte)random.Next(10);
        return new Samples(architecture.Input, architecture.Classes, pixels, labels);
    }
}
