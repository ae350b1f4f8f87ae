using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SparseNas.Training.Data.Formats;

/// <summary>
/// What precedes the elements of a NumPy array: <c>93 4E 55 4D 50 59</c>, version 1 to 3, the header's length and a Python dictionary with
/// <c>descr</c>, <c>fortran_order</c> and <c>shape</c>. Source: numpy.lib.format, "Format Version 1.0" to "3.0".
/// </summary>
/// <param name="Type">Kind and size of an element: <c>u1</c>, <c>f4</c>…</param>
/// <param name="IsBigEndian">Byte order of elements of several bytes.</param>
/// <param name="Dimensions">Extents, outermost first; at least one, each at least 1.</param>
internal sealed partial record NpyHeader(string Type, bool IsBigEndian, ImmutableArray<int> Dimensions)
{
    private const int LargestHeaderBytes = 1 << 16;
    private const int MostDimensions = 8;
    private const string KnownTypes = "b1, u1, u2, u4, u8, i1, i2, i4, i8, f2, f4 or f8";

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Bytes of one element.</summary>
    public int ElementBytes => Type[1] - '0';

    /// <summary>Bytes of all elements; may be absurd.</summary>
    public UInt128 TotalBytes => Dimensions.Aggregate((UInt128)ElementBytes, (product, extent) => product * (UInt128)extent);

    /// <summary>Reads the header at the start of <paramref name="file"/>.</summary>
    /// <exception cref="DatasetException">It is damaged, or describes elements that are not read here.</exception>
    public static NpyHeader Read(DataFileReader file)
    {
        byte[] start = file.ReadBytes(Magic.Length + 2, "the start of a NumPy array");
        if (!start.AsSpan(0, Magic.Length).SequenceEqual(Magic))
        {
            throw new DatasetException(
                file.File, 0, "a NumPy array begins with 93 'NUMPY'", Convert.ToHexString(Magic), Convert.ToHexString(start.AsSpan(0, Magic.Length)));
        }

        byte version = start[Magic.Length];
        if (version is < 1 or > 3) throw new DatasetException(file.File, Magic.Length, "the version of the format is known", "1, 2 or 3", $"{version}");
        long lengthBytes = version == 1
            ? BinaryPrimitives.ReadUInt16LittleEndian(file.ReadBytes(sizeof(ushort), "the header's length"))
            : BinaryPrimitives.ReadUInt32LittleEndian(file.ReadBytes(sizeof(uint), "the header's length"));
        if (lengthBytes > LargestHeaderBytes) throw file.Broken("the header has a bounded size", $"at most {LargestHeaderBytes} bytes", $"{lengthBytes}");
        long offset = file.OffsetBytes;
        return Parse(file.File, offset, Encoding.Latin1.GetString(file.ReadBytes(lengthBytes, "the header")));
    }

    private static NpyHeader Parse(string file, long offset, string header)
    {
        DatasetException Broken(string law, string expected, string found) =>
            new(file, offset, law, expected, found.Length <= 120 ? found.Trim() : found[..120] + "…");

        Match type = TypePattern().Match(header);
        if (!type.Success) throw Broken("the header's descr is a simple type", $"< or > and {KnownTypes}", header);
        Match shape = ShapePattern().Match(header);
        if (!shape.Success) throw Broken("the header has a shape", "'shape': (…)", header);
        string[] extents = shape.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (extents.Length is 0 or > MostDimensions) throw Broken("an array has dimensions", $"1..{MostDimensions}", shape.Value);
        var dimensions = new int[extents.Length];
        for (int dimension = 0; dimension < dimensions.Length; dimension++)
        {
            if (!int.TryParse(extents[dimension], NumberStyles.None, CultureInfo.InvariantCulture, out dimensions[dimension]) || dimensions[dimension] == 0)
                throw Broken($"dimension {dimension + 1} is a positive 32-bit number", $"1..{int.MaxValue}", extents[dimension]);
        }

        if (dimensions.Length > 1 && !COrderPattern().IsMatch(header)) throw Broken("the elements are in C order", "'fortran_order': False", header);
        return new NpyHeader(type.Groups[2].Value, type.Groups[1].Value == ">", [.. dimensions]);
    }

    [GeneratedRegex("'descr': *'([<>|=])(b1|u[1248]|i[1248]|f[248])'")]
    private static partial Regex TypePattern();

    [GeneratedRegex("'shape': *\\(([^)]*)\\)")]
    private static partial Regex ShapePattern();

    [GeneratedRegex("'fortran_order': *False")]
    private static partial Regex COrderPattern();
}
