using SparseNas.Networks;
using SparseNas.Training.Engine;
using SparseNas.Training.Engine.Kernels;
using SparseNas.Training.Engine.Noise;

namespace SparseNas.Training.Tests.Engine;

/// <summary>One batch under random weights through the engine and through the naive twin, both drawing the same numbers.</summary>
internal static unsafe class NoiseComparison
{
    private const double Tolerance = 1e-4;   // of a tensor's gradient: n / √v magnifies the rounding of v

    public static void Check(Architecture net, InstructionSet set, NoiseKind kind, int images, ulong seed, ReferenceNoise noise)
    {
        var random = new SeededRandom(seed, 9);
        Network network = NetworkInitialization.He(net, random);
        WeightNoiseTests.Randomise(noise, net, random);
        double[] pixels = [.. Enumerable.Range(0, images * net.Input.Elements).Select(_ => (double)(float)random.NextNormal())];
        var targets = new double[images * net.Classes];
        for (int image = 0; image < images; image++) targets[(image * net.Classes) + random.Next(net.Classes)] = 1;

        var plan = new PlanOptions(images, Training: true) { EveryOutput = true, SharesMemory = false, Noise = new NoiseOptions(kind, 5) };
        using var engine = new TrainingEngine(net, set, plan);
        engine.Plan.Parameters.Import(network);
        WeightNoise own = engine.Plan.Noise!;
        own.IsOn = true;
        int[] nodes = [.. engine.Plan.Parameters.Kernels.Select(kernel => kernel.Node)];
        foreach (int node in nodes)
        {
            own.WriteVariances(node, Floats(noise.Variances(node)));
            if (kind != NoiseKind.Weights) own.WriteGroups(node, Floats(noise.GroupMeans(node)), Floats(noise.GroupVariances(node)));
        }

        TwinComparison.Load(engine, net, pixels, targets, images);
        double loss = engine.Step(images);
        var twin = new ReferenceNetwork(network) { Noise = noise };
        if (images <= LaneBlock.Images) twin.Decider = (node, index) => TwinComparison.Value(engine.Plan, net, node, index);
        double expected = twin.Step(pixels, targets);
        Assert.Equal(expected, loss, 1e-4 * Math.Abs(expected));
        double whole = Math.Sqrt(twin.WeightGradients.Sum(g => g.Sum(v => v * v)));
        foreach (int node in nodes)
        {
            var gradients = noise.Gradients(node);
            var weights = new float[gradients.Variances.Length];
            engine.Plan.Parameters.KernelOf(node).Export(engine.Plan.Parameters.Gradients, weights);
            Compare("weights", weights, twin.WeightGradients[node]);
            own.ReadVarianceGradient(node, weights);
            Compare("variances", weights, gradients.Variances);
            if (kind == NoiseKind.Weights) continue;
            float[] means = new float[own.GroupCount(node)], variances = new float[own.GroupCount(node)];
            own.ReadGroupGradients(node, means, variances);
            Compare("group means", means, gradients.GroupMeans);
            Compare("group variances", variances, gradients.GroupVariances);

            void Compare(string what, float[] actual, double[] wanted)
            {
                double norm = Math.Sqrt(wanted.Sum(v => v * v));
                double distance = Math.Sqrt(wanted.Zip(actual, (w, a) => (w - a) * (w - a)).Sum());
                Assert.True(distance <= Math.Max(Tolerance * norm, 2e-6 * whole), $"{net.Name} {set} seed {seed}, {what} of node {node} ({LayerNames.Describe(net.Nodes[node].Layer)}): distance {distance:E2} of norm {norm:E2}, network {whole:E2}");
            }
        }
    }

    private static float[] Floats(double[] values) => [.. values.Select(value => (float)value)];
}
