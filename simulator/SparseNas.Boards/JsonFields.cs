using System.Text.Json;

namespace SparseNas.Boards;

/// <summary>
/// Reads one JSON object field by field and collects every mistake: unknown keys, missing keys, wrong kinds.
/// <see cref="Finish"/> throws one exception that lists them all.
/// </summary>
internal sealed class JsonFields
{
    private readonly JsonElement _object;
    private readonly string _file;
    private readonly string _place;
    private readonly List<string> _errors;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    private JsonFields(JsonElement element, string file, string place, List<string> errors) =>
        (_object, _file, _place, _errors) = (element, file, place, errors);

    public static JsonFields Open(string json, string file)
    {
        try
        {
            JsonElement root = JsonDocument.Parse(json, new JsonDocumentOptions { AllowTrailingCommas = false }).RootElement;
            if (root.ValueKind == JsonValueKind.Object) return new JsonFields(root, file, "", []);
            throw new ConfigurationException(file, [$"the file holds one JSON object, but got {root.ValueKind}"]);
        }
        catch (JsonException e)
        {
            throw new ConfigurationException(file, [$"not valid JSON: {e.Message}"]);
        }
    }

    public bool Has(string key) => Find(key) is not null;

    public void Error(string key, string law) => _errors.Add($"{_place}{key}: {law}");

    public string Text(string key, string otherwise = "")
    {
        string? text = OptionalText(key);
        if (text is null && !Has(key)) Error(key, "is missing");
        return text ?? otherwise;
    }

    public string? OptionalText(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { } value => Wrong<string>(key, "a text", value),
    };

    public double Number(string key)
    {
        double? number = OptionalNumber(key);
        if (number is null && !Has(key)) Error(key, "is missing");
        return number ?? 0;
    }

    public double? OptionalNumber(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value => value.GetDouble(),
        { } value => WrongNumber(key, value),
    };

    public bool? OptionalFlag(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } value => WrongFlag(key, value),
    };

    public IReadOnlyList<string>? OptionalTexts(string key)
    {
        if (Find(key) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
        {
            return [.. value.EnumerateArray().Select(item => item.GetString()!)];
        }

        return Wrong<IReadOnlyList<string>>(key, "a list of texts", value);
    }

    public JsonFields? OptionalObject(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => new JsonFields(value, _file, $"{_place}{key}.", _errors),
        { } value => Wrong<JsonFields>(key, "an object", value),
    };

    /// <summary>Every key of the object with the object below it; a value of another kind is a mistake.</summary>
    public IEnumerable<(string Key, JsonFields Fields)> Objects()
    {
        foreach (JsonProperty property in _object.EnumerateObject())
        {
            if (OptionalObject(property.Name) is { } fields) yield return (property.Name, fields);
        }
    }

    /// <summary>Reports keys nobody asked for (a misspelt key must not be ignored silently).</summary>
    public void RejectUnknown()
    {
        foreach (JsonProperty property in _object.EnumerateObject())
        {
            if (!_asked.Contains(property.Name))
            {
                Error(property.Name, $"is not a known key; known here: {string.Join(", ", _asked.Order(StringComparer.Ordinal))}");
            }
        }
    }

    /// <summary>Throws when any mistake was collected, here or in an object below.</summary>
    public void Finish()
    {
        RejectUnknown();
        if (_errors.Count > 0) throw new ConfigurationException(_file, _errors);
    }

    private JsonElement? Find(string key)
    {
        _asked.Add(key);
        return _object.TryGetProperty(key, out JsonElement value) ? value : null;
    }

    private T? Wrong<T>(string key, string expected, JsonElement got)
        where T : class
    {
        Error(key, $"must be {expected}, but got {got.ValueKind}");
        return null;
    }

    private double? WrongNumber(string key, JsonElement got)
    {
        Error(key, $"must be a number, but got {got.ValueKind}");
        return null;
    }

    private bool? WrongFlag(string key, JsonElement got)
    {
        Error(key, $"must be true or false, but got {got.ValueKind}");
        return null;
    }
}
