using SparseNas.Codegen.Emission;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Testing.Networks;

namespace SparseNas.Codegen.Tests.Emission;

public class PlainEmissionTests
{
    [Fact]
    public void Plain_loops_equal_the_definition_on_random_networks_under_every_plan_kind()
    {
        BitExactness.Compared total = default;
        for (ulong seed = 0; seed < 18; seed++)
        {
            SeededRandom random = new(seed, 0xE417);
            QuantizedNetwork network = RandomQuantizedNetworks.Draw(random, RandomQuantization.AllWidths);
            foreach ((_, MemoryPlan plan) in PlanKinds.Of(network))
            {
                GeneratedModel model = Emitter.Emit(network, plan, Emitter.Plain(network, plan), TestHeader.Plain, TestHeader.CortexM4F);
                total += BitExactness.Check(network, model, RandomImages.Draw(network.Graph.Input, 6, random));
            }
        }

        Assert.True(total.Telling * 2 >= total.Values, $"only {total.Telling} of {total.Values} compared values are neither zero nor saturated");
    }
}
