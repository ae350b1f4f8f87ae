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
    public Candidate Propose(TrialHistory history, SeededRandom random)
    {
        ImmutableArray<Trial> population = [.. history.Completed.TakeLast(options.Population)];
        if (history.Trials.Length < options.InitialTrials || population.Length < 2) return space.Sample(random);

        RandomScalarization fitness = RandomScalarization.Draw(study.Objectives, population, random);
        Trial parent = Enumerable.Range(0, options.Sample).Select(_ => population[random.Next(population.Length)])
            .MinBy(trial => fitness.CostOf(trial))!;
        return Offspring.Of(parent, study, space, random);
    }
}
