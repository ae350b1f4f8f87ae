using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Resources;

namespace SparseNas.Simulator.Loading;

/// <summary>One entry of a resource file: bytes that stay in flash.</summary>
/// <param name="Id">What the program names it by: a hash of its name (nanoResourcesTable.cs, GenerateIdFromResourceName).</param>
/// <param name="IsText">A text, with its terminating zero, in contrast to plain bytes.</param>
/// <param name="Data">The bytes as they lie in the image.</param>
internal sealed record ResourceEntry(short Id, bool IsText, byte[] Data);

/// <summary>
/// An embedded <c>.resources</c> stream as the metadata processor takes it over (nanoResourcesTable.cs): entries sorted by id, byte arrays
/// without their length, texts with a zero at the end. Bitmaps and fonts are not modelled: they count as plain bytes.
/// </summary>
/// <param name="Name">Name in the image: the stream's name with the extension <c>.nanoresources</c>.</param>
/// <param name="Entries">The entries in the order of the image.</param>
internal sealed record ResourceFile(string Name, IReadOnlyList<ResourceEntry> Entries)
{
    /// <summary>Reads a stream that the compiler embedded.</summary>
    /// <param name="manifestName">Its name in the assembly.</param>
    /// <param name="bytes">The stream.</param>
    /// <exception cref="DamagedAssemblyException">It is no resource stream, or two entries have the same id.</exception>
    public static ResourceFile Read(string manifestName, ImmutableArray<byte> bytes)
    {
        string name = Path.ChangeExtension(manifestName, ".nanoresources");
        SortedDictionary<short, ResourceEntry> entries = [];
        try
        {
            using ResourceReader reader = new(new MemoryStream([.. bytes], writable: false));
            System.Collections.IDictionaryEnumerator names = reader.GetEnumerator();
            while (names.MoveNext())
            {
                string key = (string)names.Key;
                reader.GetResourceData(key, out string type, out byte[] data);
                short id = IdOf(key);
                if (!entries.TryAdd(id, EntryOf(id, type, data))) throw new DamagedAssemblyException($"{manifestName}: two resources have the id {id}, the second is '{key}': rename one");
            }
        }
        catch (Exception e) when (AssemblyImage.IsDamage(e))
        {
            throw new DamagedAssemblyException($"{manifestName}: not a .resources stream, which is all that the metadata processor embeds: {e.Message}", e);
        }

        return new ResourceFile(name, [.. entries.Values]);
    }

    /// <summary>The id that the metadata processor gives a name.</summary>
    /// <param name="name">Name of a resource.</param>
    /// <returns>The id.</returns>
    public static short IdOf(string name)
    {
        unchecked
        {
            int even = (5381 << 16) + 5381, odd = even;
            for (int i = 0; i < name.Length; i++)
            {
                if (i % 2 == 0) even = ((even << 5) + even) ^ name[i];
                else odd = ((odd << 5) + odd) ^ name[i];
            }

            int hash = even + (odd * 1566083941);
            return (short)((short)(hash >> 16) ^ (short)hash);
        }
    }

    private static ResourceEntry EntryOf(short id, string type, byte[] data)
    {
        if (type.EndsWith(".String", StringComparison.Ordinal))
        {
            int prefix = data.Length > 0 && data[0] >= 0x7F ? 2 : 1;
            return new ResourceEntry(id, true, [.. data.Skip(prefix), 0]);
        }

        if (data.Length < 4 || BinaryPrimitives.ReadInt32LittleEndian(data) != data.Length - 4) throw new FormatException($"resource {id} of type {type} is neither text nor a byte array");
        return new ResourceEntry(id, false, data[4..]);
    }
}
