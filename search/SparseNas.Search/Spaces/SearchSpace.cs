using System.Collections.Immutable;
using SparseNas.Networks;
using SparseNas.Training;

namespace SparseNas.Search;

/// <summary>All candidates of a study: architectures × training × pruning × bits.</summary>
/// <example><code>
/// SearchSpace space = SearchSpace.Of(study, dataset.Shape, classes: 10);
/// Candidate candidate = space.Sample(new SeededRandom(study.Seed));
/// Candidate child = Morphisms.Mutate(candidate, space, random);
/// </code></example>
public sealed class SearchSpace
{
    private SearchSpace(ArchitectureSpace architectures, TrainingSpace training, PruningSpace pruning, QuantizationSpace quantization)
    {
        Architectures = architectures;
        Training = training;
        Pruning = pruning;
        Quantization = quantization;
    }

    /// <summary>The architectures.</summary>
    public ArchitectureSpace Architectures { get; }

    /// <summary>The training.</summary>
    public TrainingSpace Training { get; }

    /// <summary>The pruning.</summary>
    public PruningSpace Pruning { get; }

    /// <summary>The quantisation.</summary>
    public QuantizationSpace Quantization { get; }

    /// <summary>The space of a study for one input shape.</summary>
    /// <exception cref="StudyException">The space is empty, or does not hold an architecture that the study starts with.</exception>
    public static SearchSpace Of(Study study, Shape input, int classes)
    {
        var architectures = new ArchitectureSpace(study.Name, study.Space, input, classes);
        ImmutableArray<string> strangers = [.. study.Start.Select((blueprint, index) => (blueprint, index)).Where(item => !architectures.Contains(item.blueprint))
            .Select(item => $"$.start[{item.index}]: '{item.blueprint}' does not belong to the space or does not fit an input of {input}")];
        if (!strangers.IsEmpty) throw new StudyException(study.Name, strangers);
        return new SearchSpace(architectures, study.Training, study.Pruning, study.Quantization);
    }

    /// <summary>A random candidate with fresh weights.</summary>
    public Candidate Sample(SeededRandom random) => new()
    {
        Blueprint = Architectures.Sample(random),
        Training = SampleTraining(random),
        Pruning = SamplePruning(random),
        WeightBits = Quantization.WeightBits[random.Next(Quantization.WeightBits.Length)],
        TeacherWeight = Training.Teacher?.Weight.Sample(random) ?? 0,
        Origin = "sample",
    };

    /// <summary>Whether every choice is allowed; epochs and origin are not choices.</summary>
    public bool Contains(Candidate candidate) =>
        Architectures.Contains(candidate.Blueprint)
        && Training.BatchSizes.Contains(candidate.Training.BatchSize)
        && Contains(Training.LearningRate, candidate.Training.LearningRate)
        && Contains(Training.WeightDecay, candidate.Training.WeightDecay)
        && (Training.Teacher?.Weight.Contains(candidate.TeacherWeight) ?? candidate.TeacherWeight == 0)
        && Pruning.Structures.Contains(candidate.Pruning.Structure)
        && (candidate.Pruning.Structure == PruningStructure.None
            ? candidate.Pruning == PruningChoice.None
            : Pruning.Methods.Contains(candidate.Pruning.Method) && Pruning.Sparsity.Contains(candidate.Pruning.Sparsity))
        && Quantization.WeightBits.Contains(candidate.WeightBits);

    /// <summary>The architecture of a candidate of this space.</summary>
    public Architecture Assemble(Candidate candidate) => candidate.ToArchitecture(Architectures.Input, Architectures.Classes);

    /// <summary>One line for people: how many architectures, and what else is searched.</summary>
    public string Describe()
    {
        string[] open =
        [
            .. Training.LearningRate.IsOpen ? ["learning rate"] : Array.Empty<string>(),
            .. Training.WeightDecay.IsOpen ? ["weight decay"] : Array.Empty<string>(),
            .. Training.BatchSizes.Length > 1 ? [$"{Training.BatchSizes.Length} batch sizes"] : Array.Empty<string>(),
            .. Pruning.Structures.Length > 1 || Pruning.Sparsity.IsOpen ? ["pruning"] : Array.Empty<string>(),
            .. Quantization.WeightBits.Length > 1 ? [$"{Quantization.WeightBits.Length} weight widths"] : Array.Empty<string>(),
        ];
        return $"{Architectures.Size:E2} architectures" + (open.Length == 0 ? "" : $" x {string.Join(", ", open)}");
    }

    private TrainingOptions SampleTraining(SeededRandom random) => Training.Options with
    {
        BatchSize = Training.BatchSizes[random.Next(Training.BatchSizes.Length)],
        LearningRate = (float)Training.LearningRate.Sample(random),
        WeightDecay = (float)Training.WeightDecay.Sample(random),
    };

    private PruningChoice SamplePruning(SeededRandom random)
    {
        PruningStructure structure = Pruning.Structures[random.Next(Pruning.Structures.Length)];
        return structure == PruningStructure.None ? PruningChoice.None
            : new PruningChoice(structure, Pruning.Methods[random.Next(Pruning.Methods.Length)], Pruning.Sparsity.Sample(random));
    }

    /// <summary>Hyperparameters are single precision; their domains are not.</summary>
    private static bool Contains(NumberDomain domain, float value) => domain switch
    {
        NumberChoices choices => choices.Values.Any(choice => (float)choice == value),
        NumberRange range => value >= (float)range.From && value <= (float)range.To,
        _ => throw new InvalidOperationException($"Domain '{domain.GetType().Name}' is not handled here."),
    };
}
