namespace SparseNas.Boards;

/// <summary>A board or cost file that cannot be used; carries every mistake of the file, not only the first.</summary>
public sealed class ConfigurationException : Exception
{
    /// <summary>Builds the exception from all the mistakes of one file.</summary>
    /// <param name="file">The file, or the name of the embedded copy.</param>
    /// <param name="errors">One sentence each: the law, the value, the place.</param>
    public ConfigurationException(string file, IReadOnlyList<string> errors)
        : base($"{file}: " + string.Join("; ", errors))
    {
        File = file;
        Errors = errors;
    }

    /// <summary>The file, or the name of the embedded copy.</summary>
    public string File { get; }

    /// <summary>All mistakes found.</summary>
    public IReadOnlyList<string> Errors { get; }
}
