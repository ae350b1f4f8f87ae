using System.Collections.Concurrent;
using System.Globalization;
using SparseNas.Boards;
using SparseNas.Codegen.Costs;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Networks;
using SparseNas.Pruning;
using SparseNas.Quantization;
using SparseNas.Quantization.AwareTraining;
using SparseNas.Quantization.Execution;
using SparseNas.Training;
using SparseNas.Training.Data;

namespace SparseNas.Search;

/// <summary>
/// The real thing: train and prune → compact → fine-tune → quantise → measure the integers on validation data → score. The dataset's test part is
/// never asked for.
/// </summary>
public sealed class PipelineEvaluator : IEvaluator
{
    private readonly Study study;
    private readonly Samples train, validation;
    private readonly InputEncoding encoding;
    private readonly BoardProfile? board;
    private readonly Teacher? teacher;
    private readonly IDeploymentMeter? meter;
    private readonly ConcurrentDictionary<double, Samples> shares = new();

    private PipelineEvaluator(Study study, Samples train, Samples validation, InputEncoding encoding, BoardProfile? board, Teacher? teacher, IDeploymentMeter? meter)
    {
        this.study = study;
        this.train = train;
        this.validation = validation;
        this.encoding = encoding;
        this.board = board;
        this.teacher = teacher;
        this.meter = meter;
    }

    /// <summary>Samples that candidates learn from.</summary>
    public int TrainingSamples => train.Count;

    /// <summary>Samples that scores are measured on.</summary>
    public int ValidationSamples => validation.Count;

    /// <summary>The evaluator of a study: splits the training data once, by the study's seed.</summary>
    /// <param name="study">The study.</param>
    /// <param name="dataset">Its data.</param>
    /// <param name="board">Its board, or null; cycles are estimated for it where they are an objective.</param>
    /// <param name="meter">Measures what a network takes on the board; null to leave that to deployment.</param>
    /// <param name="teacherFile">Where the study's teacher is kept once it is trained; null to train it anew in every run.</param>
    public static PipelineEvaluator For(Study study, Dataset dataset, BoardProfile? board, string? teacherFile = null, IDeploymentMeter? meter = null)
    {
        SeededRandom random = new(study.Seed, 0, (ulong)SeedPurpose.Split);
        (Samples train, Samples validation) = dataset.Train.SplitStratified(study.Dataset.ValidationFraction, random);
        if (study.Dataset.TrainingSamples is { } wanted && wanted < train.Count)
        {
            train = train.SplitStratified((double)wanted / train.Count, random).Validation;
        }

        Teacher? teacher = study.Training.Teacher is { } options
            ? new Teacher(options, study.Training.Options, train, validation, dataset.Encoding, dataset.Classes, study.Seed, teacherFile)
            : null;
        return new PipelineEvaluator(study, train, validation, dataset.Encoding, board, teacher, meter);
    }

    /// <inheritdoc/>
    public Evaluation Evaluate(EvaluationRequest request, CancellationToken cancellation)
    {
        Candidate candidate = Taught(request.Candidate, cancellation);
        request = request with { Candidate = candidate };
        Architecture architecture = request.Architecture;
        Samples train = Share(candidate.DataShare);
        Network? start = Start(request);
        ITrainingHook? pruning = PruningOptions.HookFor(
            candidate.Pruning.ToOptions(), new PruningContext(architecture, train.Count, Seed(request, SeedPurpose.Pruning)));
        if (Gathers(candidate)) pruning = Selection(candidate.Blueprint.Head, architecture, pruning);
        LearningCurves? curves = study.Training.StopEarly is null ? null
            : new LearningCurves(study, candidate, Forecast.Of(candidate, train.Shape, architecture.Classes, board is null ? null : CycleBound.For(board.CostTable)), request.Known);
        using var patience = new Patience(study.Training.GiveUp, curves, cancellation);
        TrainedNetwork trained;
        try
        {
            trained = Trainer.Train(
                architecture, train, validation, encoding, candidate.Training, Seed(request, SeedPurpose.Training), start, pruning, patience.Progress, patience.Token);
        }
        catch (OperationCanceledException) when (patience.Verdict is not null)
        {
            return new Evaluation(TrialStatus.StoppedEarly, patience.Verdict, null) { HalfwayError = patience.HalfwayError };
        }

        if (trained.Status == TrainingStatus.Diverged) return Divergence(candidate.Training);

        (TrainedNetwork final, QuantizedNetwork? integers) = ToIntegers(request, train, trained with { Network = Compaction.Compact(trained.Network, candidate.Blueprint.WeightBitsOf) }, cancellation);
        if (integers is null) return Divergence(candidate.Training);
        cancellation.ThrowIfCancellationRequested();
        Score score = Measure(integers, final.ValidationError);
        bool isWithinObjectives = study.Objectives.All(objective => !(objective.Of(score) > objective.Limit));
        if (meter is not null && isWithinObjectives) score = score with { Deployment = meter.Measure(request.Number, integers, score) };   // what is infeasible anyway needs no simulation
        return new Evaluation(TrialStatus.Completed, null, score, integers, trained.Network) { HalfwayError = patience.HalfwayError };
    }

    /// <summary>Fine-tunes what was pruned, or trains for the rounding of few bits; no integers when the loss was not finite.</summary>
    private (TrainedNetwork Trained, QuantizedNetwork? Integers) ToIntegers(EvaluationRequest request, Samples train, TrainedNetwork compact, CancellationToken cancellation)
    {
        Candidate candidate = request.Candidate;
        Blueprint blueprint = candidate.Blueprint;
        QuantizationOptions options = new()
        {
            Layers = [.. compact.Network.Architecture.Nodes.Select(node => new LayerBits(node.Name, blueprint.WeightBitsOf(node.Name), 8))],
        };
        HeldZeros? zeros = candidate.Pruning.Structure == PruningStructure.None && !Gathers(candidate) ? null : new HeldZeros(compact.Network);
        int awareEpochs = study.Quantization.AwareEpochsAfter(candidate.Training.Epochs);
        if (blueprint.WeightBits.Any(bits => bits < 8) && awareEpochs > 0)
        {
            QuantizationAwareResult aware = QuantizationAwareTraining.Train(
                compact.Network, train, validation, encoding, Afterwards(candidate.Training, awareEpochs, 1f / 3), options,
                Seed(request, SeedPurpose.FineTuning), zeros, progress: null, cancellation);
            return (aware.Trained, aware.Trained.Status == TrainingStatus.Diverged ? null : aware.Integers);
        }

        if (study.Training.FineTuneEpochs > 0 && zeros is not null)
        {
            compact = Trainer.Train(
                compact.Network.Architecture, train, validation, encoding, Afterwards(candidate.Training, study.Training.FineTuneEpochs, 1f / 10),
                Seed(request, SeedPurpose.FineTuning), compact.Network, zeros, progress: null, cancellation);
            if (compact.Status == TrainingStatus.Diverged) return (compact, null);
        }

        return (compact, Quantizer.Quantize(compact.Network, train, encoding, options));
    }

    /// <summary>The candidate with its teacher at hand.</summary>
    private Candidate Taught(Candidate candidate, CancellationToken cancellation)
    {
        if (candidate.TeacherWeight == 0) return candidate;
        if (teacher is null) throw new InvalidOperationException("the candidate listens to a teacher, but the study has none");
        return candidate with { Training = candidate.Training with { Distillation = teacher.For((float)candidate.TeacherWeight, cancellation) } };
    }

    /// <summary>A stratified part of the training samples, the same one for every candidate.</summary>
    private Samples Share(double share) => share >= 1 ? train
        : shares.GetOrAdd(share, part => train.SplitStratified(part, new SeededRandom(study.Seed, 1, (ulong)SeedPurpose.Split)).Validation);

    /// <summary>A short training behind the main one, at a share of its learning rate.</summary>
    private static TrainingOptions Afterwards(TrainingOptions training, int epochs, float share) =>
        training with { Epochs = epochs, LearningRate = training.LearningRate * share, WarmUpEpochs = 0 };

    private static Network? Start(EvaluationRequest request)
    {
        if (request.Candidate.Parent is not { } parent) return null;
        if (request.ParentWeights is null) throw new InvalidOperationException($"the weights of trial {parent}, from which this one starts, are missing");
        return WeightInheritance.Inherit(request.ParentWeights, request.Architecture, new SeededRandom(Seed(request, SeedPurpose.Inheritance)));
    }

    private Score Measure(QuantizedNetwork quantized, double floatError)
    {
        PackedSize size = PackedSize.Of(quantized);
        CodeChoice code = CodeChoice.Knee(quantized, board?.CostTable ?? CodeChoice.DefaultCosts, EmissionBudget.Unlimited with { WorkingMemoryBytes = WorkingMemoryLimitBytes });
        SparseWorkingMemory sparse = SparseWorkingMemory.Of(quantized.Graph, [.. size.Operators.Select(op => op.L0)]);
        return new Score
        {
            ValidationError = IntegerExecutor.Error(quantized, validation),
            FloatValidationError = floatError,
            ParameterBytes = size.ParameterBytes,
            L0 = size.L0,
            WorkingMemoryPeakBytes = code.Plan.PeakBytes,
            Wm1Elements = sparse.Wm1Elements,
            Wm2Elements = sparse.Wm2Elements,
            Macs = MacCount.Of(quantized.Graph),
            Cycles = board is null ? null : (long)Math.Round(code.Cost.Cycles),
            CostTable = board is null ? null : code.Cost.CostTable,
        };
    }

    /// <summary>The study's limit on working memory, which holds for the code as for the activations.</summary>
    private long WorkingMemoryLimitBytes =>
        study.Objectives.FirstOrDefault(objective => objective.Kind == ObjectiveKind.WorkingMemoryPeakBytes)?.Limit is { } limit ? (long)limit : long.MaxValue;

    private static bool Gathers(Candidate candidate) => candidate.Blueprint.Head.GatherShare < 1;

    /// <summary>The hook that leaves the head the features it gathers.</summary>
    private static FeatureSelection Selection(Head head, Architecture architecture, ITrainingHook? pruning)
    {
        int node = Enumerable.Range(0, architecture.Nodes.Length).Single(index => architecture.Nodes[index].Name == head.FirstDense);
        return new FeatureSelection(architecture, head.FirstDense, head.Gathered(architecture.InputOf(node).Elements), new PruningSchedule(), pruning);
    }

    private static Evaluation Divergence(TrainingOptions training) => Evaluation.Failure(string.Create(
        CultureInfo.InvariantCulture, $"training diverged: the loss is not finite at learning rate {training.LearningRate} with {training.Optimizer}"));

    private static ulong Seed(EvaluationRequest request, SeedPurpose purpose) => new SeededRandom(request.Seed, (ulong)purpose).NextUInt64();

    /// <summary>Keeps pruned weights at 0 while the rest trains on.</summary>
    private sealed class HeldZeros(Network network) : ITrainingHook
    {
        public void AfterStep(int step, int totalSteps, ITrainableWeights weights)
        {
            if (step > 0) return;
            foreach (int node in weights.KernelNodes) weights.SetMask(node, [.. network.Kernel(node).Weights.Select(weight => weight != 0f)]);
        }
    }
}
