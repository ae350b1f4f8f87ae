using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SparseNas.Training.Data.Catalog;

/// <summary>A dataset that the catalogue knows by name: what it is, who gives it under which terms, and which files it consists of.</summary>
/// <param name="Name">Name in studies and on the command line, also the name of its folder.</param>
/// <param name="Title">What it is, for people.</param>
/// <param name="Shape">Height, width and channels of one sample.</param>
/// <param name="TrainCount">Samples to learn from, when all files are there.</param>
/// <param name="TestCount">Samples to test with, when all files are there.</param>
/// <param name="ClassNames">One name per class, in the order of the labels.</param>
/// <param name="Licence">Terms of use as its givers state them.</param>
/// <param name="Homepage">Page of its givers, or empty.</param>
/// <param name="Citation">What to cite, or empty.</param>
/// <param name="WhenRecognised">What the files are when all that are there have the known checksums.</param>
/// <param name="Files">Known files with their checksums.</param>
/// <param name="FilesOf">The dataset whose files it uses, or null for its own.</param>
/// <param name="Archive">The archive that holds its files at its public home, or null when the files are offered one by one or not at all.</param>
public sealed record DatasetFacts(
    string Name,
    string Title,
    ImmutableArray<int> Shape,
    int TrainCount,
    int TestCount,
    ImmutableArray<string> ClassNames,
    string Licence,
    string Homepage,
    string Citation,
    string WhenRecognised,
    ImmutableArray<KnownFile> Files,
    string? FilesOf = null,
    KnownArchive? Archive = null)
{
    private static readonly Lazy<ImmutableArray<DatasetFacts>> Table = new(Read);

    /// <summary>All datasets that are known by name, in the order in which they are listed to people.</summary>
    public static ImmutableArray<DatasetFacts> All => Table.Value;

    /// <summary>The facts of one dataset.</summary>
    /// <exception cref="DatasetException">The name is not known.</exception>
    public static DatasetFacts Of(string name) =>
        All.FirstOrDefault(facts => facts.Name == name)
        ?? throw new DatasetException(null, $"There is no dataset named '{name}'; known are {string.Join(", ", All.Select(facts => facts.Name))}.");

    /// <summary>The facts that list this dataset's files: its own, or those of <see cref="FilesOf"/>.</summary>
    [JsonIgnore]
    public DatasetFacts FileFacts => FilesOf is null ? this : Of(FilesOf);

    private static ImmutableArray<DatasetFacts> Read()
    {
        using Stream table = typeof(DatasetFacts).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"The assembly must embed {ResourceName}.");
        return JsonSerializer.Deserialize<ImmutableArray<DatasetFacts>>(table, JsonSerializerOptions.Web);
    }

    private const string ResourceName = "SparseNas.Training.Data.Catalog.datasets.json";
}

/// <summary>One file whose content is known.</summary>
/// <param name="Path">Below the data folder, with slashes.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Sha256">SHA-256, 64 lower-case hexadecimal digits.</param>
/// <param name="What">What a file with this checksum is: <c>original</c>, or how it differs from the original.</param>
/// <param name="Url">Where its givers or a mirror named by them offer it, or null.</param>
public sealed record KnownFile(string Path, long Bytes, string Sha256, string What, string? Url = null);

/// <summary>An archive (tar, gzip) at the public home of a dataset.</summary>
/// <param name="Url">Where it is.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Sha256">SHA-256, 64 lower-case hexadecimal digits.</param>
/// <param name="Members">Names inside the archive, each with its place below the data folder.</param>
public sealed record KnownArchive(string Url, long Bytes, string Sha256, ImmutableDictionary<string, string> Members);
