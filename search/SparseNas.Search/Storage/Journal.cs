using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace SparseNas.Search;

/// <summary>
/// Finished trials, one checksummed line each: <c>{"checksum":"89abcdef","line":12,"trial":{…}}</c>, where the checksum covers all bytes of the line behind
/// it. Lines are only ever appended, and each is on the device before the next begins; so after a crash at most the last line is torn. A torn last line
/// is cut off, because its trial had not been reported; damage anywhere else is an error.
/// </summary>
internal sealed class Journal : IDisposable
{
    private const string Opening = "{\"checksum\":\"";
    private const int ChecksumEnd = 21;   // Opening and eight hexadecimal digits
    private readonly FileStream stream;
    private int lines;

    private Journal(FileStream stream, int lines)
    {
        this.stream = stream;
        this.lines = lines;
    }

    /// <summary>What a journal holds.</summary>
    /// <param name="Trials">In the order of the lines.</param>
    /// <param name="IntactBytes">Length up to the end of the last good line.</param>
    /// <param name="TornBytes">Length of what follows it: a line whose writing was interrupted.</param>
    public sealed record Content(IReadOnlyList<Trial> Trials, long IntactBytes, long TornBytes);

    /// <summary>Reads without changing anything.</summary>
    public static Content Read(string path)
    {
        byte[] bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        List<Trial> trials = [];
        int start = 0;
        while (start < bytes.Length)
        {
            int length = bytes.AsSpan(start).IndexOf((byte)'\n');
            int next = length < 0 ? bytes.Length : start + length + 1;
            string? damage = length < 0 ? "the line has no end" : Parse(path, bytes.AsSpan(start, length), trials);
            if (damage is not null)
            {
                if (next >= bytes.Length) break;
                throw new StudyStoreException(
                    path, $"line {trials.Count + 1} (byte {start}): {damage}. Lines are never changed after they were written, so the file was damaged; restore it from a copy.");
            }

            start = next;
        }

        return new Content(trials, start, bytes.Length - start);
    }

    /// <summary>Opens for appending and cuts off a torn last line.</summary>
    public static Journal Open(string path, Content content)
    {
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        stream.SetLength(content.IntactBytes);
        stream.Seek(0, SeekOrigin.End);
        stream.Flush(flushToDisk: true);
        return new Journal(stream, content.Trials.Count);
    }

    /// <summary>Appends a trial; it is on the device when this returns. When writing fails nothing of the line stays.</summary>
    /// <exception cref="IOException">The device is full or gone.</exception>
    public void Append(Trial trial)
    {
        long before = stream.Length;
        try
        {
            stream.Write(Line(trial, lines + 1));
            stream.Flush(flushToDisk: true);
            lines++;
        }
        catch (IOException)
        {
            stream.SetLength(before);
            stream.Seek(0, SeekOrigin.End);
            throw;
        }
    }

    public void Dispose() => stream.Dispose();

    private static byte[] Line(Trial trial, int line)
    {
        byte[] rest = [.. Encoding.UTF8.GetBytes($"\",\"line\":{line.ToString(CultureInfo.InvariantCulture)},\"trial\":"), .. TrialJson.Write(trial), (byte)'}'];
        return [.. Encoding.UTF8.GetBytes($"{Opening}{Crc32.Of(rest):x8}"), .. rest, (byte)'\n'];
    }

    /// <summary>Adds the line's trial; the damage when there is any.</summary>
    /// <exception cref="StudyStoreException">The line is intact, but this version writes trials otherwise.</exception>
    private static string? Parse(string path, ReadOnlySpan<byte> line, List<Trial> trials)
    {
        if (line.Length <= ChecksumEnd || !line.StartsWith(Encoding.UTF8.GetBytes(Opening))) return "the line does not begin with its checksum";
        ReadOnlySpan<byte> rest = line[ChecksumEnd..];
        if (!uint.TryParse(line[Opening.Length..ChecksumEnd], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint checksum) || checksum != Crc32.Of(rest))
        {
            return "the checksum does not match";
        }

        byte[] head = Encoding.UTF8.GetBytes($"\",\"line\":{(trials.Count + 1).ToString(CultureInfo.InvariantCulture)},\"trial\":");
        if (!rest.StartsWith(head)) return $"the line does not have the number {trials.Count + 1}; a line before it is missing";
        try
        {
            trials.Add(TrialJson.Read(rest[head.Length..^1]));
            return null;
        }
        catch (JsonException e)
        {
            throw new StudyStoreException(
                path, $"line {trials.Count + 1} is intact, but it is no trial of this version: {e.Message} Another version of the tool wrote it; go on with that one, or begin a new study with --out.", e);
        }
    }
}
