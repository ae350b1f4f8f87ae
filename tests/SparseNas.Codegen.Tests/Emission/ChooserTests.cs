using SparseNas.Codegen.Costs;
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

    /// <summary>One number, one source: what the score counts is what deployment within that working memory writes.</summary>
    [Fact]
    public void Auto_within_the_working_memory_of_the_knee_is_the_knee()
    {
        for (ulong seed = 0; seed < 25; seed++)
        {
            QuantizedNetwork network = RandomQuantizedNetworks.Draw(new SeededRandom(seed, 0x4CEE), RandomQuantization.AllWidths);
            CodeChoice knee = CodeChoice.Knee(network, TestHeader.CortexM4F, EmissionBudget.Unlimited);
            EmissionBudget promised = EmissionBudget.Unlimited with { WorkingMemoryBytes = knee.Plan.PeakBytes };
            GeneratedModel deployed = ModelGenerator.Generate(network, EmissionGoal.Auto, TestHeader.CortexM4F, promised, TestHeader.Plain);
            Assert.Equal((knee.Plan.PeakBytes, knee.Cost.Cycles), (deployed.Plan.PeakBytes, deployed.Cost.Cycles));
            CodeChoice limited = CodeChoice.Knee(network, TestHeader.CortexM4F, promised with { WorkingMemoryBytes = knee.Plan.PeakBytes - 1 });
            CodeChoice least = CodeChoice.Make(network, EmissionGoal.Auto, TestHeader.CortexM4F, promised with { WorkingMemoryBytes = 0 });
            Assert.True(limited.Plan.PeakBytes < knee.Plan.PeakBytes || least.Plan.PeakBytes >= knee.Plan.PeakBytes);
            Assert.True(CodeChoice.LeastArenaBytes(network.Graph, PackedTensors.Of(network)) <= knee.Plan.ArenaBytes);
        }
    }

    [Fact]
    public void A_network_whose_weights_are_all_zero_is_emitted_too()
    {
        QuantizedNetwork network = RandomQuantizedNetworks.Draw(
            Architecture.Chain("zeros", new Shape(6, 6, 1), 3, new Conv2D(4, 3, 3, 1, Padding.Same), new Relu(), new DepthwiseConv2D(3, 3), new MaxPool(2, 2, 2), new Dense(3)),
            new SeededRandom(4), new RandomQuantization { Sparsity = 1 });
        foreach (EmissionGoal goal in Enum.GetValues<EmissionGoal>())
        {
            BitExactness.Check(network, Generate(network, goal), RandomImages.Draw(network.Graph.Input, 5, new SeededRandom(5)));
        }
    }

    [Fact]
    public void A_convolution_joined_with_its_pooling_needs_no_memory_for_its_output()
    {
        int joined = 0;
        for (ulong seed = 0; seed < 40 && joined < 6; seed++)
        {
            SeededRandom random = new(seed, 0xF05E);
            Padding padding = random.Next(2) == 0 ? Padding.Same : Padding.Valid;
            Architecture architecture = Architecture.Chain(
                "joined", new Shape(random.Next(12, 16), random.Next(12, 16), random.Next(1, 4)), 4,
                new Conv2D(random.Next(2, 7), 3, 3, random.Next(1, 3), padding), new Relu(), new MaxPool(2, 2, 2), new Conv2D(5, 2, 2), new Relu(), new Dense(4));
            QuantizedNetwork network = RandomQuantizedNetworks.Draw(architecture, random);
            GeneratedModel model = Generate(network, EmissionGoal.Fast);
            BitExactness.Check(network, model, RandomImages.Draw(network.Graph.Input, 6, random));
            if (model.Plan.Of(0).SizeBytes > 0) continue;
            joined++;
            Assert.True(model.Plan.ArenaBytes < MemoryPlanner.Plan(network.Graph, new PlanOptions { AllowsRows = !model.Plan.Rows.IsEmpty }).ArenaBytes);
        }

        Assert.True(joined >= 3, $"only {joined} networks were joined");
    }

    /// <summary>
    /// 8-bit weights and activations, hardly a zero weight, Cortex-M4F: what the interpreter needs per multiply-accumulate, everything counted; and what
    /// running by rows adds to it.
    /// </summary>
    [Fact]
    public void Auto_needs_250_cycles_per_mac_in_the_mean_of_six_networks_and_150_at_best_and_rows_add_a_few_percent()
    {
        List<double> figures = [], added = [];
        foreach (Architecture architecture in SixNetworks.All)
        {
            QuantizedNetwork network = RandomQuantizedNetworks.Draw(architecture, new SeededRandom(11), new RandomQuantization { MultiplierBits = [15] });
            CodeChoice auto = Auto(network, false, null), rows = Auto(network, true, auto.Plan.LocalBytes);
            added.Add((rows.Cost.Cycles / auto.Cost.Cycles) - 1);
            log.WriteLine($"{architecture.Name}: {auto.Cost.CyclesPerMac:0} cycles per MAC; by rows {added[^1]:P1} more, arena {rows.Plan.ArenaBytes} instead of {auto.Plan.ArenaBytes}");
            foreach (string line in CostReport.Lines(auto.Cost)) log.WriteLine(line);
            Assert.All(auto.Steps, step => Assert.Equal(0, step.TableHeapBytes));
            figures.Add(auto.Cost.CyclesPerMac);
        }

        Assert.InRange(Math.Exp(figures.Average(Math.Log)), 1, 250);
        Assert.InRange(figures.Min(), 1, 150);
        Assert.InRange(added.Order().ElementAt(added.Count / 2), -0.1, 0.05);
    }

    /// <summary>The fastest by rows, poolings joined or not, or with the whole image held; with so many bytes of locals at most, as many as auto may have for null.</summary>
    private static CodeChoice Auto(QuantizedNetwork network, bool rows, int? localBytes)
    {
        PlanOptions options = new() { AllowsRows = rows };
        MemoryPlan apart = MemoryPlanner.Plan(network.Graph, options);
        MemoryPlan[] plans = rows ? [apart, MemoryPlanner.Plan(network.Graph, options with { OnePass = Fusion.Candidates(network, apart) })] : [apart];
        return plans.Select(plan =>
        {
            EmissionBudget budget = localBytes is { } most ? EmissionBudget.Unlimited with { WorkingMemoryBytes = plan.ArenaBytes + most } : EmissionBudget.Unlimited;
            return CodeChoice.Of(network, plan, StrategyChooser.Choose(network, plan, EmissionGoal.Auto, TestHeader.CortexM4F, budget), TestHeader.CortexM4F);
        }).MinBy(choice => choice.Cost.Cycles)!;
    }

    private static GeneratedModel Generate(QuantizedNetwork network, EmissionGoal goal) =>
        ModelGenerator.Generate(network, goal, TestHeader.CortexM4F, EmissionBudget.Unlimited, TestHeader.Plain);
}
