namespace SparseNas.Testing;

/// <summary>
/// Finds the folders that lie beside the repository or inside it: real datasets (<c>shared/data</c>) and the repository root.
/// Datasets are large and stay outside the repository; <c>SPARSENAS_DATA</c> overrides where they are looked for.
/// </summary>
public static class SharedFiles
{
    /// <summary>The folder that holds <c>SparseNas.sln</c>.</summary>
    public static string RepositoryRoot { get; } =
        FindUpwards(folder => File.Exists(Path.Combine(folder, "SparseNas.sln")) ? folder : null)
        ?? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds SparseNas.sln.");

    /// <summary>The folder of real datasets, or null when this machine has none.</summary>
    public static string? DataFolder { get; } =
        Environment.GetEnvironmentVariable("SPARSENAS_DATA") is { Length: > 0 } named
            ? (Directory.Exists(named) ? named : null)
            : FindUpwards(folder => Existing(Path.Combine(folder, "shared", "data")));

    private static string? Existing(string folder) => Directory.Exists(folder) ? folder : null;

    private static string? FindUpwards(Func<string, string?> probe)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (probe(folder.FullName) is { } found) return found;
        }

        return null;
    }
}
