using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace SparseNas.Search;

/// <summary>Which data a study learns from. Test data is no part of a study.</summary>
/// <param name="Name">Name in the dataset catalogue.</param>
/// <param name="ValidationFraction">Share of the training data that is held out to measure the validation error, 0.01 to 0.5, stratified.</param>
/// <param name="TrainingSamples">Largest number of samples to train on, drawn stratified; null for all.</param>
public sealed record StudyDataset(string Name, double ValidationFraction, int? TrainingSamples);

/// <summary>
/// What to search, on which data, within which limits: a study file, read strictly. Immutable; <see cref="Text"/> is its single source, and a
/// changed study is a new one read from changed text.
/// </summary>
/// <example><code>
/// Study study = Study.Parse("mnist.json", File.ReadAllText("mnist.json")).With(trials: 50);
/// </code></example>
public sealed record Study
{
    /// <summary>Letters, digits, '-' and '_'; the default name of the study's folder.</summary>
    public required string Name { get; init; }

    /// <summary>The data.</summary>
    public required StudyDataset Dataset { get; init; }

    /// <summary>The board whose limits and cycle costs count, or null.</summary>
    public string? Board { get; init; }

    /// <summary>What is kept free on the board for the user's own application: the rest is a hard limit for heap and image.</summary>
    public Reserve Reserve { get; init; } = Reserve.None;

    /// <summary>Every random number of the study derives from it.</summary>
    public required ulong Seed { get; init; }

    /// <summary>How many trials the study has in all, on resume too.</summary>
    public required int Trials { get; init; }

    /// <summary>How long a run may take, or null.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>What is minimised; at least one.</summary>
    public required ImmutableArray<Objective> Objectives { get; init; }

    /// <summary>The architectures.</summary>
    public required SpaceOptions Space { get; init; }

    /// <summary>Architectures to try first; members of the space.</summary>
    public required ImmutableArray<Blueprint> Start { get; init; }

    /// <summary>The training.</summary>
    public required TrainingSpace Training { get; init; }

    /// <summary>The pruning.</summary>
    public required PruningSpace Pruning { get; init; }

    /// <summary>The quantisation.</summary>
    public required QuantizationSpace Quantization { get; init; }

    /// <summary>How candidates are chosen.</summary>
    public required OptimizerOptions Optimizer { get; init; }

    /// <summary>Stages in their order; empty for a search of one piece.</summary>
    public ImmutableArray<Stage> Stages { get; init; } = [];

    /// <summary>The JSON text it was read from.</summary>
    public required string Text { get; init; }

    /// <summary>
    /// The stage of a trial; null without stages. Trials beyond the last stage continue the last searching one, so that a finished study can be given more trials.
    /// </summary>
    public StagePlace? StageOf(int number)
    {
        int first = 1;
        StagePlace? searching = null;
        for (int index = 0; index < Stages.Length; first += Stages[index].Trials, index++)
        {
            StagePlace place = new(Stages[index], index, first);
            if (number < first + Stages[index].Trials) return place;
            if (Stages[index] is SearchStage) searching = place;
        }

        return searching;
    }

    /// <summary>Reads a study file.</summary>
    /// <param name="source">Name of the file, for errors.</param>
    /// <param name="text">Its JSON text; comments and trailing commas are allowed.</param>
    /// <exception cref="StudyException">Any mistake; all of them are listed.</exception>
    public static Study Parse(string source, string text) => StudyReader.Read(source, text);

    /// <summary>The same study with other values in its file.</summary>
    /// <param name="trials">Total number of trials.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="time">Time of a run.</param>
    /// <param name="start">Architectures to try first, behind those that the file names already.</param>
    /// <exception cref="StudyException">A value is out of range.</exception>
    public Study With(int? trials = null, ulong? seed = null, TimeSpan? time = null, IEnumerable<Blueprint>? start = null)
    {
        string[] added = [.. (start ?? []).Where(blueprint => !Start.Any(known => BlueprintText.Write(known) == BlueprintText.Write(blueprint))).Select(BlueprintText.Write).Distinct()];
        if (trials is null && seed is null && time is null && added.Length == 0) return this;
        JsonObject file = StudyReader.ParseObject(Name, Text);
        if (trials is not null) file["trials"] = trials;
        if (seed is not null) file["seed"] = seed;
        if (time is not null) file["time"] = Durations.Show(time.Value);
        if (added.Length > 0)
        {
            JsonArray known = file["start"] as JsonArray ?? [];
            foreach (string text in added) known.Add(text);
            file["start"] = known.Parent is null ? known : known.DeepClone();
        }

        return Parse(Name, file.ToJsonString(StudyReader.Indented));
    }

    /// <summary>
    /// The top-level keys in which two studies differ and which fix the trials: a stored study can be continued only when there are none. What may change
    /// is the number of trials, the time, the description, limits and targets of the objectives, the room reserved on the board, and further architectures to try.
    /// </summary>
    public ImmutableArray<string> DifferencesFrom(Study other)
    {
        JsonObject mine = Fixed(this), others = Fixed(other);
        List<string> keys = [.. mine.Select(pair => pair.Key).Union(others.Select(pair => pair.Key)).Where(key => !JsonNode.DeepEquals(mine[key], others[key]))];
        if (!other.Start.AsSpan().SequenceEqual(Start.AsSpan()[..Math.Min(Start.Length, other.Start.Length)])) keys.Add("start");
        return [.. keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>The file without what may change.</summary>
    private static JsonObject Fixed(Study study)
    {
        JsonObject file = StudyReader.ParseObject(study.Name, study.Text);
        foreach (string key in new[] { "trials", "time", "description", "reserve", "start" }) file.Remove(key);
        foreach (JsonNode? objective in file["objectives"] as JsonArray ?? [])
        {
            (objective as JsonObject)?.Remove("limit");
            (objective as JsonObject)?.Remove("target");
        }

        return file;
    }
}
