using SparseNas.Networks;
using SparseNas.Training.Engine;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Tests.Engine;

/// <summary>One batch of random numbers through the engine and through the naive twin.</summary>
internal static unsafe class TwinComparison
{
    public static void Check(Architecture architecture, InstructionSet set, int images, ulong seed, GradientTolerance tolerance)
    {
        var random = new SeededRandom(seed, (ulong)images);
        Network network = Randomised(NetworkInitialization.He(architecture, random), random);
        var pixels = new double[images * architecture.Input.Elements];
        foreach (ref double pixel in pixels.AsSpan()) pixel = (float)random.NextNormal();
        var targets = new double[images * architecture.Classes];
        for (int image = 0; image < images; image++) targets[(image * architecture.Classes) + random.Next(architecture.Classes)] = 1;

        using var engine = new TrainingEngine(architecture, set, new PlanOptions(images, Training: true) { SharesMemory = false });
        engine.Plan.Parameters.Import(network);
        Load(engine, architecture, pixels, targets, images);
        double loss = engine.Step(images);

        SharingChangesNothing(engine, architecture, set, network, pixels, targets, images);

        var twin = new ReferenceNetwork(network);
        if (images <= LaneBlock.Images) twin.Decider = (node, index) => Value(engine.Plan, architecture, node, index);
        double expectedLoss = twin.Step(pixels, targets);
        Assert.InRange(loss, expectedLoss - (1e-5 * Math.Abs(expectedLoss)), expectedLoss + (1e-5 * Math.Abs(expectedLoss)));
        Compare(engine.Plan.Parameters, twin, tolerance);
    }

    /// <summary>The plan that training uses, where tensors share memory, gives the same bits.</summary>
    private static void SharingChangesNothing(
        TrainingEngine apart, Architecture architecture, InstructionSet set, Network network, double[] pixels, double[] targets, int images)
    {
        using var shared = new TrainingEngine(architecture, set, new PlanOptions(images, Training: true));
        shared.Plan.Parameters.Import(network);
        Load(shared, architecture, pixels, targets, images);
        shared.Step(images);
        int count = apart.Plan.Parameters.Elements;
        Assert.True(new Span<float>(apart.Plan.Parameters.Gradients, count).SequenceEqual(new Span<float>(shared.Plan.Parameters.Gradients, count)));
    }

    /// <summary>The engine's value of a node after a step of one block.</summary>
    public static double? Value(NetworkPlan plan, Architecture architecture, int node, int index)
    {
        TensorSlot tensor = node < 0 ? plan.Input : plan.NodeOutputs[node];
        (int image, int element) = Math.DivRem(index, architecture.OutputOf(node).Elements);
        (int pixel, int channel) = Math.DivRem(element, tensor.Shape.Channels);
        (int row, int column) = Math.DivRem(pixel, architecture.OutputOf(node).Width);
        if (row >= tensor.Shape.Height || column >= tensor.Shape.Width) return null;
        return tensor.Value(0)[(((((channel * tensor.Shape.Height) + row) * tensor.Shape.Width) + column) * LaneBlock.Images) + image];
    }

    public static void Load(TrainingEngine engine, Architecture architecture, double[] pixels, double[] targets, int images)
    {
        Shape shape = architecture.Input;
        for (int image = 0; image < images; image++)
        {
            (int block, int lane) = Math.DivRem(image, LaneBlock.Images);
            float* block16 = engine.Images(block);
            Span<float> targets16 = engine.Targets(block);
            for (int channel = 0; channel < shape.Channels; channel++)
            {
                for (int pixel = 0; pixel < shape.Height * shape.Width; pixel++)
                {
                    block16[(((channel * shape.Height * shape.Width) + pixel) * LaneBlock.Images) + lane] =
                        (float)pixels[(image * shape.Elements) + (pixel * shape.Channels) + channel];
                }
            }

            for (int c = 0; c < architecture.Classes; c++) targets16[(c * LaneBlock.Images) + lane] = (float)targets[(image * architecture.Classes) + c];
        }
    }

    /// <summary>Biases, gammas and betas away from their initial values, so that their gradients are seen.</summary>
    private static Network Randomised(Network network, SeededRandom random) => new(network.Architecture,
    [
        .. network.Layers.Select(layer => (LayerWeights?)(layer switch
        {
            KernelWeights kernel => kernel with { Biases = [.. kernel.Biases.Select(_ => 0.1f * (float)random.NextNormal())] },
            BatchNormWeights norm => norm with
            {
                Gamma = [.. norm.Gamma.Select(_ => 1 + (0.3f * (float)random.NextNormal()))],
                Beta = [.. norm.Beta.Select(_ => 0.3f * (float)random.NextNormal())],
            },
            _ => null,
        })),
    ]);

    private static void Compare(Parameters parameters, ReferenceNetwork twin, GradientTolerance tolerance)
    {
        double whole = Math.Sqrt(twin.WeightGradients.Concat(twin.BiasGradients).Sum(g => g.Sum(v => v * v)));
        List<string> problems = [];
        foreach (KernelLayout layout in parameters.Kernels)
        {
            var weights = new float[layout.Outputs * layout.Inputs];
            layout.Export(parameters.Gradients, weights);
            CompareTensor("weights", layout.Node, layout.Outputs, weights, twin.WeightGradients);
            CompareTensor("biases", layout.Node, layout.Outputs, At(layout.Bias, twin.BiasGradients[layout.Node].Length), twin.BiasGradients);
        }

        foreach (NormLayout layout in parameters.Norms)
        {
            CompareTensor("gammas", layout.Node, layout.Channels, At(layout.Gamma, layout.Channels), twin.WeightGradients);
            CompareTensor("betas", layout.Node, layout.Channels, At(layout.Beta, layout.Channels), twin.BiasGradients);
        }

        Assert.True(problems.Count == 0, string.Join(Environment.NewLine, problems));

        float[] At(ParameterRange range, int count) => new Span<float>(parameters.Gradients + range.Offset, count).ToArray();

        void CompareTensor(string kind, int node, int channels, float[] actual, double[][] gradients)
        {
            double[] expected = gradients[node];
            double norm = Math.Sqrt(expected.Sum(v => v * v));
            double distance = Math.Sqrt(expected.Zip(actual, (e, a) => (e - a) * (e - a)).Sum());
            bool undone = expected.Length == channels && IsBeforeNorm(parameters.Architecture, node);
            if (distance <= tolerance.Allowed(norm, whole, undone)) return;
            problems.Add($"{kind} of node {node}: distance {distance:E2} of norm {norm:E2}, network {whole:E2}");
        }
    }

    private static bool IsBeforeNorm(Architecture architecture, int node) =>
        architecture.ReadersOf(node).Any(reader => architecture.Nodes[reader].Layer is BatchNorm || IsBeforeNorm(architecture, reader));
}
