using System.Buffers.Binary;

namespace SparseNas.Training.Data.Formats;

/// <summary>
/// The checksum of gzip and zip files: CRC-32 with the reflected polynomial EDB88320 (RFC 1952 section 8). Eight bytes a step with eight
/// tables, as in Kounavis and Berry, "A systematic approach to building high performance software-based CRC generators", 2005.
/// </summary>
internal struct Crc32
{
    private const int BytesPerStep = 8;
    private static readonly uint[] Tables = BuildTables();
    private uint inverted;

    /// <summary>The checksum of the bytes added so far.</summary>
    public readonly uint Value => inverted;

    /// <summary>The checksum of <paramref name="bytes"/>.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = default(Crc32);
        crc.Add(bytes);
        return crc.Value;
    }

    /// <summary>Adds bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~inverted;
        ReadOnlySpan<uint> tables = Tables;
        for (; bytes.Length >= BytesPerStep; bytes = bytes[BytesPerStep..])
        {
            uint low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc, high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = tables[(7 * 256) + (byte)low] ^ tables[(6 * 256) + (byte)(low >> 8)]
                ^ tables[(5 * 256) + (byte)(low >> 16)] ^ tables[(4 * 256) + (int)(low >> 24)]
                ^ tables[(3 * 256) + (byte)high] ^ tables[(2 * 256) + (byte)(high >> 8)]
                ^ tables[256 + (byte)(high >> 16)] ^ tables[(int)(high >> 24)];
        }

        foreach (byte value in bytes) crc = tables[(byte)(crc ^ value)] ^ (crc >> 8);
        inverted = ~crc;
    }

    // Table t at value v is the CRC of v followed by t zero bytes.
    private static uint[] BuildTables()
    {
        var tables = new uint[BytesPerStep * 256];
        for (int value = 0; value < 256; value++)
        {
            uint crc = (uint)value;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            tables[value] = crc;
        }

        for (int entry = 256; entry < tables.Length; entry++) tables[entry] = tables[(byte)tables[entry - 256]] ^ (tables[entry - 256] >> 8);
        return tables;
    }
}
