using System.Collections.Immutable;
using System.Globalization;
using SparseNas.Boards;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Emission.Choosing;
using SparseNas.Codegen.Firmware;
using SparseNas.Codegen.Firmware.Application;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Search;
using SparseNas.Training.Data;

namespace SparseNas.Cli.Deployment;

/// <summary>An integer network and what travels with it to a device.</summary>
/// <param name="Title">Study and trial, for names and report lines.</param>
/// <param name="Network">The network.</param>
/// <param name="Header">What the head of the generated source says.</param>
/// <param name="Encoding">What an input byte stands for.</param>
/// <param name="ClassNames">One per class.</param>
/// <param name="Images">Real inputs to choose the self-test's vectors from; never test data.</param>
/// <param name="WorkingMemoryBytes">What the front says it takes; the code that deployment chooses by default takes no more.</param>
/// <param name="WorkingMemoryLimitBytes">The study's limit, for code that the user wants faster or smaller than that; the largest number without one.</param>
internal sealed record Deployable(
    string Title, QuantizedNetwork Network, ModelHeader Header, InputEncoding Encoding, ImmutableArray<string> ClassNames, IReadOnlyList<ImmutableArray<byte>> Images,
    long WorkingMemoryBytes, long WorkingMemoryLimitBytes)
{
    /// <summary>Training images that golden vectors are chosen from.</summary>
    private const int CandidateImages = 200;

    /// <summary>A trial of a study.</summary>
    public static Deployable Of(StudyRecord record, Trial trial, Dataset dataset) =>
        Of(record.Study, trial.Number, record.LoadQuantized(trial.Number), trial.Score!, dataset);

    /// <summary>A network of a study.</summary>
    public static Deployable Of(Study study, int trial, QuantizedNetwork network, Score score, Dataset dataset)
    {
        string accuracy = string.Create(CultureInfo.InvariantCulture, $"{1 - score.ValidationError:0.0000} (validation)");
        Samples images = dataset.Train.Take(Math.Min(CandidateImages, dataset.Train.Count));
        return new Deployable(
            $"{study.Name}_trial{trial}", network,
            new ModelHeader(ToolVersion.Text, study.Name, trial, accuracy, dataset.ClassNames), dataset.Encoding, dataset.ClassNames,
            [.. Enumerable.Range(0, images.Count).Select(index => images.Image(index).ToArray().ToImmutableArray())], score.WorkingMemoryPeakBytes, LimitOf(study));
    }

    /// <summary>The same, with or without class probabilities on the device.</summary>
    public Deployable WithSoftmax(bool isWanted) => this with { Header = Header with { WithSoftmax = isWanted } };

    /// <summary>What code for a board may take.</summary>
    public EmissionBudget BudgetFor(EmissionGoal goal, BoardProfile board) => EmissionBudget.Unlimited with
    {
        WorkingMemoryBytes = goal == EmissionGoal.Auto ? WorkingMemoryBytes : WorkingMemoryLimitBytes,
        MayReadResources = board.HasResourceManager,
    };

    private static long LimitOf(Study study) =>
        study.Objectives.FirstOrDefault(objective => objective.Kind == ObjectiveKind.WorkingMemoryPeakBytes)?.Limit is { } limit ? (long)limit : long.MaxValue;
}

/// <summary>A network as firmware: source and compiled program.</summary>
/// <param name="Generated">The generated source with its costs.</param>
/// <param name="Model">The model as the application takes it.</param>
/// <param name="Live">What the application does after its self-test.</param>
/// <param name="Program">The compiled program.</param>
internal sealed record BuiltFirmware(GeneratedModel Generated, FirmwareModel Model, LiveInput Live, ProgramImages Program);

/// <summary>From a network to compiled firmware: plan, emit, put into the application, compile.</summary>
internal static class Deployer
{
    private const int GoldenVectors = 6;
    private const ulong GoldenSeed = 1;

    /// <summary>Builds firmware.</summary>
    /// <param name="deployable">The network.</param>
    /// <param name="board">Its core's costs decide between strategies.</param>
    /// <param name="goal">What is wanted of the code.</param>
    /// <param name="live">What the application does after its self-test.</param>
    /// <param name="budget">What the code may take.</param>
    /// <exception cref="EmissionBudgetException">No code fits the budget.</exception>
    public static BuiltFirmware Build(Deployable deployable, BoardProfile board, EmissionGoal goal, LiveInput live, EmissionBudget budget)
    {
        QuantizedNetwork network = deployable.Network;
        GeneratedModel model = ModelGenerator.Generate(network, goal, board.CostTable, budget, deployable.Header);
        var firmware = new FirmwareModel(
            deployable.Title, network.Graph.Input, deployable.Encoding, model.Sources, FirmwareModel.LibrariesOf(model),
            GoldenVectorChooser.Choose(network, deployable.Images, GoldenVectors, GoldenSeed), Facts(deployable, model)) { Resources = model.Resources };
        ImmutableArray<FirmwareAssembly> assemblies = ModelApplication.Assemblies(FirmwareName.From(deployable.Title), firmware, BoardDeployment.Of(board), live);
        return new BuiltFirmware(model, firmware, live, ProgramImages.Compile(assemblies));
    }

    private static ImmutableArray<string> Facts(Deployable deployable, GeneratedModel model) =>
    [
        $"* accuracy of the integer network: {deployable.Header.Accuracy}",
        $"* parameters: {Units.Grouped(PackedSize.Of(deployable.Network).ParameterBytes)} bytes packed",
        $"* working memory: {Units.Grouped(model.Plan.PeakBytes)} bytes, of which {Units.Grouped(model.Plan.ArenaBytes)} are the arena",
        $"* made by SparseNas {deployable.Header.ToolVersion}",
    ];
}
