using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>
/// Regularised evolution (Real et al. 2019): of the youngest completed trials a few compete, the fittest becomes the parent of a random morphism, and
/// the population ages. Fitness is µNAS's randomly weighted maximum (Liberis et al. 2021), so that the population spreads along the front.
/// </summary>
public sealed class RegularizedEvolution(Study study, SearchSpace space) : IOptimizer
{
    private readonly OptimizerOptions options = study.Optimizer;

    /// <inheritdoc/>
    public IEnumerable<Candidate> Propose(TrialHistory history, SeededRandom random)
    {
        ImmutableArray<Trial> population = [.. history.Completed.TakeLast(options.Population)];
        while (true)
        {
            yield return history.Trials.Length < options.InitialTrials || population.Length < 2
                ? space.Sample(random)
                : Offspring.Of(Parent(population, random), study, space, random);
        }
    }

    private Trial Parent(ImmutableArray<Trial> population, SeededRandom random)
    {
        RandomScalarization fitness = RandomScalarization.Draw(study.Objectives, population, random);
        return Enumerable.Range(0, options.Sample).Select(_ => population[random.Next(population.Length)]).MinBy(trial => fitness.CostOf(trial))!;
    }
}
