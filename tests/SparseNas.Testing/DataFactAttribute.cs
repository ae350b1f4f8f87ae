using Xunit;

namespace SparseNas.Testing;

/// <summary>A fact that needs a real dataset; without it the test is reported as skipped with the reason, never as passed.</summary>
/// <param name="dataset">Folder name below the data folder, such as <c>mnist</c>.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DataFactAttribute : FactAttribute
{
    public DataFactAttribute(string dataset) => Skip = MissingData.ReasonFor(dataset);
}

/// <summary>A theory that needs a real dataset; see <see cref="DataFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DataTheoryAttribute : TheoryAttribute
{
    public DataTheoryAttribute(string dataset) => Skip = MissingData.ReasonFor(dataset);
}

internal static class MissingData
{
    public static string? ReasonFor(string dataset) =>
        SharedFiles.DataFolder is not { } root
            ? "no data folder: set SPARSENAS_DATA or place shared/data beside the repository"
            : Directory.Exists(Path.Combine(root, dataset)) ? null : $"dataset '{dataset}' is not in {root}";
}
