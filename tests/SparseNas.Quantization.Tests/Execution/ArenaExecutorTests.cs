using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Quantization.Execution;
using SparseNas.Testing.Networks;

namespace SparseNas.Quantization.Tests.Execution;

public class ArenaExecutorTests
{
    [Fact]
    public void Every_plan_kind_gives_the_numbers_of_the_network_without_a_plan() => Check(0, 60, 3);

    [Fact]
    [Trait("Category", "Exhaustive")]
    public void Every_plan_kind_gives_the_numbers_of_2000_networks() => Check(1_000, 2_000, 3);

    private static void Check(ulong first, int networks, int images)
    {
        Dictionary<string, int> seen = [];
        for (ulong seed = first; seed < first + (ulong)networks; seed++)
        {
            SeededRandom random = new(seed, 0xA4E);
            RandomQuantization widths = seed % 2 == 0 ? RandomQuantization.AllWidths : new RandomQuantization { WeightBits = [4], ActivationBits = [4] };
            QuantizedNetwork network = RandomQuantizedNetworks.Draw(random, widths);
            byte[][] inputs = RandomImages.Draw(network.Graph.Input, images, random);
            foreach ((string kind, MemoryPlan plan) in PlanKinds.Of(network))
            {
                seen[kind] = seen.GetValueOrDefault(kind) + 1;
                ArenaExecutor executor = new(network, plan);
                foreach (byte[] image in inputs)
                {
                    Assert.True(NaiveIntegerExecutor.Run(network, image).Logits.SequenceEqual(executor.Logits(image)),
                        $"seed {seed}, {kind}, {network.Graph.Architecture}\n{PlanPicture.Ascii(network.Graph, plan)}");
                }
            }
        }

        Assert.Equal(8, seen.Count);
    }
}
