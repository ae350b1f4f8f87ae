using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Codegen.Firmware;
using SparseNas.Codegen.Firmware.Application;
using SparseNas.Codegen.Tests.Emission;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Quantization.Execution;
using SparseNas.Testing.Networks;

namespace SparseNas.Codegen.Tests.Firmware;

/// <summary>
/// The network of Gural and Murmann (ICML 2019; 434.5 bytes of activations at 4 bits by hand) in the whole application, which reads an image from a serial
/// port: all activations, the rows of the image among them, lie in one array, and beside it no array holds any.
/// </summary>
public class PublishedNetworkTests
{
    private const int BlockBytes = 12, ArrayHeaderBytes = 20;

    [Theory]
    [InlineData(8, 604, 620)]
    [InlineData(4, 356, 360)]
    public void An_image_is_classified_in_the_planned_bytes_and_no_second_row_exists(int activationBits, int plannedBytes, int mostBytes)
    {
        SeededRandom random = new((ulong)activationBits, 0x6A);
        QuantizedNetwork network = RandomQuantizedNetworks.Draw(
            SixNetworks.All.Single(architecture => architecture.Name == "cnn3000"), random, new RandomQuantization { ActivationBits = [activationBits] });
        MemoryPlan plan = MemoryPlanner.Plan(network.Graph, new PlanOptions { Packed = PackedTensors.Of(network) });
        CodeChoice code = CodeChoice.Of(
            network, plan, StrategyChooser.Choose(network, plan, EmissionGoal.Auto, SimulatedRun.Board.CostTable, EmissionBudget.Unlimited), SimulatedRun.Board.CostTable);
        GeneratedModel model = Emitter.Emit(network, code.Plan, code.Steps, TestHeader.Plain, SimulatedRun.Board.CostTable);
        FirmwareModel firmware = FirmwareModel.From("published", network, model, GeneratedApplicationTests.Golden(network, 1, count: 1), []);
        byte[] image = RandomImages.Draw(network.Graph.Input, 1, random)[0];

        SimulatedRun run = SimulatedRun.Of(ModelApplication.Project(firmware, TinyModel.Board, FirmwareSdk.Stable, LiveInput.Serial), serialInput: image);

        int answer = NaiveIntegerExecutor.Run(network, image).Class;
        Assert.Equal($"{new string('.', 28)}CLASS {answer:0000} {answer}\r\n", run.Serial);
        Assert.Equal((1, 1), (run.SelfTest.Passed, run.SelfTest.Vectors));
        Assert.Equal(plannedBytes, code.Plan.ArenaBytes);
        Assert.InRange(plannedBytes, 1, mostBytes);

        // Beside the arena: constants that the chosen code clamps by, and texts, what is sent for each class, for a row and for an image that stopped.
        int[] texts = [.. Enumerable.Repeat("CLASS 0000 0\r\n".Length, 10), ".".Length, "RESET 0000\r\n".Length];
        var arrays = run.Report.Allocations.Where(allocation => allocation.Type.EndsWith("[]", StringComparison.Ordinal)).ToDictionary(allocation => allocation.Type);
        var runtime = SimulatedRun.Of(TinyModel.Project()).Report.Allocations.ToDictionary(allocation => allocation.Type, allocation => allocation.Bytes);
        runtime["System.Byte[]"] -= BlocksOf(24);        // the tiny model's arena,
        runtime["System.Int32[]"] -= BlocksOf(3 * 4);    // and its logits
        runtime["System.Byte[]"] += BlocksOf(plannedBytes) + Emitter.ClampTables(code.Steps).Sum(table => table.HeapBytes) + texts.Sum(BlocksOf);
        foreach (string type in arrays.Keys.Except(["System.Byte[][]", "System.String[]"])) Assert.Equal((type, runtime[type]), (type, arrays[type].Bytes));
    }

    private static int BlocksOf(int bytes) => (ArrayHeaderBytes + bytes + BlockBytes - 1) / BlockBytes * BlockBytes;
}
