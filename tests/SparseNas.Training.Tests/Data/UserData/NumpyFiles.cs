using System.IO.Compression;
using System.Text;

namespace SparseNas.Training.Tests.Data.UserData;

/// <summary>Writes arrays as numpy.save and numpy.savez do.</summary>
internal static class NumpyFiles
{
    public static byte[] Npy(string descr, string shape, byte[] elements, int version = 1, string fortran = "False")
    {
        string header = $"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}";
        int prefixBytes = version == 1 ? 10 : 12;
        header = header.PadRight((((prefixBytes + header.Length) / 64) + 1) * 64 - prefixBytes - 1) + "\n";
        byte[] length = version == 1 ? BitConverter.GetBytes((ushort)header.Length) : BitConverter.GetBytes(header.Length);
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. Encoding.Latin1.GetBytes(header), .. elements];
    }

    public static byte[] Npz(CompressionLevel level, params (string Key, byte[] Npy)[] arrays)
    {
        using var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create))
        {
            foreach ((string key, byte[] npy) in arrays)
            {
                using Stream entry = archive.CreateEntry(key + ".npy", level).Open();
                entry.Write(npy);
            }
        }

        return packed.ToArray();
    }
}
