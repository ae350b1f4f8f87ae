using System.Reflection.Metadata;

namespace SparseNas.Simulator.Loading;

/// <summary>
/// The signature table: signatures and array initialisers one after the other. Bytes that already occur anywhere in the table are not
/// added again, wherever they come from (nanoSignaturesTable.cs, GetOrCreateSignatureIdImpl).
/// </summary>
internal sealed class ImageSignatures(MetadataReader metadata, List<TypeReferenceHandle> typeRefs, List<TypeDefinitionHandle> typeDefs)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private byte[] _table = new byte[256];

    /// <summary>Size of the table.</summary>
    public int Bytes { get; private set; }

    public void AddField(BlobHandle signature)
    {
        BlobReader reader = metadata.GetBlobReader(signature);
        List<byte> bytes = [0x06];
        _ = reader.ReadSignatureHeader();
        AppendType(ref reader, bytes);
        Add(bytes);
    }

    public void AddMethod(BlobHandle signature)
    {
        BlobReader reader = metadata.GetBlobReader(signature);
        SignatureHeader header = reader.ReadSignatureHeader();
        int parameters = reader.ReadCompressedInteger();
        List<byte> bytes = [(byte)(header.IsInstance ? 0x20 : 0), (byte)parameters];
        for (int i = 0; i <= parameters; i++) AppendType(ref reader, bytes);
        Add(bytes);
    }

    public void AddLocals(BlobHandle signature)
    {
        BlobReader reader = metadata.GetBlobReader(signature);
        _ = reader.ReadSignatureHeader();
        int locals = reader.ReadCompressedInteger();
        List<byte> bytes = [];
        for (int i = 0; i < locals; i++) AppendType(ref reader, bytes);
        if (locals > 0) Add(bytes);
    }

    public void AddTypeSpec(BlobHandle signature)
    {
        BlobReader reader = metadata.GetBlobReader(signature);
        List<byte> bytes = [];
        AppendType(ref reader, bytes);
        Add(bytes);
    }

    public void AddInterfaces(List<EntityHandle> interfaces)
    {
        if (interfaces.Count == 0) return;
        List<byte> bytes = [(byte)interfaces.Count];
        foreach (EntityHandle handle in interfaces) AppendToken(handle, bytes);
        Add(bytes);
    }

    /// <summary>A length of two bytes, then the bytes themselves.</summary>
    public void AddInitialiser(ReadOnlySpan<byte> data)
    {
        if (data.Length > 0) Add([(byte)data.Length, (byte)(data.Length >> 8), .. data]);
    }

    private void Add(List<byte> bytes)
    {
        byte[] signature = [.. bytes];
        if (!_known.Add(Convert.ToHexString(signature))) return;

        // The search leaves out the very last place where the bytes could stand, as the metadata processor does.
        int searched = Bytes - 1;
        if (searched >= signature.Length && _table.AsSpan(0, searched).IndexOf(signature) >= 0) return;
        if (Bytes + signature.Length > _table.Length) Array.Resize(ref _table, Math.Max(2 * _table.Length, Bytes + signature.Length));
        signature.CopyTo(_table, Bytes);
        Bytes += signature.Length;
    }

    private void AppendType(ref BlobReader reader, List<byte> bytes, int depth = 0)
    {
        if (depth > 32) throw new DamagedAssemblyException("a signature is nested more than 32 deep");
        SignatureTypeCode code = reader.ReadSignatureTypeCode();
        switch (code)
        {
            case SignatureTypeCode.ByReference:
                bytes.Add(0x14);
                AppendType(ref reader, bytes, depth + 1);
                break;
            case SignatureTypeCode.SZArray:
                bytes.Add(0x13);
                AppendType(ref reader, bytes, depth + 1);
                break;
            case SignatureTypeCode.RequiredModifier or SignatureTypeCode.OptionalModifier:
                _ = reader.ReadTypeHandle();
                AppendType(ref reader, bytes, depth + 1);
                break;
            case SignatureTypeCode.Pinned:
                AppendType(ref reader, bytes, depth + 1);
                break;
            case SignatureTypeCode.TypeHandle:
                reader.Offset--;
                bool isValueType = reader.ReadByte() == (byte)SignatureTypeKind.ValueType;
                bytes.Add((byte)(isValueType ? 0x12 : 0x11));
                AppendToken(reader.ReadTypeHandle(), bytes);
                break;
            default:
                bytes.Add(DataType(code));
                break;
        }
    }

    /// <summary>Numbers of the runtime's data types (nanoCLR_Types.h).</summary>
    private static byte DataType(SignatureTypeCode code) => code switch
    {
        SignatureTypeCode.Void => 0x00,
        SignatureTypeCode.Boolean => 0x01,
        SignatureTypeCode.SByte => 0x02,
        SignatureTypeCode.Byte => 0x03,
        SignatureTypeCode.Char => 0x04,
        SignatureTypeCode.Int16 => 0x05,
        SignatureTypeCode.UInt16 => 0x06,
        SignatureTypeCode.Int32 or SignatureTypeCode.IntPtr => 0x07,
        SignatureTypeCode.UInt32 or SignatureTypeCode.UIntPtr => 0x08,
        SignatureTypeCode.Single => 0x09,
        SignatureTypeCode.Int64 => 0x0A,
        SignatureTypeCode.UInt64 => 0x0B,
        SignatureTypeCode.Double => 0x0C,
        SignatureTypeCode.String => 0x0F,
        SignatureTypeCode.Object => 0x10,
        _ => throw new DamagedAssemblyException($"a signature holds {code}, which nanoFramework 1.x does not have"),
    };

    private void AppendToken(EntityHandle handle, List<byte> bytes)
    {
        uint token = handle.Kind switch
        {
            HandleKind.TypeReference => ((uint)typeRefs.IndexOf((TypeReferenceHandle)handle) << 2) | 1,
            HandleKind.TypeDefinition => (uint)typeDefs.IndexOf((TypeDefinitionHandle)handle) << 2,
            _ => 2,
        };
        if (token <= 0x7F) bytes.Add((byte)token);
        else bytes.AddRange([(byte)((token >> 8) | 0x80), (byte)token]);
    }
}
