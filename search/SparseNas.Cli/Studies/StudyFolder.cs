using SparseNas.Search;

namespace SparseNas.Cli.Studies;

/// <summary>The folder of a study as users name it.</summary>
internal static class StudyFolder
{
    /// <summary>What a folder holds.</summary>
    /// <exception cref="UsageException">It holds no study.</exception>
    public static StudyRecord Read(string folder) => StudyStore.Exists(folder)
        ? StudyStore.Read(folder)
        : throw new UsageException($"'{folder}' holds no study (study.json is missing); `sparsenas search` makes one, below runs/ unless --out says otherwise.");
}
