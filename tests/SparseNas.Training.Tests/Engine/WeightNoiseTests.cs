using SparseNas.Networks;
using SparseNas.Training.Data;
using SparseNas.Training.Engine;
using SparseNas.Training.Engine.Kernels;
using SparseNas.Training.Engine.Noise;

namespace SparseNas.Training.Tests.Engine;

/// <summary>Random weights: the twin against finite differences, the engine against the twin under the same draws.</summary>
public unsafe class WeightNoiseTests
{
    private const ulong Seed = 5;

    public static TheoryData<NoiseKind> Kinds => [NoiseKind.Weights, NoiseKind.NormalGroups, NoiseKind.LogNormalGroups];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_twins_gradients_are_finite_differences(NoiseKind kind)
    {
        Architecture net = Architecture.Chain("net", new Shape(5, 4, 2), 3,
            new Conv2D(3, 3, 2, 1, Padding.Same), new Relu(), new DepthwiseConv2D(2, 2, 1, Padding.Valid, false), new Dense(4), new Dense(3));
        var random = new SeededRandom(3);
        const int Images = 3;
        var twin = new ReferenceNetwork(NetworkInitialization.He(net, random)) { Noise = Drawn(net, kind, 1) };
        Randomise(twin.Noise, net, random);
        double[] pixels = [.. Enumerable.Range(0, Images * net.Input.Elements).Select(_ => random.NextNormal())];
        var targets = new double[Images * 3];
        for (int image = 0; image < Images; image++) targets[(image * 3) + image] = 1;
        twin.Step(pixels, targets);
        foreach (int node in (int[])[0, 2, 3, 4])
        {
            var gradients = twin.Noise.Gradients(node);
            Check(twin.Weights[node], [.. twin.WeightGradients[node]]);
            Check(twin.Noise.Variances(node), [.. gradients.Variances]);
            Check(twin.Noise.GroupMeans(node), [.. gradients.GroupMeans]);
            Check(twin.Noise.GroupVariances(node), [.. gradients.GroupVariances]);
        }

        void Check(double[] parameters, double[] gradient)
        {
            const double H = 1e-6;
            for (int index = 0; index < parameters.Length; index++)
            {
                double kept = parameters[index];
                parameters[index] = kept + H;
                double above = twin.Step(pixels, targets);
                parameters[index] = kept - H;
                double below = twin.Step(pixels, targets);
                parameters[index] = kept;
                Assert.Equal((above - below) / (2 * H), gradient[index], 2e-5 * (1 + Math.Abs(gradient[index])));   // √v bends sharply where a ReLU left nearly nothing
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_engine_agrees_with_the_twin(NoiseKind kind)
    {
        InstructionSet[] sets = [.. Enum.GetValues<InstructionSet>().Where(EngineInstructions.IsSupported)];
        Check(ReferenceNets.A, 17);
        Check(ReferenceNets.C, 3);
        for (ulong seed = 0; seed < 15; seed++)
        {
            var random = new SeededRandom(seed, 77);
            Check(RandomArchitectures.Draw(random), random.Next(3, 17), seed);
        }

        void Check(Architecture net, int images, ulong seed = 1) =>
            NoiseComparison.Check(net, sets[seed % (ulong)sets.Length], kind, images, seed, Drawn(net, kind, 1));
    }

    [Fact]
    public void Noise_that_is_off_changes_nothing()
    {
        Architecture net = ReferenceNets.B;
        Network network = NetworkInitialization.He(net, new SeededRandom(1));
        float[] plain = Gradients(new NoiseOptions(NoiseKind.None, 0)), off = Gradients(new NoiseOptions(NoiseKind.NormalGroups, 1));
        Assert.Equal(plain, off);

        float[] Gradients(NoiseOptions noise)
        {
            using var engine = new TrainingEngine(net, EngineInstructions.Current, new PlanOptions(20, Training: true) { Noise = noise });
            engine.Plan.Parameters.Import(network);
            var random = new SeededRandom(2);
            double[] pixels = [.. Enumerable.Range(0, 20 * net.Input.Elements).Select(_ => random.NextNormal())];
            double[] targets = [.. Enumerable.Range(0, 200).Select(index => index % 10 == index / 10 % 10 ? 1.0 : 0)];
            TwinComparison.Load(engine, net, pixels, targets, 20);
            engine.Step(20);
            return new Span<float>(engine.Plan.Parameters.Gradients, engine.Plan.Parameters.Elements).ToArray();
        }
    }

    /// <summary>The hook here turns noise on for the first of two epochs and leaves kernels alone, as the optimiser then must.</summary>
    [Theory]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.Adam)]
    public void The_optimiser_leaves_kernels_to_the_hook_while_noise_is_on(OptimizerKind optimizer)
    {
        Architecture net = ReferenceNets.A;
        Network start = NetworkInitialization.He(net, new SeededRandom(1));
        var random = new SeededRandom(2);
        byte[] pixels = [.. Enumerable.Range(0, 64 * net.Input.Elements).Select(_ => (byte)random.Next(256))];
        var samples = new Samples(net.Input, 10, pixels, [.. Enumerable.Range(0, 64).Select(sample => (byte)(sample % 10))]);
        int dense = net.Nodes.Length - 1;
        var hook = new NoiseUntil(4, start.Kernel(dense).Weights.Length);
        var options = new TrainingOptions { Epochs = 2, BatchSize = 16, Optimizer = optimizer, LearningRate = 0.01f, Schedule = ScheduleKind.Constant };
        Trainer.Train(net, samples, samples, InputEncoding.UnitRange, options, 1, start, hook);
        Assert.All(hook.Seen.Take(5), weights => Assert.Equal(start.Kernel(dense).Weights, weights));
        float[] move = [.. hook.Seen[5].Zip(hook.Seen[4], (after, before) => Math.Abs(after - before))];
        Assert.Contains(move, change => change > 0);
        if (optimizer == OptimizerKind.Adam) Assert.All(move, change => Assert.True(change < 0.0101f, $"{change}: Adam's first step is the rate at most"));
    }

    private sealed class NoiseUntil(int end, int weightCount) : ITrainingHook
    {
        public NoiseKind Noise => NoiseKind.Weights;

        public List<float[]> Seen { get; } = [];

        public void AfterStep(int step, int totalSteps, ITrainableWeights weights)
        {
            weights.Noise!.IsOn = step < end;
            var values = new float[weightCount];
            int node = weights.KernelNodes[^1];
            weights.ReadWeights(node, values);
            Seen.Add(values);
        }
    }

    [Fact]
    public void Numbers_have_the_moments_of_the_normal_distribution_and_no_memory()
    {
        const int Count = 1 << 20;
        using var arena = new NativeArena();
        float* values = arena.Floats(Count);
        new LaneNoise(1, 2, 3, 4).Fill(values, Count);
        float[] drawn = new Span<float>(values, Count).ToArray();
        Assert.Equal(0, drawn.Average(), 0.005);
        Assert.Equal(1, drawn.Average(value => value * value), 0.005);
        Assert.Equal(0, drawn.Average(value => value * value * value), 0.02);
        Assert.Equal(2.7, drawn.Average(value => Math.Pow(value, 4)), 0.02);   // the fourth moment of four uniform numbers; 3 for a normal one
        foreach (int lag in (int[])[1, 15, 16, 17, 32, 4096])
        {
            Assert.Equal(0, Enumerable.Range(0, Count - lag).Average(i => drawn[i] * drawn[i + lag]), 0.005);
        }

        new LaneNoise(1, 2, 3, 5).Fill(values, Count);
        Assert.Equal(0, Enumerable.Range(0, Count).Average(i => drawn[i] * values[i]), 0.005);
        new LaneNoise(1, 2, 3, 4).Fill(values, Count);
        Assert.True(new Span<float>(values, Count).SequenceEqual(drawn));
    }

    /// <summary>A twin's noise that draws what the engine draws in its first step, whose blocks hold sixteen images.</summary>
    private static ReferenceNoise Drawn(Architecture net, NoiseKind kind, long step)
    {
        Dictionary<(int, int), float[]> drawn = [];
        return new ReferenceNoise(net, kind)
        {
            OutputNoise = (node, index) =>
            {
                Shape shape = net.OutputOf(node);
                (int image, int element) = Math.DivRem(index, shape.Elements);
                (int pixel, int channel) = Math.DivRem(element, shape.Channels);
                return Draws(NoisePurpose.Outputs, node, image, shape.Elements, (channel * shape.Height * shape.Width) + pixel);
            },
            FactorNoise = (node, image, group) =>
            {
                bool isDense = net.Nodes[node].Layer is Dense;
                Shape input = net.InputOf(node);
                (int pixel, int channel) = Math.DivRem(group, input.Channels);
                int place = isDense ? (channel * input.Height * input.Width) + pixel : group;
                return Draws(NoisePurpose.Factors, node, image, isDense ? input.Elements : net.OutputOf(node).Channels, place);
            },
        };

        double Draws(NoisePurpose purpose, int node, int image, int count, int place)
        {
            (int block, int lane) = Math.DivRem(image, LaneBlock.Images);
            if (!drawn.TryGetValue(((node * 2) + (int)purpose, block), out float[]? numbers))
            {
                using var arena = new NativeArena();
                float* values = arena.Floats((long)count * LaneBlock.Images);
                WeightNoise.Of(Seed, purpose, node, step, block).Fill(values, (nint)count * LaneBlock.Images);
                drawn[((node * 2) + (int)purpose, block)] = numbers = new Span<float>(values, count * LaneBlock.Images).ToArray();
            }

            return numbers[(place * LaneBlock.Images) + lane];
        }
    }

    internal static void Randomise(ReferenceNoise noise, Architecture net, SeededRandom random)
    {
        for (int node = 0; node < net.Nodes.Length; node++)
        {
            if (ParameterCount.Of(net, node).Weights == 0) continue;
            foreach (ref double variance in noise.Variances(node).AsSpan()) variance = (float)(0.05 * random.NextDouble());
            foreach (ref double mean in noise.GroupMeans(node).AsSpan()) mean = (float)(0.5 + random.NextDouble());
            foreach (ref double variance in noise.GroupVariances(node).AsSpan()) variance = (float)(0.01 + (0.2 * random.NextDouble()));
        }
    }
}
