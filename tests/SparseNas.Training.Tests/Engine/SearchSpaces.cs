using SparseNas.Networks;
using SparseNas.Search;

namespace SparseNas.Training.Tests.Engine;

/// <summary>What users search: the spaces of the studies in <c>configs/studies</c>, on inputs small enough for the naive twin.</summary>
internal static class SearchSpaces
{
    private static readonly Shape Colour = new(16, 16, 3), Grey = new(14, 14, 1);

    private static readonly ArchitectureSpace[] All =
    [
        .. Directory.GetFiles(Path.Combine(SharedFiles.RepositoryRoot, "configs", "studies"), "*.json").Order(StringComparer.Ordinal)
            .Select(path => Study.Parse(path, File.ReadAllText(path)))
            .SelectMany(study => new[] { Grey, Colour }.Select(input => new ArchitectureSpace(study.Name, study.Space, input, classes: 10))),
    ];

    public static Architecture Draw(SeededRandom random)
    {
        ArchitectureSpace space = All[random.Next(All.Length)];
        return space.Sample(random).ToArchitecture("candidate", space.Input, space.Classes);
    }
}
