using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SparseNas.Networks;

namespace SparseNas.Quantization.Storage;

/// <summary>
/// An integer network as JSON that people can compare line by line: a study stores the very network whose error it measured and deployment
/// reads it back. The checksum is the SHA-256 of the <c>content</c> object's text with LF line ends. Zero points of inputs stand once, in
/// the format of the tensor that is read.
/// </summary>
/// <example><code>
/// QuantizedNetworkFile.Save("trial-17.int.json", network);
/// QuantizedNetwork same = QuantizedNetworkFile.Load("trial-17.int.json");
/// </code></example>
public static class QuantizedNetworkFile
{
    /// <summary>The version that <see cref="Save"/> writes and <see cref="Load"/> reads.</summary>
    public const int Version = 1;

    private const string Format = "sparsenas-integer-network";

    /// <summary>Writes <paramref name="network"/> atomically: the file is complete or as it was before.</summary>
    /// <exception cref="QuantizedNetworkException">The network breaks a law.</exception>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void Save(string path, QuantizedNetwork network)
    {
        byte[] text = Encoding.UTF8.GetBytes(Write(network));
        AtomicFile.Write(path, stream => stream.Write(text));
    }

    /// <summary>Reads a file and checks every range.</summary>
    /// <exception cref="QuantizedNetworkException">
    /// The file is damaged, of another version or breaks a law; every mistake is listed with its JSON path or operator, law and values.
    /// </exception>
    public static QuantizedNetwork Load(string path) => Read(File.ReadAllText(path), path);

    /// <summary>The file's text, LF line ends, the same for the same network.</summary>
    /// <exception cref="QuantizedNetworkException">The network breaks a law.</exception>
    public static string Write(QuantizedNetwork network)
    {
        QuantizedNetworkLaws.Check(network, network.Graph.Architecture.Name);
        string content = QuantizedNetworkText.Write(network);
        return $$"""
            {
              "format": "{{Format}}",
              "version": {{Version}},
              "sha256": "{{Checksum(content)}}",
              "content": {{content}}
            }

            """.ReplaceLineEndings("\n");
    }

    /// <summary>Reads the file's text; <paramref name="name"/> stands in messages.</summary>
    /// <exception cref="QuantizedNetworkException">See <see cref="Load"/>.</exception>
    public static QuantizedNetwork Read(string text, string name)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return Read(document.RootElement, name);
        }
        catch (JsonException mistake)
        {
            throw new QuantizedNetworkException(
                name, [$"line {mistake.LineNumber + 1}, byte {mistake.BytePositionInLine + 1}: not JSON: {mistake.Message}"]);
        }
        catch (ArchitectureException mistake)
        {
            throw new QuantizedNetworkException(name, mistake.Problems);
        }
    }

    private static QuantizedNetwork Read(JsonElement root, string name)
    {
        List<string> problems = [];
        StrictJsonObject fields = StrictJsonObject.Open(root, "$", problems) ?? throw new QuantizedNetworkException(name, [.. problems]);
        if (fields.Text("format") is { } format && format != Format) fields.Report("format", $"must be '{Format}', but is '{format}'");
        if (fields.Integer("version") is { } version && version != Version)
            fields.Report("version", $"must be {Version}, but is {version}");
        string? checksum = fields.Text("sha256");
        JsonElement? content = fields.Required("content");
        fields.RejectUnknown();
        if (problems.Count > 0) throw new QuantizedNetworkException(name, [.. problems]);
        string actual = Checksum(content!.Value.GetRawText().ReplaceLineEndings("\n"));
        if (checksum != actual)
        {
            throw new QuantizedNetworkException(name,
                [$"$.sha256: the content's checksum is {actual}, but the file says {checksum}: it was changed or damaged"]);
        }

        QuantizedNetwork? network = QuantizedNetworkText.Read(content.Value, "$.content", problems);
        if (network is null || problems.Count > 0) throw new QuantizedNetworkException(name, [.. problems]);
        QuantizedNetworkLaws.Check(network, name);
        return network;
    }

    private static string Checksum(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
}
