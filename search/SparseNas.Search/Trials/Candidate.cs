using SparseNas.Networks;
using SparseNas.Pruning;
using SparseNas.Training;

namespace SparseNas.Search;

/// <summary>How strongly a candidate is pruned.</summary>
/// <param name="Structure">What is removed together.</param>
/// <param name="Method">When it is decided; <see cref="PruningMethod.Magnitude"/> without pruning.</param>
/// <param name="Sparsity">Share that is removed, 0 to 0.99; 0 without pruning. See <see cref="PruningMethod.Bayesian"/> for what it means there.</param>
public readonly record struct PruningChoice(PruningStructure Structure, PruningMethod Method, double Sparsity)
{
    /// <summary>Nothing is pruned.</summary>
    public static PruningChoice None { get; } = new(PruningStructure.None, PruningMethod.Magnitude, 0);

    /// <summary>The method with its strength.</summary>
    public PruningOptions ToOptions()
    {
        PruningGranularity granularity = Structure == PruningStructure.Channels ? PruningGranularity.Channel : PruningGranularity.Weight;
        return Structure == PruningStructure.None ? PruningOptions.None : Method switch
        {
            PruningMethod.Magnitude => new MagnitudePruning { Sparsity = Sparsity, Granularity = granularity },
            PruningMethod.Dynamic => new DynamicPruning { Sparsity = Sparsity, Granularity = granularity },
            PruningMethod.Bayesian or PruningMethod.Horseshoe when Structure == PruningStructure.Weights =>
                new SparseVariationalDropout { Variational = Strengthened(new SparseVariationalDropout().Variational) },
            PruningMethod.Bayesian => new BayesianCompression { Variational = Strengthened(new BayesianCompression().Variational) },
            PruningMethod.Horseshoe => BayesianCompression.WithHorseshoe with { Variational = Strengthened(BayesianCompression.WithHorseshoe.Variational) },
            _ => throw new InvalidOperationException($"Pruning method {Method} is not handled here."),
        };
    }

    private VariationalOptions Strengthened(VariationalOptions options) => options with { KlWeight = (float)(Sparsity / (1 - Sparsity)) };
}

/// <summary>Everything that one trial tries. Immutable; a morphism makes a new one.</summary>
public sealed record Candidate
{
    /// <summary>The architecture's choices.</summary>
    public required Blueprint Blueprint { get; init; }

    /// <summary>Training, with the number of epochs that this candidate really trains.</summary>
    public required TrainingOptions Training { get; init; }

    /// <summary>Pruning.</summary>
    public required PruningChoice Pruning { get; init; }

    /// <summary>The trial whose weights it starts from, or null for fresh weights.</summary>
    public int? Parent { get; init; }

    /// <summary>Share of the study's training samples that it learns from, above 0 to 1.</summary>
    public double DataShare { get; init; } = 1;

    /// <summary>Share of the study's teacher in its loss, 0 to 1.</summary>
    public double TeacherWeight { get; init; }

    /// <summary>The trial whose choices are trained anew from another seed, or null.</summary>
    public int? Repeats { get; init; }

    /// <summary>Successive halving and stages: how often the same choices were promoted to longer training.</summary>
    public int Rung { get; init; }

    /// <summary>Where it comes from, for people: <c>sample</c>, <c>widen block 2 to 12 channels of trial 7</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>Its architecture.</summary>
    /// <exception cref="ArchitectureException">The choices do not fit the input.</exception>
    public Architecture ToArchitecture(Shape input, int classes) => Blueprint.ToArchitecture("candidate", input, classes);
}
