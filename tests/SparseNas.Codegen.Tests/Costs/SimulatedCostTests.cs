using SparseNas.Boards;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Costs;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Codegen.Tests.Emission;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Quantization.Execution;
using SparseNas.Simulator;
using SparseNas.Testing.Networks;
using Xunit.Abstractions;

namespace SparseNas.Codegen.Tests.Costs;

/// <summary>
/// The chooser's predictions against the device: cycles as the simulator counts them, byte code as the compiler makes and the device's format shortens
/// it, heap as the simulator sees it taken. On the way every step's every byte in the simulator is compared with the definition.
/// </summary>
public class SimulatedCostTests(ITestOutputHelper log)
{
    private static readonly BoardProfile Board = BoardCatalog.Default.Find("ST_STM32F4_DISCOVERY");

    /// <summary>Relative errors of one network's predictions.</summary>
    private readonly record struct Errors(double Cycles, double IlBytes, double HeapBytes);

    [Fact]
    public void Predictions_are_what_the_simulator_sees_and_all_three_executors_agree()
    {
        List<Errors> errors = [];
        foreach (EmissionGoal goal in Enum.GetValues<EmissionGoal>())
        {
            for (ulong seed = 0; seed < 6; seed++)
            {
                SeededRandom random = new(seed, 0x51, (ulong)goal);
                QuantizedNetwork network = RandomQuantizedNetworks.Draw(random, RandomQuantization.AllWidths);
                errors.Add(ErrorsOf(network, goal, RandomImages.Draw(network.Graph.Input, 7, random)[5..]));
            }
        }

        Check("cycles", errors.Select(error => error.Cycles), outliers: 2);
        Check("IL bytes", errors.Select(error => error.IlBytes), outliers: 2);
        Check("heap bytes", errors.Select(error => error.HeapBytes), outliers: 2);
    }

    [Fact]
    [Trait("Category", "Exhaustive")]
    public void Predictions_hold_over_300_networks()
    {
        List<Errors> errors = [];
        foreach (EmissionGoal goal in Enum.GetValues<EmissionGoal>())
        {
            for (ulong seed = 0; seed < 75; seed++)
            {
                SeededRandom random = new(seed, 0x52, (ulong)goal);
                QuantizedNetwork network = RandomQuantizedNetworks.Draw(random, RandomQuantization.AllWidths);
                errors.Add(ErrorsOf(network, goal, RandomImages.Draw(network.Graph.Input, 8, random)));
            }
        }

        Check("cycles", errors.Select(error => error.Cycles), errors.Count / 20);
        Check("IL bytes", errors.Select(error => error.IlBytes), errors.Count / 20);
        Check("heap bytes", errors.Select(error => error.HeapBytes), errors.Count / 20);
    }

    /// <summary>The median is at most 2 %, all but a number of outliers at most 5 %.</summary>
    private void Check(string what, IEnumerable<double> errors, int outliers)
    {
        double[] sorted = [.. errors.Order()];
        double median = sorted[sorted.Length / 2], high = sorted[^(outliers + 1)];
        log.WriteLine($"{what}: median {median:P2}, 95th percentile {high:P2}, worst {sorted[^1]:P2} of {sorted.Length}");
        Assert.True(median <= 0.02, $"{what}: median error {median:P2}");
        Assert.True(high <= 0.05, $"{what}: error number {outliers + 1} from above is {high:P2}");
    }

    private static void Push(SimulatedDevice device, QuantizedNetwork network, byte[] image)
    {
        device.Call($"{GeneratedModel.TypeName}.Reset");
        foreach (byte[] row in image.Chunk(image.Length / network.Graph.Input.Height)) device.Call($"{GeneratedModel.TypeName}.PushRow", row);
    }

    /// <summary>Runs images in the simulator, compares every step's bytes, and measures what was predicted.</summary>
    private static Errors ErrorsOf(QuantizedNetwork network, EmissionGoal goal, IReadOnlyCollection<byte[]> images)
    {
        GeneratedModel model = ModelGenerator.Generate(network, goal, Board.CostTable, EmissionBudget.Unlimited, TestHeader.Plain);
        IReadOnlyList<CompiledFirmware> assemblies = DeviceAssemblies.Compile(model);
        using SimulatedDevice device = new(Board);
        foreach (CompiledFirmware assembly in assemblies) device.Load(assembly.Image);
        double counted = 0;
        foreach (byte[] image in images)
        {
            OperatorOutputs expected = NaiveIntegerExecutor.Run(network, image);
            Push(device, network, image);
            int rows = model.Plan.Rows.Length;
            if (rows > 0) device.Call($"{GeneratedModel.TypeName}.FinishRows");
            for (int at = Math.Max(rows - 1, 0); at < model.Steps.Length; at++)
            {
                OperatorCode step = model.Steps[at];
                if (at >= rows) device.Call($"{GeneratedModel.TypeName}.{step.Method.Name}");
                int op = step.Operators[^1];
                if (op == network.Operators.Length - 1) continue;
                byte[] arena = (byte[])device.ReadStatic($"{GeneratedModel.TypeName}.Arena")!;
                Assert.Equal(expected.Activations[op], PackedBytes.Of(network.Graph, model.Plan, op, arena));
            }

            for (int index = 0; index < network.Classes; index++) Assert.Equal(expected.Logits[index], (int)device.Call($"{GeneratedModel.TypeName}.Logit", index)!);
            double before = rows > 0 ? device.Report().Cycles.Expected : 0;   // cycles since the boot; rows are worked off as they are pushed
            Push(device, network, image);
            if (rows == 0) before = device.Report().Cycles.Expected;
            counted += device.Run($"{GeneratedModel.TypeName}.Run").Cycles.Expected - before;
        }

        double cycles = model.Cost.Cycles + (model.Plan.Rows.IsEmpty ? 0 : CostModel.PushCycles(model.Plan, Board.CostTable));
        IEnumerable<StepCost> flow = model.Cost.Steps.Where(step => step.Operators.IsEmpty);   // what moves rows lies beside the steps
        return new Errors(
            Relative(cycles * images.Count, counted),
            Relative(
                model.Cost.IlBytes - flow.Sum(step => step.IlBytes),
                DeviceIl.Bytes(assemblies, model.Steps.SelectMany(step => step.Units).Select(unit => unit.Name).ToHashSet())),
            Relative(model.Cost.HeapBytes - flow.Sum(step => step.FrameBytes), SimulatedHeap.Of(model)));
    }

    private static double Relative(double predicted, double measured) => Math.Abs(predicted - measured) / measured;
}
