using System.Text.Json;

namespace SparseNas.Networks;

/// <summary>
/// Reads one JSON object strictly: a missing key, a value of the wrong type, a duplicate and an unknown key each become one problem that
/// names its JSON path, and reading goes on, so that one report holds every mistake of a file.
/// </summary>
/// <example><code>
/// List&lt;string&gt; problems = [];
/// if (StrictJsonObject.Open(element, "$", problems) is { } fields)
/// {
///     int? classes = fields.Integer("classes");
///     fields.RejectUnknown();
/// }
/// </code></example>
public sealed class StrictJsonObject
{
    private readonly Dictionary<string, JsonElement> values = [];
    private readonly SortedSet<string> known = new(StringComparer.Ordinal);
    private readonly List<string> problems;

    private StrictJsonObject(string path, List<string> problems)
    {
        Path = path;
        this.problems = problems;
    }

    /// <summary>JSON path of the object, such as <c>$.layers[2]</c>.</summary>
    public string Path { get; }

    /// <summary>Opens <paramref name="element"/>; null, with a problem, when it is not an object.</summary>
    /// <param name="element">The value to read.</param>
    /// <param name="path">Its JSON path.</param>
    /// <param name="problems">Takes one sentence per mistake.</param>
    public static StrictJsonObject? Open(JsonElement element, string path, List<string> problems)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            problems.Add($"{path}: an object is needed, but got {Describe(element)}");
            return null;
        }

        var result = new StrictJsonObject(path, problems);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!result.values.TryAdd(property.Name, property.Value)) problems.Add($"{path}.{property.Name}: the key appears twice");
        }

        return result;
    }

    /// <summary>Whether <paramref name="key"/> is there.</summary>
    public bool Has(string key) => values.ContainsKey(key);

    /// <summary>The raw value of <paramref name="key"/>; null, with a problem, when a required key is missing.</summary>
    public JsonElement? Required(string key)
    {
        if (Optional(key) is { } value) return value;
        problems.Add($"{Path}: '{key}' is missing");
        return null;
    }

    /// <summary>The raw value of <paramref name="key"/>, or null when it is not there.</summary>
    public JsonElement? Optional(string key)
    {
        known.Add(key);
        return values.TryGetValue(key, out JsonElement value) ? value : null;
    }

    /// <summary>A whole number within 32 bits; a key without <paramref name="otherwise"/> is required.</summary>
    public int? Integer(string key, int? otherwise = null)
    {
        if (otherwise is not null && !Has(key)) return Known(key, otherwise);
        return Required(key) is not { } value ? null
            : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number
            : Wrong<int?>(key, "a whole number", value);
    }

    /// <summary>A text; a key without <paramref name="otherwise"/> is required.</summary>
    public string? Text(string key, string? otherwise = null)
    {
        if (otherwise is not null && !Has(key)) return Known(key, otherwise);
        return Required(key) is not { } value ? null
            : value.ValueKind == JsonValueKind.String ? value.GetString() : Wrong<string?>(key, "a text", value);
    }

    /// <summary>True or false; a missing key is <paramref name="otherwise"/>.</summary>
    public bool? Flag(string key, bool otherwise) =>
        Optional(key) is not { } value ? otherwise
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : Wrong<bool?>(key, "true or false", value);

    /// <summary>An array of whole numbers; required.</summary>
    /// <param name="key">The key.</param>
    /// <param name="count">How many there must be; null for any number of them.</param>
    public int[]? Integers(string key, int? count = null)
    {
        if (Required(key) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Array && (count is null || value.GetArrayLength() == count))
        {
            int[] numbers = [.. value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Number)
                .Select(item => item.TryGetInt32(out int number) ? (int?)number : null).OfType<int>()];
            if (numbers.Length == value.GetArrayLength()) return numbers;
        }

        return Wrong<int[]?>(key, count is null ? "an array of whole numbers" : $"an array of {count} whole numbers", value);
    }

    /// <summary>Adds one problem at <paramref name="key"/> of this object.</summary>
    public void Report(string key, string problem) => problems.Add($"{Path}.{key}: {problem}");

    /// <summary>Call last: every key that was never asked for is a problem that lists the keys that exist.</summary>
    public void RejectUnknown()
    {
        foreach (string key in values.Keys.Where(key => !known.Contains(key)))
        {
            problems.Add($"{Path}.{key}: unknown key; known here: {string.Join(", ", known)}");
        }
    }

    private T Known<T>(string key, T value)
    {
        known.Add(key);
        return value;
    }

    private T? Wrong<T>(string key, string needed, JsonElement value)
    {
        Report(key, $"{needed} is needed, but got {Describe(value)}");
        return default;
    }

    private static string Describe(JsonElement element)
    {
        string text = element.GetRawText().ReplaceLineEndings(" ");
        return text.Length <= 40 ? text : text[..37] + "...";
    }
}
