using SparseNas.Boards;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Tests.Emission;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Quantization.Execution;
using SparseNas.Simulator;
using SparseNas.Training;
using SparseNas.Training.Data;

namespace SparseNas.Pipeline.Tests;

/// <summary>
/// A network trained on MNIST runs on the same 1,000 test images in the reference executor, as generated C# on .NET and as generated C# in the
/// simulator: every byte of every layer's output must be the same.
/// </summary>
public class ThreeExecutorsTests
{
    private const int Images = 1000;

    [DataFact("mnist")]
    public void Agree_on_every_byte_of_every_layer_for_a_thousand_test_images()
    {
        Dataset mnist = DatasetCatalog.Load("mnist", SharedFiles.DataFolder);
        QuantizedNetwork network = Train(mnist);
        BoardProfile board = BoardCatalog.Default.Find("ESP32_C3");
        MemoryPlan plan = MemoryPlanner.Plan(network.Graph);
        GeneratedModel model = Emitter.Emit(
            network, plan, Emitter.Plain(network, plan), new ModelHeader("test", "three executors", 1, "", mnist.ClassNames), board.CostTable);

        using NativeModel native = NativeModel.Load(model);
        using SimulatedDevice device = new(board);
        device.Load(FirmwareCompiler.Compile(model.Sources, "model", FirmwareOutput.Library).Image);
        device.Start();
        Assert.Equal(plan.ArenaBytes, ((byte[])device.ReadStatic($"{GeneratedModel.TypeName}.Arena")!).Length);

        var tally = new Tally();
        for (int index = 0; index < Images; index++) Compare(mnist.Test.Value.Image(index), network, model, native, device, tally);
        Assert.True(tally.Meaningful * 2 >= tally.Compared, $"only {tally.Meaningful} of {tally.Compared} values are neither zero nor saturated");
    }

    private static void Compare(
        ReadOnlySpan<byte> image, QuantizedNetwork network, GeneratedModel model, NativeModel native, SimulatedDevice device, Tally tally)
    {
        OperatorOutputs expected = NaiveIntegerExecutor.Run(network, image);
        native.Push(image);
        device.Call($"{GeneratedModel.TypeName}.Reset");
        foreach (byte[] row in image.ToArray().Chunk(network.Graph.Input.Width * network.Graph.Input.Channels))
        {
            device.Call($"{GeneratedModel.TypeName}.PushRow", row);
        }

        int rows = model.Plan.Rows.Length;
        native.FinishRows();
        if (rows > 0) device.Call($"{GeneratedModel.TypeName}.FinishRows");
        for (int step = Math.Max(rows - 1, 0); step < model.Steps.Length; step++)
        {
            if (step >= rows)
            {
                native.Step(step);
                device.Call($"{GeneratedModel.TypeName}.{model.Steps[step].Method.Name}");
            }

            int op = model.Steps[step].Operators[^1];
            PlannedBuffer place = model.Plan.Of(op);
            byte[] reference = op == network.Operators.Length - 1
                ? [.. expected.Logits.SelectMany(BitConverter.GetBytes)]
                : expected.Activations[op];
            byte[] simulated = ((byte[])device.ReadStatic($"{GeneratedModel.TypeName}.Arena")!)[place.OffsetBytes..place.EndBytes];
            Assert.Equal(reference, native.Arena[place.OffsetBytes..place.EndBytes]);
            Assert.Equal(reference, simulated);
            if (op < network.Operators.Length - 1) tally.Add(reference, network.FormatOf(op));
        }

        Assert.Equal(expected.Class, native.Class());
        Assert.Equal(expected.Class, (int)device.Call($"{GeneratedModel.TypeName}.Class")!);
    }

    /// <summary>Layers without ReLU keep most values off the ends of the range, so that the comparison means something.</summary>
    private static QuantizedNetwork Train(Dataset mnist)
    {
        var architecture = Architecture.Chain(
            "witness", mnist.Shape, mnist.Classes,
            new Conv2D(6, 3, 3, 2, Padding.Same, false), new BatchNorm(),
            new DepthwiseConv2D(3, 3, 1, Padding.Same, false), new BatchNorm(), new Relu(),
            new Conv2D(10, 1, 1, HasBias: false), new BatchNorm(), new MaxPool(2, 2, 2),
            new Conv2D(12, 3, 3, HasBias: false), new BatchNorm(), new AvgPool(2, 2, 2), new Dense(10));
        Samples train = mnist.Train.Take(6000), check = mnist.Train.Select([.. Enumerable.Range(6000, 500)]);
        TrainedNetwork trained = Trainer.Train(architecture, train, check, mnist.Encoding, new TrainingOptions { Epochs = 2 }, seed: 3);
        Assert.InRange(trained.ValidationError, 0, 0.2);
        return Quantizer.Quantize(trained.Network, train, mnist.Encoding, new QuantizationOptions());
    }

    private sealed class Tally
    {
        public long Compared { get; private set; }

        public long Meaningful { get; private set; }

        public void Add(byte[] codes, TensorFormat format)
        {
            Compared += codes.Length;
            Meaningful += codes.Count(code => code != 0 && code != format.ZeroPoint && code != format.Maximum);
        }
    }
}
