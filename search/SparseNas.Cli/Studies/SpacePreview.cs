using SparseNas.Networks;
using SparseNas.Search;

namespace SparseNas.Cli.Studies;

/// <summary>A study's space before anything is trained: how large it is, and a few of its candidates with what they will cost at least.</summary>
internal static class SpacePreview
{
    /// <summary>Candidates that are shown.</summary>
    private const int Samples = 8;

    /// <summary>Prints the preview; the same study shows the same candidates.</summary>
    public static void Print(Terminal terminal, bool json, Study study, SearchSpace space)
    {
        SeededRandom random = new(study.Seed);
        (Candidate Candidate, Forecast Forecast)[] sample = [.. Enumerable.Range(0, Samples).Select(_ => space.Sample(random))
            .Select(candidate => (candidate, space.ForecastOf(candidate)))];
        if (json)
        {
            JsonOutput.Write(terminal, new
            {
                study = study.Name,
                architectures = space.Architectures.Size.ToString(System.Globalization.CultureInfo.InvariantCulture),
                alsoSearched = space.OpenChoices,
                sample = sample.Select(item => new
                {
                    architecture = item.Candidate.Blueprint.ToString(),
                    item.Candidate.Pruning,
                    item.Forecast.ParameterBytes,
                    item.Forecast.WorkingMemoryPeakBytes,
                    item.Forecast.Macs,
                    breaks = item.Forecast.BrokenLimit(study.Objectives),
                }),
            });
            return;
        }

        terminal.WriteLine($"study {study.Name}: {space.Describe()}; {Samples} of them, with the least they can cost:");
        var table = new TextTable("parameters", "memory", "MACs", "pruned", "architecture") { Words = [4] };
        foreach ((Candidate candidate, Forecast forecast) in sample)
        {
            string broken = forecast.BrokenLimit(study.Objectives) is { } limit ? $"   (never trained: {limit})" : "";
            table.Add(
                Units.Bytes(forecast.ParameterBytes), Units.Bytes(forecast.WorkingMemoryPeakBytes), Units.Grouped(forecast.Macs),
                candidate.Pruning.Structure == PruningStructure.None ? "" : $"{candidate.Pruning.Sparsity:P0}".Replace(" ", ""), candidate.Blueprint + broken);
        }

        terminal.Write(table);
    }
}
