namespace SparseNas.Search;

/// <summary>A study's folder cannot be used: the message names the folder or file, what is wrong and what to do.</summary>
public sealed class StudyStoreException : Exception
{
    /// <summary>An error with its place.</summary>
    public StudyStoreException(string path, string problem, Exception? inner = null)
        : base($"{path}: {problem}", inner)
    {
    }
}
