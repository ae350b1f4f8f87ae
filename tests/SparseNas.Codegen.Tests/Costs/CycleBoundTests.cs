using SparseNas.Codegen.Costs;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Codegen.Tests.Emission;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Testing.Networks;

namespace SparseNas.Codegen.Tests.Costs;

public class CycleBoundTests
{
    /// <summary>Whatever the fastest code of a network takes, the bound lies below it, and for layers of some size not far below.</summary>
    [Fact]
    public void NoCodeIsFasterThanTheBound()
    {
        CycleBound bound = CycleBound.For(TestHeader.CortexM4F);
        List<double> shares = [];
        for (ulong seed = 0; seed < 12; seed++)
        {
            SeededRandom random = new(seed, 0xB0);
            QuantizedNetwork network = RandomQuantizedNetworks.Draw(random, new RandomQuantization { WeightBits = [8, 4, 2] });
            MemoryPlan plan = MemoryPlanner.Plan(network.Graph);
            ModelCost cost = CostModel.Estimate(
                network, plan, StrategyChooser.Choose(network, plan, EmissionGoal.Fast, TestHeader.CortexM4F, EmissionBudget.Unlimited), TestHeader.CortexM4F);
            long least = bound.Of(network.Graph, index => NonZeroMacs.Of(network, index) / (double)Math.Max(1, MacCount.Of(network.Graph, index)));
            Assert.InRange(least, 0, cost.Cycles);
            shares.Add(least / cost.Cycles);
        }

        Assert.True(shares.Max() > 0.05, $"the bound is never above {shares.Max():P0} of what code takes");
    }

    [Fact]
    public void MoreTapsInALaneCostMoreAndPaddingCostsNothing()
    {
        CycleBound bound = CycleBound.For(TestHeader.CortexM4F);
        long Of(int extent, LayerSpec layer) =>
            bound.Of(OperatorGraph.From(Architecture.Chain("net", new Shape(extent, extent, 4), 2, layer, new GlobalAveragePool(), new Dense(2))), _ => 1);
        Assert.True(Of(8, new Conv2D(8, 3, 3)) > 4.5 * Of(8, new Conv2D(8, 1, 1)));
        Assert.True(Of(8, new Conv2D(8, 7, 7, 1, Padding.Same)) < Of(14, new Conv2D(8, 7, 7)));   // 8x8 outputs of 7x7 taps both times
    }
}
