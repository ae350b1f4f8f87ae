using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;

namespace SparseNas.Training.Data.Formats;

/// <summary>
/// Reads a data file front to back, plain or (when its name ends in <c>.gz</c>) through gzip. Sizes come from headers that may lie, so
/// nothing is allocated before it is plausible: a plain file must hold what is asked for, a compressed one could at best inflate to it
/// (deflate gains at most a factor of 1,032), and buffers of compressed files grow with the data that really arrives.
/// </summary>
internal sealed class DataFileReader : IDisposable
{
    private const int GzipTrailerBytes = 8;
    private const int GzipSmallestFileBytes = 18;
    private const long DeflateLargestGain = 1032;
    private const int FirstBufferBytes = 1 << 16;

    private readonly Stream stream;
    private readonly long storedBytes;
    private readonly GzipTrailer? gzipTrailer;
    private Crc32 crc;

    private DataFileReader(string file, Stream stream, long storedBytes, bool isCompressed, GzipTrailer? gzipTrailer = null)
    {
        File = file;
        this.stream = stream;
        this.storedBytes = storedBytes;
        IsCompressed = isCompressed;
        this.gzipTrailer = gzipTrailer;
    }

    /// <summary>Name for messages.</summary>
    public string File { get; }

    /// <summary>Bytes read so far, counted after decompression.</summary>
    public long OffsetBytes { get; private set; }

    private bool IsCompressed { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="DatasetException">It cannot be opened, or its name says gzip and its first bytes do not.</exception>
    public static DataFileReader Open(string path)
    {
        FileStream file = OpenFile(path);
        try
        {
            bool isGzip = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
            return isGzip ? OverGzip(path, file) : new DataFileReader(path, file, file.Length, isCompressed: false);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads bytes that are in memory already, such as one array of an archive.</summary>
    public static DataFileReader Over(string name, byte[] bytes) =>
        new(name, new MemoryStream(bytes, writable: false), bytes.Length, isCompressed: false);

    /// <summary>Reads one deflated member of an archive, of which <paramref name="storedBytes"/> bytes are in the archive.</summary>
    public static DataFileReader OverDeflated(string name, Stream stream, long storedBytes) =>
        new(name, stream, storedBytes, isCompressed: true);

    /// <summary>Opens a file for reading; what goes wrong is said in the words of this library.</summary>
    public static FileStream OpenFile(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, FirstBufferBytes, FileOptions.SequentialScan);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            string why = problem is FileNotFoundException or DirectoryNotFoundException ? "the file does not exist." : problem.Message;
            throw new DatasetException(path, why, problem);
        }
    }

    /// <summary>Reads exactly <paramref name="countBytes"/> bytes.</summary>
    /// <param name="countBytes">As the file's own header says; may be absurd.</param>
    /// <param name="what">What these bytes are, for the message: <c>60000 images of 28x28x1</c>.</param>
    public byte[] ReadBytes(long countBytes, string what)
    {
        long leftBytes = IsCompressed ? (storedBytes * DeflateLargestGain) - OffsetBytes : storedBytes - OffsetBytes;
        if (countBytes > leftBytes)
        {
            throw Broken(
                $"{what} must be in the file",
                Count(countBytes),
                IsCompressed ? $"{storedBytes} compressed bytes, which inflate to no more than {storedBytes * DeflateLargestGain}" : Count(leftBytes));
        }

        if (countBytes > Array.MaxLength) throw Broken($"{what} must fit one array", $"at most {Count(Array.MaxLength)}", Count(countBytes));
        var bytes = new byte[IsCompressed ? Math.Min(countBytes, FirstBufferBytes + (2 * storedBytes)) : countBytes];
        long start = OffsetBytes;
        int filled = 0;
        while (filled < countBytes)
        {
            if (filled == bytes.Length) Array.Resize(ref bytes, (int)Math.Min(countBytes, 2L * bytes.Length));
            int got = Read(bytes.AsSpan(filled));
            if (got == 0)
            {
                throw new DatasetException(
                    File, start + filled, $"{what} must be in the file", Count(countBytes), $"the end after {Count(filled)}");
            }

            filled += got;
        }

        return bytes;
    }

    /// <summary>Reads a big-endian unsigned 32-bit number.</summary>
    public uint ReadUInt32BigEndian(string what) => BinaryPrimitives.ReadUInt32BigEndian(ReadBytes(sizeof(uint), what));

    /// <summary>All bytes up to the end, of which there may be at most <paramref name="maximumBytes"/>.</summary>
    public byte[] ReadToEnd(int maximumBytes)
    {
        using var all = new MemoryStream();
        var block = new byte[FirstBufferBytes];
        for (int got = Read(block); got > 0; got = Read(block))
        {
            all.Write(block, 0, got);
            if (all.Length > maximumBytes) throw Broken("a file of this kind has a bounded size", $"at most {Count(maximumBytes)}", "more");
        }

        CheckGzipTrailer();
        return all.ToArray();
    }

    /// <summary>Holds that nothing follows, and that the checksum and length which end a gzip file agree with its data.</summary>
    public void ExpectEnd(string after)
    {
        long end = OffsetBytes;
        if (Read(stackalloc byte[1]) != 0) throw new DatasetException(File, end, $"nothing may follow {after}", "the end of the data", "more bytes");
        CheckGzipTrailer();
    }

    /// <summary>An exception for the current place.</summary>
    public DatasetException Broken(string law, string expected, string found) => new(File, OffsetBytes, law, expected, found);

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private static DataFileReader OverGzip(string path, FileStream file)
    {
        if (file.Length < GzipSmallestFileBytes)
            throw new DatasetException(path, 0, "a gzip file has a header and a trailer", $"at least {GzipSmallestFileBytes} bytes", Count(file.Length));
        Span<byte> magic = stackalloc byte[2];
        file.ReadExactly(magic);
        if (magic is not [0x1F, 0x8B])
            throw new DatasetException(path, 0, "a gzip file begins with the bytes 1F 8B", "1F 8B", Convert.ToHexString(magic));
        Span<byte> trailer = stackalloc byte[GzipTrailerBytes];
        file.Seek(-GzipTrailerBytes, SeekOrigin.End);
        file.ReadExactly(trailer);
        file.Seek(0, SeekOrigin.Begin);
        return new DataFileReader(
            path, new GZipStream(file, CompressionMode.Decompress), file.Length - GzipTrailerBytes, isCompressed: true,
            new GzipTrailer(BinaryPrimitives.ReadUInt32LittleEndian(trailer), BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..])));
    }

    private static string Count(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes");

    // GZipStream accepts a cut trailer and ignores bytes after it. RFC 1952 ends a file with the CRC-32 and the length (modulo 2^32) of its
    // data, so both are compared with the very end of the file. Files of several members are refused by the same law.
    private void CheckGzipTrailer()
    {
        if (gzipTrailer is not { } trailer) return;
        var found = new GzipTrailer(crc.Value, (uint)OffsetBytes);
        if (found != trailer) throw Broken("a gzip file ends with the CRC-32 and the length of its data (RFC 1952)", $"{found}", $"{trailer}");
    }

    private int Read(Span<byte> into)
    {
        try
        {
            int got = stream.Read(into);
            OffsetBytes += got;
            if (gzipTrailer is not null) crc.Add(into[..got]);
            return got;
        }
        catch (InvalidDataException problem)
        {
            throw new DatasetException(File, $"the compressed data is damaged after {Count(OffsetBytes)} of it: {problem.Message}", problem);
        }
        catch (IOException problem)
        {
            throw new DatasetException(File, $"reading failed after {Count(OffsetBytes)}: {problem.Message}", problem);
        }
    }

    private readonly record struct GzipTrailer(uint Crc, uint LengthBytes)
    {
        public override string ToString() => $"{Crc:x8} and {Count(LengthBytes)}";
    }
}
