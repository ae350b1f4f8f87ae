using SparseNas.Search;
using SparseNas.Training.Data;

namespace SparseNas.Cli.Studies;

/// <summary>Architectures that a study is told to try: those a resumed study knows already, those of the command line, and the front of another study.</summary>
internal static class KnownArchitectures
{
    /// <summary>In this order; members of another study's front that this space does not hold are named and left out.</summary>
    /// <param name="study">The study as its file says.</param>
    /// <param name="folder">Its folder; what was added there earlier stays.</param>
    /// <param name="texts">Architectures of the command line.</param>
    /// <param name="otherFolder">Another study's folder, or null.</param>
    /// <param name="dataset">The study's data.</param>
    /// <param name="terminal">Where what is left out is told.</param>
    public static IReadOnlyList<Blueprint> Of(Study study, string folder, IReadOnlyList<string> texts, string? otherFolder, Dataset dataset, Terminal terminal)
    {
        List<Blueprint> known = [.. StudyStore.Exists(folder) ? StudyStore.Read(folder).Study.Start : []];
        foreach (string text in texts)
        {
            (Blueprint? blueprint, string? problem) = BlueprintText.Read(text);
            known.Add(blueprint ?? throw new UsageException($"--start '{text}': {problem}."));
        }

        if (otherFolder is null) return known;
        ArchitectureSpace space = SearchSpace.Of(study, dataset.Shape, dataset.Classes).Architectures;
        foreach (Trial member in StudyStore.Read(otherFolder).Front.Members)
        {
            Blueprint blueprint = member.Candidate.Blueprint;
            if (space.Contains(blueprint)) known.Add(BlueprintText.Read(BlueprintText.Write(blueprint)).Blueprint!);
            else terminal.Note($"--warm-start: trial {member.Number} ({blueprint}) does not belong to this study's space and is left out");
        }

        return known;
    }
}
