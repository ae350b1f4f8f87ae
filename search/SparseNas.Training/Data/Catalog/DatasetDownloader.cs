using System.Collections.Immutable;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace SparseNas.Training.Data.Catalog;

/// <summary>How far a download is.</summary>
/// <param name="Url">What is being fetched.</param>
/// <param name="DoneBytes">Bytes received.</param>
/// <param name="TotalBytes">Bytes to receive.</param>
public readonly record struct DownloadProgress(string Url, long DoneBytes, long TotalBytes);

/// <summary>
/// Fetches a known dataset from its public home. Every file is written under a temporary name, must have the known size and SHA-256, and
/// only then gets its own name, so that an interrupted or false download leaves nothing that could be taken for data.
/// </summary>
/// <example><code>
/// await new DatasetDownloader(http).DownloadAsync(DatasetFacts.Of("mnist"), "data", progress: null, cancellation);
/// </code></example>
/// <param name="http">Fetches; its timeouts and proxies are the caller's.</param>
/// <param name="mirror">
/// A server that holds the same files below the same paths as a data folder, archives as <c>name/file</c>, or null for the public homes. Contents are
/// verified all the same, so that a mirror needs no trust.
/// </param>
public sealed class DatasetDownloader(HttpClient http, Uri? mirror = null)
{
    private const int BlockBytes = 1 << 16;
    private const string TemporarySuffix = ".part";

    /// <summary>Fetches the files that are not there yet.</summary>
    /// <param name="facts">The dataset.</param>
    /// <param name="dataFolder">Data folder; made when missing.</param>
    /// <param name="progress">Told about every block, or null.</param>
    /// <param name="cancellation">Stops the download and removes what is unfinished.</param>
    /// <returns>Paths of the new files below the data folder; empty when all were there.</returns>
    /// <exception cref="DatasetException">
    /// The dataset is not offered for download, a file of another content is in the way, the server or the disk failed, or the content is
    /// not the known one.
    /// </exception>
    public async Task<ImmutableArray<string>> DownloadAsync(
        DatasetFacts facts, string dataFolder, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(facts);
        DatasetFacts owner = facts.FileFacts;
        try
        {
            Directory.CreateDirectory(Path.Combine(dataFolder, owner.Name));
            return owner.Archive is { } archive
                ? await FetchArchiveAsync(owner, archive, dataFolder, progress, cancellation)
                : await FetchFilesAsync(owner, dataFolder, progress, cancellation);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new DatasetException(dataFolder, $"downloading '{owner.Name}' failed: {problem.Message}", problem);
        }
    }

    private async Task<ImmutableArray<string>> FetchFilesAsync(
        DatasetFacts facts, string dataFolder, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        KnownFile[] offered = [.. facts.Files.Where(file => (file.Url ?? mirror?.AbsoluteUri) is not null)];
        if (offered.Length == 0)
        {
            throw new DatasetException(
                null, facts.Files.IsEmpty
                    ? $"'{facts.Name}' needs no files."
                    : $"'{facts.Name}' is not offered for download without a login or in this form; see {facts.Homepage}.");
        }

        KnownFile[] wanted = [.. offered.Where(file => !IsThere(Path.Combine(dataFolder, file.Path), file.Sha256))];
        foreach (KnownFile file in wanted)
        {
            string path = Path.Combine(dataFolder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await FetchAsync(AddressOf(file.Url, file.Path), file.Bytes, file.Sha256, path, progress, cancellation);
        }

        return [.. wanted.Select(file => file.Path)];
    }

    private async Task<ImmutableArray<string>> FetchArchiveAsync(
        DatasetFacts facts, KnownArchive archive, string dataFolder, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        ImmutableDictionary<string, string> unpacked = UnpackRecord.Read(facts, dataFolder);
        string? KnownSum(string path) => unpacked.GetValueOrDefault(path) ?? facts.Files.FirstOrDefault(file => file.Path == path)?.Sha256;
        int there = archive.Members.Values.Count(path => IsThere(Path.Combine(dataFolder, path), KnownSum(path)));
        if (there == archive.Members.Count) return [];

        string name = Path.GetFileName(new Uri(archive.Url).LocalPath), packed = Path.Combine(dataFolder, facts.Name, name);
        await FetchAsync(AddressOf(archive.Url, $"{facts.Name}/{name}"), archive.Bytes, archive.Sha256, packed, progress, cancellation);
        try
        {
            await UnpackAsync(facts, archive, packed, dataFolder, cancellation);
        }
        finally
        {
            File.Delete(packed);
        }

        return [.. archive.Members.Values.Order(StringComparer.Ordinal)];
    }

    private string AddressOf(string? home, string path) => mirror is null ? home! : $"{mirror.AbsoluteUri.TrimEnd('/')}/{path}";

    // All members are unpacked under temporary names before the first one gets its own.
    private static async Task UnpackAsync(DatasetFacts facts, KnownArchive archive, string packed, string dataFolder, CancellationToken cancellation)
    {
        var done = new SortedDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            await using var reader = new TarReader(new GZipStream(File.OpenRead(packed), CompressionMode.Decompress));
            while (await reader.GetNextEntryAsync(cancellationToken: cancellation) is { } entry)
            {
                bool isFile = entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile;
                if (!isFile || !archive.Members.TryGetValue(entry.Name.TrimStart('.', '/'), out string? path)) continue;
                string temporary = Path.Combine(dataFolder, path) + TemporarySuffix;
                Directory.CreateDirectory(Path.GetDirectoryName(temporary)!);
                done[path] = temporary;
                await entry.ExtractToFileAsync(temporary, overwrite: true, cancellation);
            }

            string[] missing = [.. archive.Members.Where(member => !done.ContainsKey(member.Value)).Select(member => member.Key)];
            if (missing.Length > 0) throw new DatasetException(archive.Url, $"the archive lacks {string.Join(", ", missing)}.");
            (string, string)[] sums = [.. done.Select(file => (file.Key, FileHash.Sha256(file.Value)))];
            foreach ((string path, string temporary) in done) File.Move(temporary, Path.Combine(dataFolder, path), overwrite: true);
            UnpackRecord.Write(facts, dataFolder, sums);
        }
        finally
        {
            foreach (string temporary in done.Values) File.Delete(temporary);
        }
    }

    private async Task FetchAsync(
        string url, long totalBytes, string sha256, string path, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        string temporary = path + TemporarySuffix;
        try
        {
            string found = await ReceiveAsync(url, totalBytes, temporary, progress, cancellation);
            if (found != sha256) throw new DatasetException(url, $"the content is not the known one: expected SHA-256 {sha256}, found {found}.");
            File.Move(temporary, path, overwrite: true);
        }
        catch (HttpRequestException problem)
        {
            throw new DatasetException(url, $"the download failed: {problem.Message}", problem);
        }
        catch (OperationCanceledException problem) when (!cancellation.IsCancellationRequested)
        {
            throw new DatasetException(url, "the download failed: the server did not answer in time.", problem);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private async Task<string> ReceiveAsync(
        string url, long totalBytes, string temporary, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await http.GetAsync(new Uri(url), HttpCompletionOption.ResponseHeadersRead, cancellation);
        response.EnsureSuccessStatusCode();
        await using Stream from = await response.Content.ReadAsStreamAsync(cancellation);
        await using FileStream to = File.Create(temporary);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = new byte[BlockBytes];
        long doneBytes = 0;
        for (int got = await from.ReadAsync(block, cancellation); got > 0; got = await from.ReadAsync(block, cancellation))
        {
            doneBytes += got;
            if (doneBytes > totalBytes) throw new DatasetException(url, $"the content is not the known one: expected {totalBytes} bytes, found more.");
            hash.AppendData(block, 0, got);
            await to.WriteAsync(block.AsMemory(0, got), cancellation);
            progress?.Report(new DownloadProgress(url, doneBytes, totalBytes));
        }

        return doneBytes == totalBytes
            ? Convert.ToHexStringLower(hash.GetHashAndReset())
            : throw new DatasetException(url, $"the content is not the known one: expected {totalBytes} bytes, found {doneBytes}.");
    }

    // A file of another content may be the user's own work: it is never replaced.
    private static bool IsThere(string path, string? sha256)
    {
        if (!File.Exists(path)) return false;
        return FileHash.Sha256(path) == sha256
            ? true
            : throw new DatasetException(path, "a file of another content is in the way; move it away first.");
    }
}
