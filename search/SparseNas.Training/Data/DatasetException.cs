namespace SparseNas.Training.Data;

/// <summary>
/// A dataset that cannot be used as it is. The message names the file, the place in it, the law that does not hold, and what was expected
/// and found, so that it can be shown to a user as it stands.
/// </summary>
public sealed class DatasetException : Exception
{
    /// <summary>An error that concerns no single place of a file, such as a missing one.</summary>
    /// <param name="file">The file or folder concerned, or null.</param>
    /// <param name="message">Law and values, as a sentence; the file's name is put before it.</param>
    /// <param name="inner">What was caught, or null.</param>
    public DatasetException(string? file, string message, Exception? inner = null)
        : base(file is null ? message : $"{file}: {message}", inner) => File = file;

    /// <summary>A law that does not hold at one place of a file.</summary>
    /// <param name="file">The file concerned.</param>
    /// <param name="offsetBytes">Offset of the value in the data; in a compressed file counted after decompression.</param>
    /// <param name="law">What must hold, such as <c>an IDX file begins with two zero bytes</c>.</param>
    /// <param name="expected">The value that the law asks for.</param>
    /// <param name="found">The value in the file.</param>
    public DatasetException(string file, long offsetBytes, string law, string expected, string found)
        : base($"{file}: at byte {offsetBytes}: {law}: expected {expected}, found {found}.")
    {
        File = file;
        OffsetBytes = offsetBytes;
    }

    /// <summary>The file or folder concerned, or null.</summary>
    public string? File { get; }

    /// <summary>Offset of the offending value in the (decompressed) data, or null when no single place is wrong.</summary>
    public long? OffsetBytes { get; }
}
