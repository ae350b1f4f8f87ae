using System.Collections.Immutable;
using System.Resources;

namespace SparseNas.Codegen.Compilation;

/// <summary>Named bytes that stay in flash and are read in chunks.</summary>
/// <param name="Name">Identifier.</param>
/// <param name="Bytes">Content.</param>
public sealed record ResourceEntry(string Name, ImmutableArray<byte> Bytes)
{
    /// <summary>
    /// The number by which a program asks for the entry: the metadata processor's hash of the name (nanoResourcesTable.cs,
    /// GenerateIdFromResourceName: two interleaved hashes after Bernstein, folded to 16 bits).
    /// </summary>
    public short Id
    {
        get
        {
            unchecked
            {
                int even = (5381 << 16) + 5381, odd = even;
                for (int index = 0; index < Name.Length; index++)
                {
                    if (index % 2 == 0) even = ((even << 5) + even) ^ Name[index];
                    else odd = ((odd << 5) + odd) ^ Name[index];
                }

                int hash = even + (odd * 1566083941);
                return (short)((short)(hash >> 16) ^ (short)hash);
            }
        }
    }
}

/// <summary>A resource file of a device assembly.</summary>
/// <param name="BaseName">What <c>new ResourceManager(baseName, assembly)</c> names.</param>
/// <param name="Entries">In order.</param>
public sealed record ResourceFile(string BaseName, ImmutableArray<ResourceEntry> Entries)
{
    /// <summary>Name in the assembly's manifest; the metadata processor makes it <c>BaseName.nanoresources</c>.</summary>
    public string ManifestName => BaseName + ".resources";

    /// <summary>The file as the C# compiler embeds it, in the ordinary .NET format that the metadata processor reads.</summary>
    public MemoryStream ToStream()
    {
        var bytes = new MemoryStream();
        var writer = new ResourceWriter(bytes);   // disposing it would close the stream
        foreach (ResourceEntry entry in Entries) writer.AddResource(entry.Name, entry.Bytes.ToArray());
        writer.Generate();
        bytes.Position = 0;
        return bytes;
    }
}
