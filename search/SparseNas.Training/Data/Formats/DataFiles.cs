namespace SparseNas.Training.Data.Formats;

/// <summary>Finds files that may lie there plain or with <c>.gz</c>; a plain one wins, as it needs no inflating.</summary>
internal static class DataFiles
{
    /// <summary>The first of <paramref name="names"/> that is in the folder, or null.</summary>
    public static string? Find(string folder, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            string plain = Path.Combine(folder, name), compressed = plain + ".gz";
            if (File.Exists(plain)) return plain;
            if (File.Exists(compressed)) return compressed;
        }

        return null;
    }

    /// <summary>The first of <paramref name="names"/> that is in the folder.</summary>
    /// <exception cref="DatasetException">None is.</exception>
    public static string Existing(string folder, params ReadOnlySpan<string> names) =>
        Find(folder, names) ?? throw new DatasetException(Path.Combine(folder, names[0]), "the file does not exist, nor does it with .gz.");
}
