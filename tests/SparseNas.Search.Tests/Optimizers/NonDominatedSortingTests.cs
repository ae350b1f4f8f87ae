using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search.Tests;

public class NonDominatedSortingTests
{
    private static readonly ImmutableArray<Objective> Objectives = [new(ObjectiveKind.ValidationError), new(ObjectiveKind.ParameterBytes)];

    [Fact]
    public void RanksArePeeledFrontsAndTheEndsAreLonely()
    {
        Trial[] trials = [FrontTests.Trial(1, 0.1, 300), FrontTests.Trial(2, 0.2, 200), FrontTests.Trial(3, 0.3, 100), FrontTests.Trial(4, 0.3, 300), FrontTests.Trial(5, 0.2, 200)];
        var ranked = NonDominatedSorting.Of(trials, Objectives);
        Assert.Equal([1, 3, 2, 5, 4], ranked.Select(item => item.Trial.Number));
        Assert.Equal([0, 0, 0, 0, 1], ranked.Select(item => item.Rank));
        Assert.True(double.IsPositiveInfinity(ranked[0].Crowding) && ranked[2].Crowding < 2.1);
    }

    [Fact]
    public void TheFirstRankIsTheFront()
    {
        SeededRandom random = new(4);
        for (int repeat = 0; repeat < 30; repeat++)
        {
            Trial[] trials = [.. Enumerable.Range(1, 25).Select(number => FrontTests.Trial(number, random.NextDouble(), random.Next(100_000)))];
            int[] first = [.. NonDominatedSorting.Of(trials, Objectives).Where(item => item.Rank == 0).Select(item => item.Trial.Number).Order()];
            Assert.Equal(ParetoFront.Of(trials, Objectives).Members.Select(trial => trial.Number).Order(), first);
        }
    }
}
