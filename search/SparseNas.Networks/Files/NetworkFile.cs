using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace SparseNas.Networks;

/// <summary>
/// A trained network in one file: architecture, weights and masks. Little-endian layout:
/// 8 bytes "SPARSNET" · int32 version · int32 n · n bytes of <see cref="ArchitectureJson"/> · for each layer with weights in node order:
/// kernel as float32 weights, float32 biases, one byte that is 1 when a mask of ⌈weights/8⌉ bytes follows (bit i of byte i/8, lowest first);
/// batch norm as float32 gamma, beta, mean, variance · SHA-256 of everything before it.
/// </summary>
/// <example><code>
/// NetworkFile.Save("trial-17.network", network);
/// Network same = NetworkFile.Load("trial-17.network");
/// </code></example>
public static class NetworkFile
{
    /// <summary>The version that <see cref="Save"/> writes and <see cref="Load"/> reads.</summary>
    public const int Version = 1;

    private const int HeaderBytes = 16;

    private static ReadOnlySpan<byte> Magic => "SPARSNET"u8;

    /// <summary>Writes <paramref name="network"/> atomically: the file is complete or as it was before.</summary>
    public static void Save(string path, Network network) => AtomicFile.Write(path, stream => stream.Write(ToBytes(network)));

    /// <summary>Reads a network file.</summary>
    /// <exception cref="InvalidDataException">The file is not a network file, is damaged or breaks a law; the message names file, place and law.</exception>
    public static Network Load(string path) => FromBytes(File.ReadAllBytes(path), path);

    /// <summary>The bytes of the file.</summary>
    public static byte[] ToBytes(Network network)
    {
        using var stream = new MemoryStream();
        Span<byte> number = stackalloc byte[4];
        stream.Write(Magic);
        byte[] architecture = Encoding.UTF8.GetBytes(ArchitectureJson.WriteLine(network.Architecture));
        foreach (int value in (ReadOnlySpan<int>)[Version, architecture.Length])
        {
            BinaryPrimitives.WriteInt32LittleEndian(number, value);
            stream.Write(number);
        }

        stream.Write(architecture);
        foreach (LayerWeights? layer in network.Layers) WriteLayer(stream, layer);
        stream.Write(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        return stream.ToArray();
    }

    /// <summary>Reads the bytes of a network file; <paramref name="name"/> stands in messages.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a network file, are damaged or break a law.</exception>
    public static Network FromBytes(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.Length < HeaderBytes + SHA256.HashSizeInBytes || !bytes.StartsWith(Magic))
        {
            throw Damaged(name, 0, "a network file begins with SPARSNET and holds at least 48 bytes");
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        if (version != Version) throw Damaged(name, 8, $"version {Version} is needed, but the file has {version}");
        ReadOnlySpan<byte> content = bytes[..^SHA256.HashSizeInBytes];
        if (!SHA256.HashData(content).AsSpan().SequenceEqual(bytes[^SHA256.HashSizeInBytes..]))
        {
            throw Damaged(name, content.Length, "the checksum does not match: the file is truncated or damaged");
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        if (length < 0 || length > content.Length - HeaderBytes) throw Damaged(name, 12, $"an architecture of {length} bytes does not fit");
        try
        {
            Architecture architecture = ArchitectureJson.Read(Encoding.UTF8.GetString(content.Slice(HeaderBytes, length)));
            var reader = new Reader(content, HeaderBytes + length, name);
            var layers = ImmutableArray.CreateBuilder<LayerWeights?>();
            for (int index = 0; index < architecture.Nodes.Length; index++) layers.Add(reader.Layer(ParameterCount.Of(architecture, index)));
            reader.ExpectEnd();
            return new Network(architecture, layers.ToImmutable());
        }
        catch (Exception broken) when (broken is ArchitectureException or ArgumentException)
        {
            throw new InvalidDataException($"Network file '{name}': {broken.Message}", broken);
        }
    }

    private static void WriteLayer(Stream stream, LayerWeights? layer)
    {
        switch (layer)
        {
            case KernelWeights kernel:
                WriteFloats(stream, kernel.Weights);
                WriteFloats(stream, kernel.Biases);
                stream.WriteByte(kernel.Mask.IsEmpty ? (byte)0 : (byte)1);
                stream.Write(Pack(kernel.Mask));
                return;
            case BatchNormWeights norm:
                foreach (ImmutableArray<float> values in (ReadOnlySpan<ImmutableArray<float>>)[norm.Gamma, norm.Beta, norm.Mean, norm.Variance])
                {
                    WriteFloats(stream, values);
                }

                return;
        }
    }

    private static void WriteFloats(Stream stream, ImmutableArray<float> values)
    {
        Span<byte> number = stackalloc byte[4];
        foreach (float value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(number, value);
            stream.Write(number);
        }
    }

    private static byte[] Pack(ImmutableArray<bool> mask)
    {
        var packed = new byte[(mask.Length + 7) / 8];
        for (int index = 0; index < mask.Length; index++) packed[index / 8] |= (byte)((mask[index] ? 1 : 0) << (index % 8));
        return packed;
    }

    private static InvalidDataException Damaged(string name, int offset, string law) => new($"Network file '{name}', byte {offset}: {law}.");

    private ref struct Reader(ReadOnlySpan<byte> content, int offset, string name)
    {
        private readonly ReadOnlySpan<byte> content = content;
        private int offset = offset;

        public LayerWeights? Layer(ParameterCount count)
        {
            if (count.BatchNormChannels is > 0 and var channels)
            {
                return new BatchNormWeights(Floats(channels), Floats(channels), Floats(channels), Floats(channels));
            }

            return count.Weights == 0 ? null : new KernelWeights(Floats(count.Weights), Floats(count.Biases), Mask(count.Weights));
        }

        public readonly void ExpectEnd()
        {
            if (offset != content.Length) throw Damaged(name, offset, $"{content.Length - offset} bytes follow the last layer");
        }

        private ImmutableArray<float> Floats(int count)
        {
            ReadOnlySpan<byte> bytes = Take(checked(count * 4));
            var values = new float[count];
            for (int index = 0; index < count; index++) values[index] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(index * 4)..]);
            return ImmutableCollectionsMarshal.AsImmutableArray(values);
        }

        private ImmutableArray<bool> Mask(int count)
        {
            byte flag = Take(1)[0];
            if (flag > 1) throw Damaged(name, offset - 1, $"a mask flag is 0 or 1, but is {flag}");
            if (flag == 0) return [];
            ReadOnlySpan<byte> packed = Take((count + 7) / 8);
            var mask = new bool[count];
            for (int index = 0; index < count; index++) mask[index] = (packed[index / 8] >> (index % 8) & 1) == 1;
            return ImmutableCollectionsMarshal.AsImmutableArray(mask);
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count > content.Length - offset) throw Damaged(name, offset, $"{count} bytes are needed, but {content.Length - offset} are left");
            offset += count;
            return content.Slice(offset - count, count);
        }
    }
}
