using System.Collections.Immutable;
using System.Text.Json.Nodes;
using SparseNas.Cli.Commands;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Quantization.Execution;
using SparseNas.Search;
using SparseNas.Training.Data;

namespace SparseNas.Cli.Studies;

/// <summary>One network of a front as reports show it; the JSON keys are a contract.</summary>
internal sealed record FrontRow
{
    public required int Trial { get; init; }

    public required double ValidationError { get; init; }

    /// <summary>Share of wrong answers of the integer network on test data; null unless it was asked for.</summary>
    public double? TestError { get; init; }

    /// <summary>Trainings of the same choices from other seeds; null where there are none.</summary>
    public int? Seeds { get; init; }

    /// <summary>Mean validation error of those trainings.</summary>
    public double? MeanValidationError { get; init; }

    /// <summary>Its sample standard deviation.</summary>
    public double? ValidationErrorDeviation { get; init; }

    /// <summary>Mean test error of those trainings; null unless it was asked for.</summary>
    public double? MeanTestError { get; init; }

    /// <summary>Its sample standard deviation.</summary>
    public double? TestErrorDeviation { get; init; }

    public required int ParameterBytes { get; init; }

    public required int L0 { get; init; }

    public required int WorkingMemoryPeakBytes { get; init; }

    public required long Wm1Elements { get; init; }

    public required long Wm2Elements { get; init; }

    public required long Macs { get; init; }

    public long? Cycles { get; init; }

    public string? CostTable { get; init; }

    public double? Milliseconds { get; init; }

    public long? HeapPeakBytes { get; init; }

    public long? ImageBytes { get; init; }

    /// <summary>Whether the whole application fits the board; null without one.</summary>
    public bool? Fits { get; init; }

    public string? Board { get; init; }

    /// <summary>The architecture as <c>sparsenas train</c> reads it.</summary>
    public required JsonNode? Architecture { get; init; }

    /// <summary>The architecture in one line.</summary>
    public required string Layers { get; init; }

    /// <summary>The rows of a study's front.</summary>
    /// <param name="record">The study.</param>
    /// <param name="dataset">Its data; null leaves out what needs it.</param>
    /// <param name="withTest">Whether to measure on test data: the only place where it is touched.</param>
    /// <param name="terminal">Where progress goes.</param>
    /// <param name="time">For its forecast.</param>
    public static IReadOnlyList<FrontRow> Of(StudyRecord record, Dataset? dataset, bool withTest, Terminal terminal, TimeProvider time)
    {
        IReadOnlyDictionary<int, DeploymentFigures> deployed = dataset is not null && record.Study.Board is { } board
            ? DeploymentFigures.Of(record, dataset, BoardOption.Resolve(board), terminal, time)
            : new Dictionary<int, DeploymentFigures>();
        return [.. record.Front.Members.Select(trial => Of(
            trial, record.LoadQuantized(trial.Number), record.Study.Board, deployed.GetValueOrDefault(trial.Number), withTest ? dataset?.Test.Value : null)
            .WithSeeds(record, record.SeedsOf(trial), withTest ? dataset?.Test.Value : null))];
    }

    private FrontRow WithSeeds(StudyRecord record, ImmutableArray<Trial> seeds, Samples? test)
    {
        if (seeds.IsEmpty) return this;
        SeedSpread validation = SeedSpread.Of([.. seeds.Select(seed => seed.Score!.ValidationError)]);
        SeedSpread? tested = test is null ? null : SeedSpread.Of([.. seeds.Select(seed => IntegerExecutor.Error(record.LoadQuantized(seed.Number), test))]);
        return this with
        {
            Seeds = validation.Seeds,
            MeanValidationError = validation.Mean,
            ValidationErrorDeviation = validation.Deviation,
            MeanTestError = tested?.Mean,
            TestErrorDeviation = tested?.Deviation,
        };
    }

    private static FrontRow Of(Trial trial, QuantizedNetwork network, string? board, DeploymentFigures? deployed, Samples? test)
    {
        Score score = trial.Score!;
        return new FrontRow
        {
            Trial = trial.Number,
            ValidationError = score.ValidationError,
            TestError = test is null ? null : IntegerExecutor.Error(network, test),
            ParameterBytes = score.ParameterBytes,
            L0 = score.L0,
            WorkingMemoryPeakBytes = score.WorkingMemoryPeakBytes,
            Wm1Elements = score.Wm1Elements,
            Wm2Elements = score.Wm2Elements,
            Macs = score.Macs,
            Cycles = deployed?.Cycles ?? score.Cycles,
            CostTable = deployed?.CostTable ?? score.CostTable,
            Milliseconds = deployed?.Milliseconds,
            HeapPeakBytes = deployed?.HeapPeakBytes,
            ImageBytes = deployed?.ImageBytes,
            Fits = deployed?.Fits,
            Board = board,
            Architecture = JsonNode.Parse(ArchitectureJson.WriteLine(network.Graph.Architecture)),
            Layers = LayerText.Of(network.Graph.Architecture),
        };
    }
}
