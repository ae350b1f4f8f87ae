using System.Text.Json.Nodes;
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

    public string? Board { get; init; }

    /// <summary>The architecture as <c>sparsenas train</c> reads it.</summary>
    public required JsonNode? Architecture { get; init; }

    /// <summary>The architecture in one line.</summary>
    public required string Layers { get; init; }

    /// <summary>The rows of a study's front; test data is touched only with <paramref name="withTest"/>.</summary>
    public static IReadOnlyList<FrontRow> Of(StudyRecord record, Dataset? dataset, bool withTest, Terminal terminal)
    {
        List<FrontRow> rows = [];
        foreach (Trial trial in record.Front.Members)
        {
            QuantizedNetwork network = record.LoadQuantized(trial.Number);
            Score score = trial.Score!;
            rows.Add(new FrontRow
            {
                Trial = trial.Number,
                ValidationError = score.ValidationError,
                TestError = withTest && dataset is not null ? IntegerExecutor.Error(network, dataset.Test.Value) : null,
                ParameterBytes = score.ParameterBytes,
                L0 = score.L0,
                WorkingMemoryPeakBytes = score.WorkingMemoryPeakBytes,
                Wm1Elements = score.Wm1Elements,
                Wm2Elements = score.Wm2Elements,
                Macs = score.Macs,
                Cycles = score.Cycles,
                CostTable = score.CostTable,
                Board = record.Study.Board,
                Architecture = JsonNode.Parse(ArchitectureJson.WriteLine(network.Graph.Architecture)),
                Layers = LayerText.Of(network.Graph.Architecture),
            });
        }

        return rows;
    }
}
