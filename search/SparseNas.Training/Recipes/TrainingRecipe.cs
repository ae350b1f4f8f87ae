using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using SparseNas.Networks;
using SparseNas.Training.Data;

namespace SparseNas.Training;

/// <summary>
/// A training that anyone can repeat: one file names the data, the architecture, how it is trained and what test accuracy it must reach. Where it
/// lists several learning rates, one is chosen on a tenth of the training images that is held back; test images only measure the result.
/// </summary>
/// <example><code>
/// TrainingRecipe recipe = TrainingRecipe.Load("configs/training/lenet.json");
/// RecipeResult result = recipe.Run(DatasetCatalog.Load(recipe.Dataset, folder));
/// </code></example>
/// <param name="Name">For people.</param>
/// <param name="Dataset">A name in the catalogue or a path.</param>
/// <param name="TrainingSamples">How many of the first training images are used; null for all.</param>
/// <param name="Architecture">What is trained.</param>
/// <param name="Options">How; the learning rate is that of the choice.</param>
/// <param name="LearningRates">What is chosen from, at least one.</param>
/// <param name="Seed">All randomness derives from it.</param>
/// <param name="TestAccuracyAtLeast">What must be reached, 0 to 1.</param>
public sealed record TrainingRecipe(
    string Name, string Dataset, int? TrainingSamples, Architecture Architecture, TrainingOptions Options, ImmutableArray<float> LearningRates,
    ulong Seed, double TestAccuracyAtLeast)
{
    private const double HeldBackShare = 0.1;
    private const ulong SplitStream = 6;

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        PropertyNameCaseInsensitive = false,
        NumberHandling = JsonNumberHandling.Strict,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Reads a recipe.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ArgumentException">It is not a recipe; the message says where and why.</exception>
    public static TrainingRecipe Load(string path) => Parse(path, File.ReadAllText(path));

    /// <summary>Reads a recipe from text; <paramref name="source"/> names it in messages.</summary>
    /// <inheritdoc cref="Load"/>
    public static TrainingRecipe Parse(string source, string text)
    {
        try
        {
            RecipeFile file = JsonSerializer.Deserialize<RecipeFile>(text, Strict) ?? throw new JsonException("the file is null");
            if (file.LearningRates.IsDefaultOrEmpty) throw new JsonException("learningRates needs at least one number");
            return new TrainingRecipe(
                file.Name, file.Dataset, file.TrainingSamples, ArchitectureJson.Read(file.Architecture, "$.architecture"),
                file.Training with { LearningRate = file.LearningRates[0] }, file.LearningRates, file.Seed, file.TestAccuracyAtLeast);
        }
        catch (JsonException mistake)
        {
            throw new ArgumentException($"{source} is not a training recipe: {mistake.Message}", mistake);
        }
        catch (ArchitectureException mistake)
        {
            throw new ArgumentException($"{source} is not a training recipe: {mistake.Message}", mistake);
        }
    }

    /// <summary>Chooses the learning rate where there is a choice, trains on all training images of the recipe and measures on the test images.</summary>
    /// <param name="dataset">The data that <see cref="Dataset"/> names.</param>
    /// <param name="cancellation">Checked before every step.</param>
    public RecipeResult Run(Dataset dataset, CancellationToken cancellation = default)
    {
        Samples train = TrainingSamples is { } count ? dataset.Train.Take(count) : dataset.Train;
        float rate = LearningRates.Length == 1 ? LearningRates[0] : ChooseRate(train, dataset.Encoding, cancellation);
        TrainedNetwork trained = Train(train, dataset.Test.Value, dataset.Encoding, rate, cancellation);
        return new RecipeResult(rate, trained.Network, 1 - trained.ValidationError);
    }

    private float ChooseRate(Samples train, InputEncoding encoding, CancellationToken cancellation)
    {
        (Samples rest, Samples heldBack) = train.SplitStratified(HeldBackShare, new SeededRandom(Seed, SplitStream));
        return LearningRates.MinBy(rate => Train(rest, heldBack, encoding, rate, cancellation).ValidationError);
    }

    private TrainedNetwork Train(Samples train, Samples measured, InputEncoding encoding, float rate, CancellationToken cancellation) =>
        Trainer.Train(Architecture, train, measured, encoding, Options with { LearningRate = rate }, Seed, cancellation: cancellation);

    /// <summary>The file's form; unknown keys are refused.</summary>
    private sealed record RecipeFile
    {
        public string? Description { get; init; }

        public required string Name { get; init; }

        public required string Dataset { get; init; }

        public int? TrainingSamples { get; init; }

        public required JsonElement Architecture { get; init; }

        public required TrainingOptions Training { get; init; }

        public required ImmutableArray<float> LearningRates { get; init; }

        public ulong Seed { get; init; } = 1;

        public double TestAccuracyAtLeast { get; init; }
    }
}

/// <summary>What a recipe gave.</summary>
/// <param name="LearningRate">The rate that was chosen.</param>
/// <param name="Network">The trained network.</param>
/// <param name="TestAccuracy">Share of test images answered rightly, in floating point.</param>
public sealed record RecipeResult(float LearningRate, Network Network, double TestAccuracy);
