using System.Collections.Immutable;
using System.Xml.Linq;
using SparseNas.Codegen.Compilation;

namespace SparseNas.Codegen.Firmware.Files;

/// <summary>
/// A <c>.resx</c> file of byte arrays, each in base64 as the ResX format has it: nanoFramework's build task reads these files with .NET's own
/// <c>ResXResourceReader</c> (GenerateNanoResourceTask), and embeds them under the project's root namespace and the file's name.
/// </summary>
internal static class ResxFile
{
    /// <summary>The root namespace of a project with resources: with the file's name behind it, it is the name by which the program asks.</summary>
    public const string RootNamespace = "SparseNas.Generated";

    private const string ByteArray = "System.Byte[], mscorlib";
    private const string Base64 = "application/x-microsoft.net.object.bytearray.base64";
    private const string Forms = "System.Windows.Forms, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089";

    /// <summary>Name of a resource file below its project's folder.</summary>
    /// <exception cref="ArgumentException">The program asks for it by a name outside of <see cref="RootNamespace"/>.</exception>
    public static string NameOf(ResourceFile resource)
    {
        string prefix = RootNamespace + ".";
        return resource.BaseName.StartsWith(prefix, StringComparison.Ordinal)
            ? resource.BaseName[prefix.Length..] + ".resx"
            : throw new ArgumentException($"A resource file's name begins with '{prefix}', but is '{resource.BaseName}'.", nameof(resource));
    }

    /// <summary>The file.</summary>
    public static ProjectFile For(FirmwareAssembly assembly, ResourceFile resource)
    {
        static XElement Header(string name, string value) => new("resheader", new XAttribute("name", name), new XElement("value", value));
        var root = new XElement(
            "root",
            Header("resmimetype", "text/microsoft-resx"),
            Header("version", "2.0"),
            Header("reader", "System.Resources.ResXResourceReader, " + Forms),
            Header("writer", "System.Resources.ResXResourceWriter, " + Forms),
            resource.Entries.Select(entry => new XElement(
                "data",
                new XAttribute("name", entry.Name),
                new XAttribute("type", ByteArray),
                new XAttribute("mimetype", Base64),
                new XElement("value", Convert.ToBase64String(entry.Bytes.AsSpan())))));
        return new ProjectFile($"{assembly.Name}/{NameOf(resource)}", XmlText.Of(root));
    }

    /// <summary>Reads a file back.</summary>
    /// <param name="name">Its name, such as <c>ModelWeights.resx</c>.</param>
    /// <param name="rootNamespace">The project's.</param>
    /// <param name="text">Its content.</param>
    /// <exception cref="IOException">It is no XML, or an entry is no byte array in base64.</exception>
    public static ResourceFile Read(string name, string rootNamespace, string text)
    {
        try
        {
            return new ResourceFile(
                $"{rootNamespace}.{Path.GetFileNameWithoutExtension(name)}",
                [.. XDocument.Parse(text).Root!.Elements("data").Select(data => new ResourceEntry((string)data.Attribute("name")!, BytesOf(data)))]);
        }
        catch (Exception error) when (error is System.Xml.XmlException or FormatException)
        {
            throw new IOException($"'{name}' cannot be read as resources: {error.Message}", error);
        }
    }

    private static ImmutableArray<byte> BytesOf(XElement data) => (string?)data.Attribute("mimetype") == Base64
        ? [.. Convert.FromBase64String((string)data.Element("value")!)]
        : throw new FormatException($"entry '{(string?)data.Attribute("name")}' is no byte array in base64.");
}
