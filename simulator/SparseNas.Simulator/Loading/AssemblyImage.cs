using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace SparseNas.Simulator.Loading;

/// <summary>The bytes of one assembly with their metadata reader, and the tables that bind its tokens.</summary>
internal sealed class AssemblyImage
{
    private readonly PEReader _pe;

    private AssemblyImage(PEReader pe, MetadataReader metadata)
    {
        _pe = pe;
        Metadata = metadata;
        Name = MetadataNames.Assembly(metadata);
    }

    public MetadataReader Metadata { get; }

    public string Name { get; }

    public Dictionary<TypeDefinitionHandle, DeviceType> Types { get; } = [];

    public Dictionary<MethodDefinitionHandle, DeviceMethod> Methods { get; } = [];

    public Dictionary<FieldDefinitionHandle, StaticField> Statics { get; } = [];

    public Dictionary<FieldDefinitionHandle, InstanceField> Fields { get; } = [];

    /// <summary>What a token was bound to: a type, field or method; bound once.</summary>
    public Dictionary<EntityHandle, object> Bound { get; } = [];

    /// <summary>What the assembly becomes on the device; worked out once, when it is loaded.</summary>
    public ImageFacts Facts { get; set; } = new("", new Dictionary<string, int>(), 0, 0, 0, 0, 0);

    /// <summary>Types in the order of the image, which is the order of their static constructors.</summary>
    public IReadOnlyList<TypeDefinitionHandle> TypeOrder { get; set; } = [];

    /// <summary>Source lines of its instructions, when its symbols were given.</summary>
    public LineTable? Lines { get; set; }

    /// <summary>Its embedded resource files.</summary>
    public List<ResourceFile> Resources { get; } = [];

    /// <summary>The program's entry point, or nil for a library.</summary>
    public MethodDefinitionHandle EntryPoint
    {
        get
        {
            int token = _pe.PEHeaders.CorHeader!.EntryPointTokenOrRelativeVirtualAddress;
            Handle handle = token == 0 ? default : MetadataTokens.Handle(token);
            return handle.Kind == HandleKind.MethodDefinition ? (MethodDefinitionHandle)handle : default;
        }
    }

    public static AssemblyImage Open(ReadOnlyMemory<byte> bytes, string place)
    {
        PEReader? pe = null;
        try
        {
            pe = new PEReader(ImmutableArray.Create(bytes.Span));
            if (!pe.HasMetadata) throw new DamagedAssemblyException($"{place}: holds no .NET metadata");
            return new AssemblyImage(pe, pe.GetMetadataReader());
        }
        catch (Exception e) when (IsDamage(e))
        {
            pe?.Dispose();
            throw new DamagedAssemblyException($"{place}: not a readable .NET assembly: {e.Message}", e);
        }
    }

    /// <summary>What the metadata reader and the code above it throw when an assembly contradicts itself.</summary>
    public static bool IsDamage(Exception e) => e is BadImageFormatException or InvalidOperationException or ArgumentException or OverflowException or IndexOutOfRangeException
        or NullReferenceException or InvalidCastException or KeyNotFoundException or FormatException or IOException or NotSupportedException;

    public MethodBodyBlock Body(MethodDefinition method) => _pe.GetMethodBody(method.RelativeVirtualAddress);

    /// <summary>Initialiser bytes of a field, at most <paramref name="sizeBytes"/>.</summary>
    public ImmutableArray<byte> FieldData(FieldDefinition field, int sizeBytes)
    {
        int rva = field.GetRelativeVirtualAddress();
        if (rva == 0) return default;
        PEMemoryBlock block = _pe.GetSectionData(rva);
        if (block.Length < sizeBytes) throw new DamagedAssemblyException($"{Name}: field data at {rva:x} has {block.Length} bytes, but its type says {sizeBytes}");
        return block.GetContent(0, sizeBytes);
    }

    /// <summary>Reads the embedded resource files.</summary>
    public void ReadResources()
    {
        foreach (ManifestResource resource in Metadata.ManifestResources.Select(Metadata.GetManifestResource))
        {
            if (!resource.Implementation.IsNil) continue;
            PEMemoryBlock all = _pe.GetSectionData(_pe.PEHeaders.CorHeader!.ResourcesDirectory.RelativeVirtualAddress);
            BlobReader reader = all.GetReader((int)resource.Offset, all.Length - (int)resource.Offset);
            Resources.Add(ResourceFile.Read(Metadata.GetString(resource.Name), all.GetContent((int)resource.Offset + 4, reader.ReadInt32())));
        }
    }
}
