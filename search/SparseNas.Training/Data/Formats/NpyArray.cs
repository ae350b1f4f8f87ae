using System.Buffers.Binary;
using System.Collections.Immutable;

namespace SparseNas.Training.Data.Formats;

/// <summary>One NumPy array (<c>.npy</c>, or a member of an <c>.npz</c>) of booleans, integers or floats in either byte order.</summary>
internal sealed class NpyArray
{
    private readonly NpyHeader header;
    private readonly byte[] raw;

    private NpyArray(string name, NpyHeader header, byte[] raw)
    {
        Name = name;
        this.header = header;
        this.raw = raw;
    }

    /// <summary>File, and the array's key in an archive.</summary>
    public string Name { get; }

    /// <summary>Extents, outermost first; at least one, each at least 1.</summary>
    public ImmutableArray<int> Dimensions => header.Dimensions;

    /// <summary>Number of elements.</summary>
    public int Count => raw.Length / header.ElementBytes;

    /// <summary>Whether the elements are unsigned bytes.</summary>
    public bool IsBytes => header.Type == "u1";

    /// <summary>The elements as they are stored; the caller may keep the array of one that <see cref="IsBytes"/>.</summary>
    public byte[] Raw => raw;

    /// <summary>Element <paramref name="index"/> in C order; 64-bit integers beyond 2^53 are rounded.</summary>
    public double this[int index]
    {
        get
        {
            ReadOnlySpan<byte> at = raw.AsSpan(index * header.ElementBytes, header.ElementBytes);
            bool big = header.IsBigEndian;
            return header.Type switch
            {
                "b1" or "u1" => at[0],
                "i1" => (sbyte)at[0],
                "u2" => big ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at),
                "i2" => big ? BinaryPrimitives.ReadInt16BigEndian(at) : BinaryPrimitives.ReadInt16LittleEndian(at),
                "u4" => big ? BinaryPrimitives.ReadUInt32BigEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at),
                "i4" => big ? BinaryPrimitives.ReadInt32BigEndian(at) : BinaryPrimitives.ReadInt32LittleEndian(at),
                "u8" => big ? BinaryPrimitives.ReadUInt64BigEndian(at) : BinaryPrimitives.ReadUInt64LittleEndian(at),
                "i8" => big ? BinaryPrimitives.ReadInt64BigEndian(at) : BinaryPrimitives.ReadInt64LittleEndian(at),
                "f2" => (double)(big ? BinaryPrimitives.ReadHalfBigEndian(at) : BinaryPrimitives.ReadHalfLittleEndian(at)),
                "f4" => big ? BinaryPrimitives.ReadSingleBigEndian(at) : BinaryPrimitives.ReadSingleLittleEndian(at),
                "f8" => big ? BinaryPrimitives.ReadDoubleBigEndian(at) : BinaryPrimitives.ReadDoubleLittleEndian(at),
                _ => throw new InvalidOperationException($"NpyHeader let the type {header.Type} pass."),
            };
        }
    }

    /// <summary>Reads a <c>.npy</c> file.</summary>
    /// <exception cref="DatasetException">It is missing, damaged, truncated, too long, or of a type that is not read.</exception>
    public static NpyArray ReadFile(string path)
    {
        using DataFileReader file = DataFileReader.Open(path);
        return Read(file);
    }

    /// <summary>Reads one array that fills <paramref name="file"/> to the end.</summary>
    /// <inheritdoc cref="ReadFile"/>
    public static NpyArray Read(DataFileReader file)
    {
        NpyHeader header = NpyHeader.Read(file);
        string what = $"{string.Join(" x ", header.Dimensions)} elements of type {header.Type}";
        byte[] raw = file.ReadBytes((long)UInt128.Min(header.TotalBytes, long.MaxValue), what);
        file.ExpectEnd(what);
        return new NpyArray(file.File, header, raw);
    }
}
