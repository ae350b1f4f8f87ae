using SparseNas.Networks;
using SparseNas.Training.Data;
using SparseNas.Training.Data.Glyphs;
using SparseNas.Training.Engine;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Tests.Engine;

/// <summary>Oracles: the formula for each value, and plain training, which a grid of no width must equal.</summary>
public unsafe class ActivationGridTests
{
    public static TheoryData<InstructionSet> Sets => [.. Enum.GetValues<InstructionSet>().Where(EngineInstructions.IsSupported)];

    [Theory]
    [MemberData(nameof(Sets))]
    public void KernelsRoundAndLetGradientsThroughInside(InstructionSet set)
    {
        LaneKernels kernels = LaneKernels.Of(set);
        const int Count = 64;
        float* x = stackalloc float[Count], y = stackalloc float[Count], dy = stackalloc float[Count], dx = stackalloc float[Count];
        for (int i = 0; i < Count; i++) (x[i], dy[i], dx[i]) = ((i - 20) * 0.11f, i + 1, 100);
        kernels.RoundToGrid(x, y, Count, 0.25f, -2, 9);
        kernels.AddInside(x, dy, dx, Count, 0.25f * -2.5f, 0.25f * 9.5f);
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(0.25f * Math.Clamp(MathF.Round(x[i] / 0.25f, MidpointRounding.ToEven), -2, 9), y[i]);
            Assert.Equal(x[i] is > -0.625f and < 2.375f ? 101 + i : 100, dx[i]);
        }
    }

    [Fact]
    public void AGridOfNoWidthChangesNothing()
    {
        Architecture architecture = Net;
        ActivationGrid[] grids = [.. new[] { 1, 3, 5 }.Select(node => new ActivationGrid(node, 1e-6f, -8_000_000, 8_000_000))];
        (double plainLoss, float[] plain) = Gradients(architecture, []);
        (double loss, float[] gradients) = Gradients(architecture, grids);
        Assert.Equal(plainLoss, loss, 5);
        for (int i = 0; i < plain.Length; i++) Assert.Equal(plain[i], gradients[i], 1e-4);
    }

    [Fact]
    public void TrainingLearnsOnACoarseGrid()
    {
        Dataset glyphs = GlyphsDataset.Create(600, 10);
        Samples train = glyphs.Train;
        Architecture architecture = Architecture.Chain(
            "small", glyphs.Shape, 10, new Conv2D(6, 3, 3, 2), new BatchNorm(), new Relu(), new MaxPool(2, 2, 2), new Dense(10));
        var options = new TrainingOptions { Epochs = 6, ActivationGrids = [new ActivationGrid(1, 0.25f, 0, 15)] };
        TrainedNetwork trained = Trainer.Train(architecture, train, train, glyphs.Encoding, options, seed: 2);
        Assert.InRange(trained.TrainingLoss, 0, 0.8);
    }

    [Fact]
    public void ImpossibleGridsAreRefused()
    {
        var samples = new Samples(Net.Input, Net.Classes, new byte[Net.Input.Elements], new byte[1]);
        var options = new TrainingOptions { ActivationGrids = [new ActivationGrid(99, 1, 0, 15), new ActivationGrid(1, 0, 3, 2)] };
        string message = Assert.Throws<ArgumentException>(
            () => Trainer.Train(Net, samples, samples, InputEncoding.UnitRange, options, seed: 1)).Message;
        Assert.Contains("node 99 is not one of", message);
        Assert.Contains("scale must be positive", message);
        Assert.Contains("lowest <= 0 and lowest < highest", message);
    }

    /// <summary>Grids lie behind conv + batch norm + ReLU (node 1), a pool (3) and a convolution with two readers (4 reads it, 5 adds it).</summary>
    private static Architecture Net { get; } = new("grids", new Shape(8, 8, 2), 3,
    [
        new Node("conv", new Conv2D(4, 3, 3), [-1]),
        new Node("norm", new BatchNorm(), [0]),
        new Node("relu", new Relu(), [1]),
        new Node("pool", new AvgPool(2, 2, 2), [2]),
        new Node("side", new Conv2D(4, 3, 3, 1, Padding.Same), [3]),
        new Node("add", new Add(), [3, 4]),
        new Node("dense", new Dense(3), [5]),
    ]);

    private static (double Loss, float[] Gradients) Gradients(Architecture architecture, ActivationGrid[] grids)
    {
        const int Images = 20;
        var random = new SeededRandom(5);
        using var engine = new TrainingEngine(architecture, EngineInstructions.Current, new PlanOptions(Images, Training: true) { Grids = [.. grids] });
        engine.Plan.Parameters.Import(NetworkInitialization.He(architecture, random));
        var pixels = new double[Images * architecture.Input.Elements];
        foreach (ref double pixel in pixels.AsSpan()) pixel = random.NextNormal();
        var targets = new double[Images * architecture.Classes];
        for (int image = 0; image < Images; image++) targets[(image * architecture.Classes) + random.Next(architecture.Classes)] = 1;
        TwinComparison.Load(engine, architecture, pixels, targets, Images);
        double loss = engine.Step(Images);
        return (loss, new ReadOnlySpan<float>(engine.Plan.Parameters.Gradients, (int)engine.Plan.Parameters.Elements).ToArray());
    }
}
