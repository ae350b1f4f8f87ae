using System.Collections.Immutable;
using System.Globalization;
using SparseNas.Boards;
using SparseNas.Codegen.Costs;
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
    private const int ReachSample = 100;
    private const ulong ReachSeed = 0x5ea;

    private readonly CycleBound? cycles;

    private SearchSpace(ArchitectureSpace architectures, TrainingSpace training, PruningSpace pruning, QuantizationSpace quantization, CycleBound? cycles)
    {
        this.cycles = cycles;
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

    /// <summary>What the study's board has, where it is known.</summary>
    public BoardRoom? Room { get; private init; }

    /// <summary>The space of a study for one input shape.</summary>
    /// <param name="study">The study.</param>
    /// <param name="input">Shape of one sample.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="costs">Instruction costs of the study's board: candidates that no code can make fast enough are never trained; null where cycles do not count.</param>
    /// <param name="room">What the study's board has; null where nothing is to be deployed.</param>
    /// <exception cref="StudyException">The space is empty, or does not hold an architecture that the study starts with.</exception>
    public static SearchSpace Of(Study study, Shape input, int classes, CostTable? costs = null, BoardRoom? room = null)
    {
        var architectures = new ArchitectureSpace(study.Name, study.Space, input, classes);
        ImmutableArray<string> strangers = [.. study.Start.Select((blueprint, index) => (blueprint, index)).Where(item => !architectures.Contains(item.blueprint))
            .Select(item => $"$.start[{item.index}]: '{item.blueprint}' does not belong to the space or does not fit an input of {input}")];
        if (!strangers.IsEmpty) throw new StudyException(study.Name, strangers);
        return new SearchSpace(architectures, study.Training, study.Pruning, study.Quantization, costs is null ? null : CycleBound.For(costs)) { Room = room };
    }

    /// <summary>A random candidate with fresh weights.</summary>
    public Candidate Sample(SeededRandom random) => new()
    {
        Blueprint = DrawBits(Architectures.Sample(random), random),
        Training = SampleTraining(random),
        Pruning = SamplePruning(random),
        TeacherWeight = Training.Teacher?.Weight.Sample(random) ?? 0,
        Origin = "sample",
    };

    /// <summary>The same architecture with bits drawn for the network or, where the study says so, for every block and the head.</summary>
    public Blueprint DrawBits(Blueprint blueprint, SeededRandom random)
    {
        int Draw() => Quantization.WeightBits[random.Next(Quantization.WeightBits.Length)];
        if (Quantization.IsPerLayer) return blueprint.WithWeightBits(Draw);
        int bits = Draw();
        return blueprint.WithWeightBits(() => bits);
    }

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
        && candidate.Blueprint.WeightBits.All(bits => Quantization.WeightBits.Contains(bits))
        && (Quantization.IsPerLayer || candidate.Blueprint.WeightBits.Distinct().Count() == 1);

    /// <summary>What a candidate of this space will cost at least.</summary>
    public Forecast ForecastOf(Candidate candidate) => Forecast.Of(candidate, Architectures.Input, Architectures.Classes, cycles);

    /// <summary>
    /// The objectives, those without limit and target with their <see cref="Objective.Reach"/>. What the first few trials happen to need says too little of how far a
    /// front can reach: a corner taken from ten of them left the larger, more accurate half of the table of <c>tests/SparseNas.Benchmarks/Search</c> unsearched.
    /// </summary>
    public ImmutableArray<Objective> WithReach(ImmutableArray<Objective> objectives)
    {
        if (objectives.All(objective => objective.Limit is not null || objective.Target is not null)) return objectives;
        SeededRandom random = new(ReachSeed);
        ImmutableArray<Forecast> sample = [.. Enumerable.Range(0, ReachSample).Select(_ => ForecastOf(Sample(random)))];
        return [.. objectives.Select(objective => objective with { Reach = sample.Max(forecast => forecast.Of(objective.Kind)) })];
    }

    /// <summary>The architecture of a candidate of this space.</summary>
    public Architecture Assemble(Candidate candidate) => candidate.ToArchitecture(Architectures.Input, Architectures.Classes);

    /// <summary>What is searched beside architectures, for people.</summary>
    public ImmutableArray<string> OpenChoices =>
    [
        .. Training.LearningRate.IsOpen ? ["learning rate"] : Array.Empty<string>(),
        .. Training.WeightDecay.IsOpen ? ["weight decay"] : Array.Empty<string>(),
        .. Training.BatchSizes.Length > 1 ? [$"{Training.BatchSizes.Length} batch sizes"] : Array.Empty<string>(),
        .. Training.Teacher?.Weight.IsOpen == true ? ["share of the teacher"] : Array.Empty<string>(),
        .. Pruning.Structures.Length > 1 || Pruning.Sparsity.IsOpen ? ["pruning"] : Array.Empty<string>(),
        .. Quantization.WeightBits.Length > 1 ? [$"{Quantization.WeightBits.Length} weight widths{(Quantization.IsPerLayer ? " per layer" : "")}"] : Array.Empty<string>(),
    ];

    /// <summary>One line for people: how many architectures, and what else is searched.</summary>
    public string Describe() =>
        string.Create(CultureInfo.InvariantCulture, $"{Architectures.Size:E2} architectures") + (OpenChoices.IsEmpty ? "" : $" x {string.Join(", ", OpenChoices)}");

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
