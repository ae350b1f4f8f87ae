using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using SparseNas.Networks;
using SparseNas.Training;
using SparseNas.Training.Data;

namespace SparseNas.Pruning.Tests.Mnist;

/// <summary>
/// A network of the papers and the stages that train and prune it on MNIST, one file of <c>configs/pruning</c>. Between stages the network is
/// compacted, so later stages train what is left of it. Keys are the names of the option records' properties.
/// </summary>
/// <param name="Name">For people.</param>
/// <param name="Layers">An architecture file's layers.</param>
/// <param name="ValidationSamples">Images, taken off the end of the 60,000, that a configuration is chosen by and that nothing trains on.</param>
/// <param name="Seed">All randomness.</param>
/// <param name="Stages">In order.</param>
internal sealed record PaperExperiment(string Name, JsonElement Layers, int ValidationSamples, ulong Seed, ImmutableArray<PaperStage> Stages)
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        NumberHandling = JsonNumberHandling.Strict,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>Reads a configuration; unknown keys are refused.</summary>
    public static PaperExperiment Read(string json) => JsonSerializer.Deserialize<PaperExperiment>(json, Strict)!;

    /// <summary>Trains on all images but those for validation, and tests the compacted network on the 10,000.</summary>
    /// <param name="mnist">MNIST.</param>
    /// <param name="report">Told about every epoch and stage.</param>
    public PaperResult Run(Dataset mnist, Action<string>? report = null)
    {
        Shape input = mnist.Train.Shape;
        var whole = new { name = Name, input = (int[])[input.Height, input.Width, input.Channels], classes = mnist.Train.Classes, layers = Layers };
        Architecture architecture = ArchitectureJson.Read(JsonSerializer.Serialize(whole));
        int count = mnist.Train.Count - ValidationSamples;
        Samples train = mnist.Train.Take(count), validation = mnist.Train.Select([.. Enumerable.Range(count, ValidationSamples)]);
        Network? network = null;
        TrainedNetwork? trained = null;
        var stages = new List<Network>();
        for (int stage = 0; stage < Stages.Length; stage++)
        {
            Architecture present = network?.Architecture ?? architecture;
            PruningOptions pruning = Stages[stage].Pruning;
            ITrainingHook? hook = PruningOptions.HookFor(pruning, new(present, train.Count, Seed + (ulong)stage));
            TrainingOptions training = Stages[stage].TrainingBeside(stages);
            trained = Trainer.Train(present, train, validation, mnist.Encoding, training, Seed + (ulong)stage, network, hook);
            network = Compaction.Compact(trained.Network);
            stages.Add(network);
            report?.Invoke(string.Create(CultureInfo.InvariantCulture,
                $"stage {stage}: loss {trained.TrainingLoss:F4}, validation error {trained.ValidationError:P2}, living {Living(network)}, widths {Widths(network)}"));
            if (hook is BayesianHook bayesian) report?.Invoke(Histogram(bayesian));
        }

        int weights = Enumerable.Range(0, architecture.Nodes.Length).Sum(node => ParameterCount.Of(architecture, node).Weights);
        return new PaperResult(
            trained!.ValidationError, FloatInference.Error(network!, mnist.Test.Value, mnist.Encoding), weights, Living(network!), Widths(network!));
    }

    private static int Living(Network network) => network.Layers.OfType<KernelWeights>().Sum(kernel => kernel.NonZeroCount);

    private static string Widths(Network network) => string.Join('-', Enumerable.Range(0, network.Architecture.Nodes.Length)
        .Where(node => network.Layers[node] is KernelWeights).Select(node => network.Architecture.OutputOf(node).Channels));

    /// <summary>Groups by score, in bins of one.</summary>
    private static string Histogram(BayesianHook hook) => string.Join(Environment.NewLine, hook.Scores().Select(scores =>
        $"node {scores.Key}, groups by score: " + string.Join(' ', scores.Value.GroupBy(score => Math.Floor(score)).Select(bin => $"{bin.Key}:{bin.Count()}"))));
}

/// <summary>One training run.</summary>
/// <param name="Training">Epochs, batches, optimiser.</param>
/// <param name="SparseVariationalDropout">The method, or null.</param>
/// <param name="BayesianCompression">The method, or null.</param>
/// <param name="Teacher">An earlier stage whose network teaches this one, or null.</param>
internal sealed record PaperStage(
    TrainingOptions Training, SparseVariationalDropout? SparseVariationalDropout = null, BayesianCompression? BayesianCompression = null,
    PaperTeacher? Teacher = null)
{
    /// <summary>How it prunes.</summary>
    [JsonIgnore]
    public PruningOptions Pruning => SparseVariationalDropout ?? (PruningOptions?)BayesianCompression ?? PruningOptions.None;

    /// <summary>The training with its teacher, one of the networks that the stages before gave.</summary>
    public TrainingOptions TrainingBeside(IReadOnlyList<Network> earlier) => Teacher is null
        ? Training : Training with { Distillation = new Distillation(earlier[Teacher.Stage], Teacher.Temperature, Teacher.Weight) };
}

/// <summary>Whose answers are learned beside the labels, see <see cref="Distillation"/>.</summary>
/// <param name="Stage">Counted from 0, an earlier one.</param>
/// <param name="Temperature">T.</param>
/// <param name="Weight">Share of the teacher in the loss.</param>
internal sealed record PaperTeacher(int Stage, float Temperature, float Weight);

/// <summary>What an experiment gave; weights are counted without biases, as in the papers.</summary>
/// <param name="ValidationError">Share of wrong answers on the held-out images, floating point.</param>
/// <param name="TestError">Share of wrong answers on the test images.</param>
/// <param name="Weights">All weights.</param>
/// <param name="Living">Weights that survived.</param>
/// <param name="Widths">Surviving output channels of each layer with weights.</param>
internal sealed record PaperResult(double ValidationError, double TestError, int Weights, int Living, string Widths)
{
    /// <summary>Weights before over weights after.</summary>
    public double Compression => (double)Weights / Living;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"test error {TestError:P2}, validation error {ValidationError:P2}, {Living} of {Weights} weights ({(double)Living / Weights:P2}, {Compression:F0}x), widths {Widths}");
}
