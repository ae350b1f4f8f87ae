using SparseNas.Networks;
using SparseNas.Training.Data;
using SparseNas.Training.Engine.Noise;

namespace SparseNas.Training.Engine;

/// <summary>One training run: engine, optimiser, data and the weights to fall back on.</summary>
internal sealed unsafe class TrainingRun : IDisposable
{
    private readonly TrainingEngine engine;
    private readonly Optimizer optimizer;
    private readonly BatchFeeder feeder;
    private readonly TrainingOptions options;
    private readonly ITrainingHook? hook;
    private readonly TrainableWeights weights;
    private Network lastFinite = null!;
    private int step;

    public TrainingRun(Architecture architecture, Samples train, InputEncoding encoding, TrainingOptions options, ulong seed, ITrainingHook? hook)
    {
        PlanOptions plan = PlanOf(options, Math.Min(options.BatchSize, train.Count), seed) with
        {
            Noise = new NoiseOptions(hook?.Noise ?? NoiseKind.None, seed),
        };
        engine = new TrainingEngine(architecture, EngineInstructions.Current, plan, options.Distillation);
        optimizer = new Optimizer(options, engine.Plan.Parameters, engine.Plan.Kernels);
        feeder = new BatchFeeder(train, encoding, options, seed, engine);
        weights = new TrainableWeights(engine.Plan.Parameters, engine.Plan.Noise);
        this.options = options;
        this.hook = hook;
    }

    private int TotalSteps => feeder.Batches * options.Epochs;

    /// <summary>What the options ask of a plan.</summary>
    public static PlanOptions PlanOf(TrainingOptions options, int batchSize, ulong seed) => new(batchSize, Training: true)
    {
        Grids = options.ActivationGrids,
        Dropout = new DropoutOptions(options.Dropout, seed),
    };

    /// <summary>Begins from these weights.</summary>
    public void Start(Network network)
    {
        lastFinite = network;
        engine.Plan.Parameters.Import(network);
        hook?.AfterStep(0, TotalSteps, weights);
    }

    /// <summary>One pass over the training data.</summary>
    /// <returns>Mean loss; not finite when the run has diverged.</returns>
    public double Epoch(int epoch, CancellationToken cancellation)
    {
        feeder.BeginEpoch(epoch);
        double loss = 0;
        long images = 0;
        for (int batch = 0; batch < feeder.Batches; batch++)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = feeder.Fill(batch);
            loss += engine.Step(count) * count;
            images += count;
            if (!double.IsFinite(loss)) return double.NaN;
            double factor = LearningRateSchedule.Factor(options.Schedule, step, TotalSteps, (double)options.WarmUpEpochs * feeder.Batches);
            optimizer.Step((float)(options.LearningRate * factor), kernelsToo: weights.Noise is not { IsOn: true });
            step++;
            hook?.AfterStep(step, TotalSteps, weights);
        }

        if (!engine.Plan.Parameters.AreFinite) return double.NaN;
        lastFinite = Present();
        return loss / images;
    }

    /// <summary>The network as it is.</summary>
    public Network Present() => engine.Plan.Parameters.Export();

    /// <summary>The network after the last epoch that stayed finite.</summary>
    public Network LastFinite() => lastFinite;

    /// <inheritdoc/>
    public void Dispose() => engine.Dispose();
}
