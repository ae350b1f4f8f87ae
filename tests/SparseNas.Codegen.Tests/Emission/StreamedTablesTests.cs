using SparseNas.Boards;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Codegen.Emission.Strategies;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Quantization.Execution;
using SparseNas.Simulator;
using SparseNas.Testing.Networks;

namespace SparseNas.Codegen.Tests.Emission;

public class StreamedTablesTests
{
    /// <summary>Padded and unpadded convolutions and a dense layer, each with more weights than a table is worth.</summary>
    private static readonly Architecture Wide = Architecture.Chain(
        "wide", new Shape(7, 7, 12), 5, new Conv2D(20, 3, 3, 1, Padding.Same), new Relu(), new Conv2D(14, 3, 3, 2), new Relu(), new Dense(24), new Relu(),
        new Dense(90), new Relu(), new Dense(5));

    private static readonly Architecture LargeDense = Architecture.Chain("large", new Shape(1, 300, 1), 4, new Dense(50), new Relu(), new Dense(4));

    [Fact]
    public void Weights_read_from_flash_give_every_byte_of_the_definition_on_the_desktop_and_in_the_simulator()
    {
        for (ulong seed = 0; seed < 3; seed++)
        {
            SeededRandom random = new(seed, 0x57EA);
            QuantizedNetwork network = RandomQuantizedNetworks.Draw(Wide, random, RandomQuantization.AllWidths);
            GeneratedModel model = Streamed(network);
            Assert.Equal(4, model.Steps.Count(step => step.Resource is not null));
            byte[][] images = RandomImages.Draw(network.Graph.Input, 6, random);
            BitExactness.Check(network, model, images);

            using SimulatedDevice device = Load(model);
            device.Call($"{GeneratedModel.TypeName}.Reset");
            foreach (byte[] row in images[5].Chunk(images[5].Length / network.Graph.Input.Height)) device.Call($"{GeneratedModel.TypeName}.PushRow", row);
            double before = device.Report().Cycles.Expected;
            double counted = device.Run($"{GeneratedModel.TypeName}.Run").Cycles.Expected - before;
            Assert.Equal(
                NaiveIntegerExecutor.Run(network, images[5]).Logits,
                Enumerable.Range(0, network.Classes).Select(index => (int)device.Call($"{GeneratedModel.TypeName}.Logit", index)!));
            Assert.InRange(model.Cost.Cycles / counted, 0.95, 1.05);
        }
    }

    [Fact]
    public void A_heap_too_small_for_tables_and_an_image_too_small_for_immediates_leave_weights_in_flash()
    {
        QuantizedNetwork network = RandomQuantizedNetworks.Draw(LargeDense, new SeededRandom(3));
        EmissionBudget tight = new(40_000, 8_000) { MayReadResources = true };
        CodeChoice streamed = CodeChoice.Make(network, EmissionGoal.Fast, TestHeader.CortexM4F, tight);
        Assert.Contains(streamed.Steps, step => step.Resource is not null);
        Assert.InRange(streamed.Cost.HeapBytes, 1, tight.HeapBytes);
        Assert.InRange(streamed.Cost.IlBytes + streamed.Cost.InitialiserBytes + streamed.Cost.ResourceBytes, 1, tight.ImageBytes);
        BitExactness.Check(network, Emitter.Emit(network, streamed.Plan, streamed.Steps, TestHeader.Plain, TestHeader.CortexM4F), RandomImages.Draw(network.Graph.Input, 5, new SeededRandom(4)));
    }

    [Fact]
    public void A_board_without_resource_manager_goes_another_way_or_is_refused_with_the_values()
    {
        BoardProfile board = BoardCatalog.Default.Find("ST_NUCLEO64_F091RC");
        Assert.False(board.HasResourceManager);
        QuantizedNetwork network = RandomQuantizedNetworks.Draw(LargeDense, new SeededRandom(3));
        EmissionBudget roomy = new(160_000, 8_000) { MayReadResources = board.HasResourceManager };
        CodeChoice immediates = CodeChoice.Make(network, EmissionGoal.Fast, board.CostTable, roomy);
        Assert.All(immediates.Steps, step => Assert.Null(step.Resource));
        Assert.Equal(0, immediates.Steps.Max(step => step.TableHeapBytes));
        EmissionBudgetException refused = Assert.Throws<EmissionBudgetException>(
            () => CodeChoice.Make(network, EmissionGoal.Fast, board.CostTable, roomy with { ImageBytes = 40_000 }));
        Assert.Contains("40000 bytes of image, heap <= 8000 bytes", refused.Message, StringComparison.Ordinal);
    }

    private static GeneratedModel Streamed(QuantizedNetwork network)
    {
        MemoryPlan plan = MemoryPlanner.Plan(network.Graph, new PlanOptions { AllowsRows = false });
        EmissionBudget budget = EmissionBudget.Unlimited with { MayReadResources = true };
        var plain = StrategyChooser.Choose(network, plan, EmissionGoal.Small, TestHeader.CortexM4F, budget, [new PlainLoops(), new StreamedTables()]);
        return Emitter.Emit(network, plan, plain, TestHeader.Plain, TestHeader.CortexM4F);
    }

    private static SimulatedDevice Load(GeneratedModel model)
    {
        SimulatedDevice device = new(BoardCatalog.Default.Find("ST_STM32F4_DISCOVERY"));
        foreach (CompiledFirmware assembly in DeviceAssemblies.Compile(model)) device.Load(assembly.Image);
        return device;
    }
}
