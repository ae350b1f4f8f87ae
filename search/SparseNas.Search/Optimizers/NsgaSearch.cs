using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>
/// NSGA-II (Deb et al. 2002): generations of one population's size; the best by rank and crowding survive; children are crossed and morphed winners of
/// binary tournaments. The population is replayed from the history, so the optimiser needs no state.
/// </summary>
public sealed class NsgaSearch(Study study, SearchSpace space) : IOptimizer
{
    private readonly int size = study.Optimizer.Population;

    /// <inheritdoc/>
    public IEnumerable<Candidate> Propose(TrialHistory history, SeededRandom random)
    {
        ImmutableArray<NonDominatedSorting.Ranked> population = Survivors(history);
        while (true)
        {
            yield return history.Trials.Length < study.Optimizer.InitialTrials || population.Length < 2
                ? space.Sample(random)
                : Child(Winner(population, random), Winner(population, random), random);
        }
    }

    private Candidate Child(Trial parent, Trial mate, SeededRandom random)
    {
        Candidate crossed = random.Next(2) == 0 ? Crossover(parent.Candidate, mate.Candidate, random) : parent.Candidate;
        return Offspring.Of(parent with { Candidate = crossed }, study, space, random);
    }

    /// <summary>The population after every complete generation; a younger, incomplete one joins as it is.</summary>
    private ImmutableArray<NonDominatedSorting.Ranked> Survivors(TrialHistory history)
    {
        ImmutableArray<NonDominatedSorting.Ranked> survivors = [];
        foreach (Trial[] generation in history.Completed.Chunk(size))
        {
            survivors = NonDominatedSorting.Of([.. survivors.Select(item => item.Trial), .. generation], study.Objectives);
            if (survivors.Length > size) survivors = survivors[..size];
        }

        return survivors;
    }

    private static Trial Winner(ImmutableArray<NonDominatedSorting.Ranked> population, SeededRandom random) =>
        population[Math.Min(random.Next(population.Length), random.Next(population.Length))].Trial;   // the population is sorted, best first

    /// <summary>The first blocks of one parent and the last of the other, which get identities of their own; the first parent where that does not fit.</summary>
    private Candidate Crossover(Candidate parent, Candidate mate, SeededRandom random)
    {
        Blueprint a = parent.Blueprint, b = mate.Blueprint;
        int kept = random.Next(a.Blocks.Length + 1), taken = random.Next(b.Blocks.Length + 1), nextId = a.NextId;
        Blueprint crossed = a with
        {
            Blocks = [.. a.Blocks.Take(kept), .. b.Blocks.TakeLast(taken).Select(block => block with { Id = nextId++ })],
            Head = random.Next(2) == 0 ? a.Head : b.Head,
        };
        return space.Architectures.Contains(crossed) ? parent with { Blueprint = crossed } : parent;
    }
}
