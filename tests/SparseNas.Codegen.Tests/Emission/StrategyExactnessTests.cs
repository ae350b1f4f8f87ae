using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Codegen.Emission.Strategies;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Testing.Networks;
using Xunit.Abstractions;

namespace SparseNas.Codegen.Tests.Emission;

/// <summary>Every strategy by itself, over random architectures, bit widths and plan kinds, against the definition of the operators.</summary>
public class StrategyExactnessTests(ITestOutputHelper log)
{
    private static readonly Dictionary<string, IEmissionStrategy> Strategies = new IEmissionStrategy[]
    {
        new HoistedTables(), new Immediates(), new GroupedTaps(), new PackedIntLanes(), new PackedLanes(), new DirectDepthwise(), new UnrolledPooling(), new UnrolledGather(), new Elementwise(),
        new StreamedTables(fewestWeights: 1), new RowSums(),
    }.ToDictionary(strategy => strategy.GetType().Name);

    public static TheoryData<string> Names => [.. Strategies.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_strategy_equals_the_definition_on_a_sample_of_networks(string name) => Check(name, 0, 40, 3);

    [Theory]
    [MemberData(nameof(Names))]
    [Trait("Category", "Exhaustive")]
    public void A_strategy_equals_the_definition_on_300_networks(string name)
    {
        BitExactness.Compared total = Check(name, 1_000, 300, 300);
        log.WriteLine($"{name}: {total.Values} values, {total.Telling} neither zero nor saturated");
        Assert.True(total.Telling * 2 >= total.Values);
    }

    /// <summary>Draws networks until enough of them use the strategy.</summary>
    private static BitExactness.Compared Check(string name, ulong firstSeed, int networks, int enough)
    {
        BitExactness.Compared total = default;
        int used = 0;
        for (ulong seed = firstSeed; seed < firstSeed + (ulong)networks && used < enough; seed++)
        {
            SeededRandom random = new(seed, 0x57A7);
            QuantizedNetwork network = RandomQuantizedNetworks.Draw(random, RandomQuantization.AllWidths);
            (string, MemoryPlan Plan)[] kinds = [.. PlanKinds.Of(network)];
            MemoryPlan plan = kinds[seed % (ulong)kinds.Length].Plan;
            GeneratedModel model = Emitter.Emit(
                network, plan,
                StrategyChooser.Choose(network, plan, EmissionGoal.Fast, TestHeader.CortexM4F, EmissionBudget.Unlimited with { MayReadResources = true }, [new PlainLoops(), Strategies[name]]),
                TestHeader.Plain, TestHeader.CortexM4F);
            if (model.Steps.All(step => step.Strategy == "plain")) continue;
            used++;
            total += BitExactness.Check(network, model, RandomImages.Draw(network.Graph.Input, 6, random));
        }

        Assert.True(used > 0, $"no network used {name}");
        return total;
    }
}
