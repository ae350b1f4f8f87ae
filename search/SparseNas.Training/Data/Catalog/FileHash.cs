using System.Security.Cryptography;

namespace SparseNas.Training.Data.Catalog;

/// <summary>SHA-256 of files, as lower-case hexadecimal digits.</summary>
internal static class FileHash
{
    /// <summary>The checksum of the file at <paramref name="path"/>.</summary>
    /// <exception cref="DatasetException">The file cannot be read.</exception>
    public static string Sha256(string path)
    {
        try
        {
            using FileStream file = Formats.DataFileReader.OpenFile(path);
            return Convert.ToHexStringLower(SHA256.HashData(file));
        }
        catch (IOException problem)
        {
            throw new DatasetException(path, $"reading failed: {problem.Message}", problem);
        }
    }
}
