using SparseNas.Networks;

namespace SparseNas.Pruning.Tests.Budget;

public class BudgetPruningTests
{
    [Fact]
    public void CompactedRandomNetworksMeetTheirBudgets()
    {
        int tight = 0;
        for (ulong seed = 0; seed < 150; seed++)
        {
            Network network = RandomNetwork.Of(RandomArchitecture.Of(seed), seed);
            SparsityReport before = SparsityReport.Of(network, 8);
            (int arena, int bytes) = (Smallest(before.ArenaBytes * 2 / 3, budget => new() { ArenaBytes = budget }, network.Architecture),
                Smallest(before.WeightBytes / 2, budget => new() { WeightBytes = budget }, network.Architecture));
            Network compact = Compaction.Compact(Accounting.SparsityReportTests.Pruned(
                network, new BudgetPruning { ArenaBytes = arena, WeightBytes = bytes, Schedule = new(0, 0.8, 5) }));
            SparsityReport after = SparsityReport.Of(compact, 8);
            Assert.True(after.ArenaBytes <= arena, $"seed {seed}: arena {after.ArenaBytes} of {arena}");
            Assert.True(after.WeightBytes <= bytes, $"seed {seed}: weights {after.WeightBytes} of {bytes}");
            if (arena < before.ArenaBytes && bytes < before.WeightBytes) tight++;
        }

        Assert.True(tight > 60, $"only {tight} of 150 networks had to shrink in both");
    }

    [Fact]
    public void ChannelsGoWhereTheArenaIsFullAndTheRestStays()
    {
        var net = Architecture.Chain("net", new Shape(20, 20, 1), 4,
            new Conv2D(8, 3, 3), new Relu(), new MaxPool(2, 2, 2), new Conv2D(8, 3, 3), new Relu(), new Dense(4));
        Network network = RandomNetwork.Of(net, 3);
        int before = SparsityReport.Of(network, 8).ArenaBytes;
        Network compact = Compaction.Compact(Accounting.SparsityReportTests.Pruned(network, new BudgetPruning { ArenaBytes = before * 3 / 4 }));
        Assert.InRange(((Conv2D)compact.Architecture.Nodes[0].Layer).OutputChannels, 3, 7);
        Assert.Equal(8, ((Conv2D)compact.Architecture.Nodes[3].Layer).OutputChannels);
    }

    [Fact]
    public void AnImpossibleArenaIsRefusedWithItsLowerBound()
    {
        var net = Architecture.Chain("net", new Shape(20, 20, 1), 4, new Conv2D(8, 3, 3), new Dense(4));
        string message = Assert.Throws<ArgumentOutOfRangeException>(
            () => PruningOptions.HookFor(new BudgetPruning { ArenaBytes = 20 }, new(net, 1, 1))).Message;
        Assert.Contains("which 'net' needs with one channel in every tensor, but got 20", message);
    }

    /// <summary>The first possible budget from <paramref name="wanted"/> upwards.</summary>
    private static int Smallest(int wanted, Func<int, BudgetPruning> options, Architecture net)
    {
        for (int budget = wanted; ; budget = (budget * 21 / 20) + 1)
        {
            try
            {
                PruningOptions.HookFor(options(budget), new(net, 1, 1));
                return budget;
            }
            catch (ArgumentOutOfRangeException)
            {
                // below the bound: try a larger one
            }
        }
    }
}
