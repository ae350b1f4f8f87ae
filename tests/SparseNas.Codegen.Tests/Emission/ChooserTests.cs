using System.Collections.Immutable;
using SparseNas.Boards;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Testing.Networks;
using Xunit.Abstractions;

namespace SparseNas.Codegen.Tests.Emission;

public class ChooserTests(ITestOutputHelper log)
{
    [Theory]
    [InlineData(EmissionGoal.Auto)]
    [InlineData(EmissionGoal.Small)]
    [InlineData(EmissionGoal.Fast)]
    public void Chosen_code_equals_the_definition_on_random_networks(EmissionGoal goal)
    {
        for (ulong seed = 0; seed < 4; seed++)
        {
            SeededRandom random = new(seed, 0xC400, (ulong)goal);
            QuantizedNetwork network = RandomQuantizedNetworks.Draw(random, RandomQuantization.AllWidths);
            GeneratedModel model = Generate(network, goal);
            BitExactness.Check(network, model, RandomImages.Draw(network.Graph.Input, 6, random));
        }
    }

    [Fact]
    public void Auto_is_fast_on_six_networks()
    {
        foreach (Architecture architecture in SixNetworks.All)
        {
            QuantizedNetwork network = RandomQuantizedNetworks.Draw(architecture, new SeededRandom(11), new RandomQuantization { MultiplierBits = [15] });
            GeneratedModel plain = Generate(network, EmissionGoal.Plain);
            var watch = System.Diagnostics.Stopwatch.StartNew();
            GeneratedModel auto = Generate(network, EmissionGoal.Auto);
            log.WriteLine($"{architecture.Name}: plain {plain.Cost.CyclesPerMac:0} auto {auto.Cost.CyclesPerMac:0} cycles/MAC, {watch.ElapsedMilliseconds} ms");
            foreach (string line in SparseNas.Codegen.Costs.CostReport.Lines(auto.Cost)) log.WriteLine(line);
            if (architecture.Name is "cnn480" or "depthwise") BitExactness.Check(network, auto, RandomImages.Draw(network.Graph.Input, 5, new SeededRandom(5)));
            Assert.True(auto.Cost.Cycles * 4 < plain.Cost.Cycles);
        }
    }

    private static GeneratedModel Generate(QuantizedNetwork network, EmissionGoal goal)
    {
        MemoryPlan plan = MemoryPlanner.Plan(network.Graph);
        ImmutableArray<OperatorCode> steps = StrategyChooser.Choose(network, plan, goal, TestHeader.CortexM4F, EmissionBudget.Unlimited);
        return Emitter.Emit(network, plan, steps, TestHeader.Plain, TestHeader.CortexM4F);
    }
}
