using System.Text.Json;
using System.Text.Json.Serialization;

namespace SparseNas.Search;

/// <summary>A trial as one line of JSON. Numbers are written so that reading gives the same bits.</summary>
public static class TrialJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
        PropertyNameCaseInsensitive = false,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>The trial on one line.</summary>
    public static byte[] Write(Trial trial) => JsonSerializer.SerializeToUtf8Bytes(trial, Options);

    /// <summary>The trial of a line.</summary>
    /// <exception cref="JsonException">The text is no trial.</exception>
    public static Trial Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<Trial>(json, Options) ?? throw new JsonException("A trial is needed, but got null.");

    /// <summary>A candidate as JSON, for people and tools.</summary>
    public static string Write(Candidate candidate) => JsonSerializer.Serialize(candidate, Options);
}
