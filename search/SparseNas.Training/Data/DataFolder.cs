namespace SparseNas.Training.Data;

/// <summary>
/// Where datasets are looked for: the folder that the user names, else the one in <c>SPARSENAS_DATA</c>, else <c>data</c> in the current
/// directory, else <c>shared/data</c> in it or in any folder above. A dataset is a folder of its own name in there.
/// </summary>
public static class DataFolder
{
    /// <summary>The environment variable that names the folder.</summary>
    public const string EnvironmentVariable = "SPARSENAS_DATA";

    /// <summary>Looks with the environment and the current directory of this process.</summary>
    /// <param name="named">The folder that the user named, or null.</param>
    /// <returns>An existing folder, or null when none was named and none was found.</returns>
    /// <exception cref="DatasetException">A folder was named and does not exist.</exception>
    public static string? Find(string? named) => Find(named, Environment.GetEnvironmentVariable(EnvironmentVariable), Directory.GetCurrentDirectory());

    /// <summary>Looks from a given directory.</summary>
    /// <inheritdoc cref="Find(string?)"/>
    public static string? Find(string? named, string? environmentValue, string currentDirectory)
    {
        if (!string.IsNullOrEmpty(named)) return Existing(named, "the data folder does not exist; name one that holds a folder per dataset.");
        if (!string.IsNullOrEmpty(environmentValue)) return Existing(environmentValue, $"the data folder named by {EnvironmentVariable} does not exist; set it to a folder that holds one per dataset, or unset it to look in ./data.");
        string local = Path.Combine(currentDirectory, "data");
        if (Directory.Exists(local)) return local;
        for (DirectoryInfo? folder = new(currentDirectory); folder is not null; folder = folder.Parent)
        {
            string shared = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(shared)) return shared;
        }

        return null;
    }

    private static string Existing(string folder, string otherwise) =>
        Directory.Exists(folder) ? folder : throw new DatasetException(folder, otherwise);
}
