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

public class SimulatedCostTests(ITestOutputHelper log)
{
    private static readonly BoardProfile Board = BoardCatalog.Default.Find("ST_STM32F4_DISCOVERY");

    [Fact]
    public void Predicted_cycles_are_those_the_simulator_counts_and_all_three_executors_agree()
    {
        List<double> errors = [];
        foreach (EmissionGoal goal in Enum.GetValues<EmissionGoal>())
        {
            for (ulong seed = 0; seed < 6; seed++)
            {
                SeededRandom random = new(seed, 0x51, (ulong)goal);
                QuantizedNetwork network = RandomQuantizedNetworks.Draw(random, RandomQuantization.AllWidths);
                errors.Add(ErrorOf(network, goal, RandomImages.Draw(network.Graph.Input, 7, random)[5..]));
            }
        }

        errors.Sort();
        log.WriteLine(string.Join(", ", errors.Select(error => error.ToString("P1"))));
        Assert.True(errors[errors.Count / 2] <= 0.02, $"median error {errors[errors.Count / 2]:P1}");
        Assert.True(errors[^3] <= 0.05, $"third largest error {errors[^3]:P1}");
    }

    [Fact]
    [Trait("Category", "Exhaustive")]
    public void Predicted_cycles_hold_over_many_networks()
    {
        List<double> errors = [];
        foreach (EmissionGoal goal in Enum.GetValues<EmissionGoal>())
        {
            for (ulong seed = 0; seed < 75; seed++)
            {
                SeededRandom random = new(seed, 0x52, (ulong)goal);
                QuantizedNetwork network = RandomQuantizedNetworks.Draw(random, RandomQuantization.AllWidths);
                errors.Add(ErrorOf(network, goal, RandomImages.Draw(network.Graph.Input, 8, random)));
            }
        }

        errors.Sort();
        log.WriteLine($"median {errors[errors.Count / 2]:P2}, 95th percentile {errors[(int)(errors.Count * 0.95)]:P2}, worst {errors[^1]:P2}");
        Assert.True(errors[errors.Count / 2] <= 0.02);
        Assert.True(errors[(int)(errors.Count * 0.95)] <= 0.05);
    }

    private static void Push(SimulatedDevice device, QuantizedNetwork network, byte[] image)
    {
        device.Call($"{GeneratedModel.TypeName}.Reset");
        foreach (byte[] row in image.Chunk(image.Length / network.Graph.Input.Height)) device.Call($"{GeneratedModel.TypeName}.PushRow", row);
    }

    /// <summary>Runs images in the simulator, compares every step's bytes, and returns the relative error of the predicted cycles.</summary>
    private static double ErrorOf(QuantizedNetwork network, EmissionGoal goal, IReadOnlyCollection<byte[]> images)
    {
        GeneratedModel model = ModelGenerator.Generate(network, goal, Board.CostTable, EmissionBudget.Unlimited, TestHeader.Plain);
        using SimulatedDevice device = new(Board);
        foreach (CompiledFirmware assembly in DeviceAssemblies.Compile(model)) device.Load(assembly.Image);
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
                PlannedBuffer buffer = model.Plan.Of(op);
                byte[] arena = (byte[])device.ReadStatic($"{GeneratedModel.TypeName}.Arena")!;
                Assert.Equal(expected.Activations[op], arena.AsSpan(buffer.OffsetBytes, buffer.SizeBytes).ToArray());
            }

            for (int index = 0; index < network.Classes; index++) Assert.Equal(expected.Logits[index], (int)device.Call($"{GeneratedModel.TypeName}.Logit", index)!);
            double before = rows > 0 ? device.Report().Cycles.Expected : 0;   // cycles since the boot; rows are worked off as they are pushed
            Push(device, network, image);
            if (rows == 0) before = device.Report().Cycles.Expected;
            counted += device.Run($"{GeneratedModel.TypeName}.Run").Cycles.Expected - before;
        }

        double predicted = model.Cost.Cycles + (model.Plan.Rows.IsEmpty ? 0 : CostModel.PushCycles(model.Plan, Board.CostTable));
        return Math.Abs((predicted * images.Count) - counted) / counted;
    }
}
