using System.Collections.Immutable;
using System.IO.Compression;

namespace SparseNas.Training.Data.Formats;

/// <summary>The arrays of a NumPy archive (<c>.npz</c>): a zip file whose member <c>key.npy</c> is the array <c>key</c>.</summary>
internal sealed class NpzArchive : IDisposable
{
    private const string Extension = ".npy";
    private readonly string path;
    private readonly FileStream file;
    private readonly ZipArchive archive;

    private NpzArchive(string path, FileStream file, ZipArchive archive)
    {
        this.path = path;
        this.file = file;
        this.archive = archive;
        IEnumerable<string> arrays = archive.Entries.Select(entry => entry.FullName).Where(name => name.EndsWith(Extension, StringComparison.Ordinal));
        Keys = [.. arrays.Select(name => name[..^Extension.Length])];
    }

    /// <summary>The arrays' names in the order of the file.</summary>
    public ImmutableArray<string> Keys { get; }

    /// <summary>Opens an archive.</summary>
    /// <exception cref="DatasetException">It cannot be opened, or is not a zip file.</exception>
    public static NpzArchive Open(string path)
    {
        FileStream file = DataFileReader.OpenFile(path);
        try
        {
            return new NpzArchive(path, file, new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true));
        }
        catch (InvalidDataException problem)
        {
            file.Dispose();
            throw new DatasetException(path, $"a NumPy archive is a zip file, but this one is damaged: {problem.Message}", problem);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads one array and checks it against the CRC-32 of its member.</summary>
    /// <param name="key">One of <see cref="Keys"/>.</param>
    /// <exception cref="DatasetException">There is no such array, or it is damaged.</exception>
    public NpyArray Read(string key)
    {
        string name = $"{path}#{key}";
        ZipArchiveEntry entry = archive.GetEntry(key + Extension)
            ?? throw new DatasetException(path, $"the archive has no array '{key}'; it has {(Keys.IsEmpty ? "none" : string.Join(", ", Keys))}.");
        byte[] bytes = Unpack(name, entry);
        uint found = Crc32.Of(bytes);
        if (found != entry.Crc32)
            throw new DatasetException(name, 0, "the array agrees with the CRC-32 of its archive member", $"{entry.Crc32:x8}", $"{found:x8}");
        using DataFileReader array = DataFileReader.Over(name, bytes);
        return NpyArray.Read(array);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        archive.Dispose();
        file.Dispose();
    }

    private byte[] Unpack(string name, ZipArchiveEntry entry)
    {
        try
        {
            using DataFileReader member = DataFileReader.OverDeflated(name, entry.Open(), Math.Min(entry.CompressedLength, file.Length));
            byte[] bytes = member.ReadBytes(entry.Length, "the archive member");
            member.ExpectEnd("the archive member");
            return bytes;
        }
        catch (Exception problem) when (problem is InvalidDataException or IOException or NotSupportedException)
        {
            throw new DatasetException(name, $"the archive member cannot be read: {problem.Message}", problem);
        }
    }
}
