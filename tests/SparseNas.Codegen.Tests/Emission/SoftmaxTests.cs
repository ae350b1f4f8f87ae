using SparseNas.Boards;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Quantization.Execution;
using SparseNas.Simulator;
using SparseNas.Testing.Networks;

namespace SparseNas.Codegen.Tests.Emission;

public class SoftmaxTests
{
    [Fact]
    public void Device_probabilities_are_those_of_the_definition_on_the_desktop_and_in_the_simulator()
    {
        for (ulong seed = 0; seed < 4; seed++)
        {
            SeededRandom random = new(seed, 0x50F7);
            QuantizedNetwork network = RandomQuantizedNetworks.Draw(random);
            GeneratedModel model = ModelGenerator.Generate(
                network, EmissionGoal.Auto, TestHeader.CortexM4F, EmissionBudget.Unlimited, TestHeader.Plain with { WithSoftmax = true });
            byte[] image = RandomImages.Draw(network.Graph.Input, 6, random)[5];
            int[] logits = NaiveIntegerExecutor.Run(network, image).Logits, expected = IntegerSoftmax.Of(network).Probabilities(logits);

            using NativeModel native = NativeModel.Load(model);
            native.Push(image);
            native.Run();
            var probabilities = new int[network.Classes];
            native.Softmax(probabilities);
            Assert.Equal(expected, probabilities);

            using SimulatedDevice device = new(BoardCatalog.Default.Find("ST_STM32F4_DISCOVERY"));
            SourceOfProbabilities.Load(device, model);
            device.Call($"{GeneratedModel.TypeName}.Reset");
            foreach (byte[] row in image.Chunk(image.Length / network.Graph.Input.Height)) device.Call($"{GeneratedModel.TypeName}.PushRow", row);
            device.Call($"{GeneratedModel.TypeName}.Run");
            device.Call("Probe.Run");
            Assert.Equal(expected, (int[])device.ReadStatic("Probe.Probabilities")!);
        }
    }

    [Fact]
    public void Without_the_wish_there_is_no_softmax()
    {
        QuantizedNetwork network = RandomQuantizedNetworks.Draw(new SeededRandom(1, 0x50F7));
        GeneratedModel model = ModelGenerator.Generate(network, EmissionGoal.Plain, TestHeader.CortexM4F, EmissionBudget.Unlimited, TestHeader.Plain);
        Assert.DoesNotContain(model.Sources, source => source.Text.Contains("Softmax", StringComparison.Ordinal));
    }

    /// <summary>A class beside the model that keeps the probabilities where the test can read them.</summary>
    private static class SourceOfProbabilities
    {
        public static void Load(SimulatedDevice device, GeneratedModel model)
        {
            var probe = new SparseNas.Codegen.Compilation.SourceFile("Probe.cs",
                "public static class Probe { public static readonly int[] Probabilities = new int[SparseNas.Generated.Model.Classes]; "
                + "public static void Run() { SparseNas.Generated.Model.Softmax(Probabilities); } }");
            foreach (var assembly in DeviceAssemblies.Compile(model with { Sources = model.Sources.Add(probe) })) device.Load(assembly.Image);
        }
    }
}
