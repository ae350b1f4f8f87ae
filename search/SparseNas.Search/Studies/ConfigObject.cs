using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace SparseNas.Search;

/// <summary>
/// Strict reading of one JSON object: every key that is asked for is known, every other key is a problem, and problems are collected, never
/// thrown, so that one report names all mistakes of a file. After a problem a value that keeps reading possible is returned.
/// </summary>
internal sealed class ConfigObject
{
    private readonly Dictionary<string, JsonElement> members = [];
    private readonly List<string> known = [];

    public ConfigObject(JsonElement element, string path, List<string> problems)
    {
        Path = path;
        Problems = problems;
        if (element.ValueKind != JsonValueKind.Object)
        {
            if (element.ValueKind != JsonValueKind.Undefined) problems.Add($"{path}: must be an object, but is {Show(element)}");
            return;
        }

        foreach (JsonProperty member in element.EnumerateObject()) members[member.Name] = member.Value;
    }

    public string Path { get; }

    public List<string> Problems { get; }

    public string PathOf(string key) => $"{Path}.{key}";

    public bool Has(string key)
    {
        Remember(key);
        return members.ContainsKey(key);
    }

    public string Text(string key, string? fallback, Func<string, bool> law, string lawText)
    {
        if (!Find(key, fallback is null, out JsonElement element)) return fallback ?? "";
        if (element.ValueKind == JsonValueKind.String && law(element.GetString()!)) return element.GetString()!;
        Problems.Add($"{PathOf(key)}: must be {lawText}, but is {Show(element)}");
        return fallback ?? "";
    }

    public T Choice<T>(string key, T? fallback, IReadOnlyDictionary<string, T> names)
        where T : struct
    {
        if (!Find(key, fallback is null, out JsonElement element)) return fallback ?? default;
        return ReadChoice(element, PathOf(key), names, fallback ?? default);
    }

    public bool Flag(string key, bool fallback)
    {
        if (!Find(key, false, out JsonElement element)) return fallback;
        if (element.ValueKind is JsonValueKind.True or JsonValueKind.False) return element.GetBoolean();
        Problems.Add($"{PathOf(key)}: must be true or false, but is {Show(element)}");
        return fallback;
    }

    public int Integer(string key, int? fallback, int minimum, int maximum)
    {
        if (!Find(key, fallback is null, out JsonElement element)) return fallback ?? minimum;
        return ReadInteger(element, PathOf(key), minimum, maximum) ?? fallback ?? minimum;
    }

    public double Number(string key, double? fallback, double minimum, double maximum)
    {
        if (!Find(key, fallback is null, out JsonElement element)) return fallback ?? minimum;
        return ReadNumber(element, PathOf(key), minimum, maximum) ?? fallback ?? minimum;
    }

    public double? OptionalNumber(string key, double minimum, double maximum) =>
        Find(key, false, out JsonElement element) ? ReadNumber(element, PathOf(key), minimum, maximum) : null;

    /// <summary>One integer, a list of them, or <c>{ "from": 2, "to": 16, "step": 2 }</c>; sorted, without repeats.</summary>
    public ImmutableArray<int> Integers(string key, ImmutableArray<int> fallback, int minimum, int maximum)
    {
        if (!Find(key, false, out JsonElement element)) return fallback;
        List<int> values = [];
        if (element.ValueKind == JsonValueKind.Object)
        {
            var range = new ConfigObject(element, PathOf(key), Problems);
            int from = range.Integer("from", null, minimum, maximum), to = range.Integer("to", null, minimum, maximum);
            int step = range.Integer("step", 1, 1, Math.Max(1, maximum));
            range.RefuseUnknown();
            if (from > to) Problems.Add($"{PathOf(key)}: from <= to must hold, but got from {from} to {to}");
            for (long value = from; value <= to; value += step) values.Add((int)value);
        }
        else
        {
            values.AddRange(Items(element, PathOf(key)).Select(item => ReadInteger(item.Element, item.Path, minimum, maximum) ?? minimum));
        }

        return values.Count == 0 ? fallback : [.. values.Distinct().Order()];
    }

    /// <summary>One name or a list of names, in the order of the file, without repeats.</summary>
    public ImmutableArray<T> Choices<T>(string key, ImmutableArray<T> fallback, IReadOnlyDictionary<string, T> names)
    {
        if (!Find(key, false, out JsonElement element)) return fallback;
        return [.. Items(element, PathOf(key)).Select(item => ReadChoice(item.Element, item.Path, names, fallback[0])).Distinct()];
    }

    /// <summary>true, false or a list of both.</summary>
    public ImmutableArray<bool> Flags(string key, ImmutableArray<bool> fallback)
    {
        if (!Find(key, false, out JsonElement element)) return fallback;
        List<bool> values = [];
        foreach (var (item, path) in Items(element, PathOf(key)))
        {
            if (item.ValueKind is JsonValueKind.True or JsonValueKind.False) values.Add(item.GetBoolean());
            else Problems.Add($"{path}: must be true or false, but is {Show(item)}");
        }

        return values.Count == 0 ? fallback : [.. values.Distinct()];
    }

    /// <summary>One number, a list, or <c>{ "from": 0.001, "to": 0.1, "scale": "log" }</c>.</summary>
    public NumberDomain Numbers(string key, double fallback, double minimum, double maximum)
    {
        if (!Find(key, false, out JsonElement element)) return NumberDomain.Fixed(fallback);
        if (element.ValueKind == JsonValueKind.Object) return ReadRange(new ConfigObject(element, PathOf(key), Problems), minimum, maximum);
        ImmutableArray<double> values =
            [.. Items(element, PathOf(key)).Select(item => ReadNumber(item.Element, item.Path, minimum, maximum) ?? fallback).Distinct().Order()];
        return values.IsEmpty ? NumberDomain.Fixed(fallback) : new NumberChoices(values);
    }

    /// <summary>One number or a list of them; sorted, without repeats.</summary>
    public ImmutableArray<double> NumberList(string key, ImmutableArray<double> fallback, double minimum, double maximum)
    {
        if (!Find(key, false, out JsonElement element)) return fallback;
        ImmutableArray<double> values =
            [.. Items(element, PathOf(key)).Select(item => ReadNumber(item.Element, item.Path, minimum, maximum) ?? maximum).Distinct().Order()];
        return values.IsEmpty ? fallback : values;
    }

    /// <summary>A list of texts with their paths; empty when the key is missing.</summary>
    public IEnumerable<(string Text, string Path)> Texts(string key)
    {
        if (!Find(key, false, out JsonElement element)) yield break;
        foreach ((JsonElement item, string path) in Items(element, PathOf(key)))
        {
            if (item.ValueKind == JsonValueKind.String) yield return (item.GetString()!, path);
            else Problems.Add($"{path}: must be text, but is {Show(item)}");
        }
    }

    public ConfigObject Object(string key)
    {
        Find(key, false, out JsonElement element);
        return new ConfigObject(element, PathOf(key), Problems);
    }

    public ConfigObject RequiredObject(string key)
    {
        Find(key, true, out JsonElement element);
        return new ConfigObject(element, PathOf(key), Problems);
    }

    public ImmutableArray<ConfigObject> RequiredObjects(string key)
    {
        if (!Find(key, true, out JsonElement element)) return [];
        if (element.ValueKind != JsonValueKind.Array)
        {
            Problems.Add($"{PathOf(key)}: must be a list, but is {Show(element)}");
            return [];
        }

        return [.. element.EnumerateArray().Select((item, index) => new ConfigObject(item, $"{PathOf(key)}[{index}]", Problems))];
    }

    /// <summary>Every key that was not asked for is a problem; the nearest known key is offered.</summary>
    public void RefuseUnknown()
    {
        foreach (string key in members.Keys.Where(key => !known.Contains(key)))
        {
            string nearest = known.OrderBy(name => Distance(name, key)).First();
            string hint = Distance(nearest, key) <= 2 ? $"did you mean '{nearest}'?" : $"known keys: {string.Join(", ", known.Order(StringComparer.Ordinal))}";
            Problems.Add($"{PathOf(key)}: unknown key; {hint}");
        }
    }

    private static NumberDomain ReadRange(ConfigObject range, double minimum, double maximum)
    {
        double from = range.Number("from", null, minimum, maximum), to = range.Number("to", null, minimum, maximum);
        string scale = range.Text("scale", "linear", text => text is "linear" or "log", "\"linear\" or \"log\"");
        range.RefuseUnknown();
        if (from > to) range.Problems.Add($"{range.Path}: from <= to must hold, but got from {Show(from)} to {Show(to)}");
        if (scale == "log" && from <= 0) range.Problems.Add($"{range.Path}: from > 0 must hold on a log scale, but got {Show(from)}");
        return from < to && !(scale == "log" && from <= 0) ? new NumberRange(from, to, scale == "log") : NumberDomain.Fixed(from);
    }

    private IEnumerable<(JsonElement Element, string Path)> Items(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Array) return [(element, path)];
        if (element.GetArrayLength() == 0) Problems.Add($"{path}: at least one value is needed");
        return element.EnumerateArray().Select((item, index) => (item, $"{path}[{index}]"));
    }

    private int? ReadInteger(JsonElement element, string path, int minimum, int maximum)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int value) && value >= minimum && value <= maximum) return value;
        Problems.Add($"{path}: must be a whole number from {minimum} to {maximum}, but is {Show(element)}");
        return null;
    }

    private double? ReadNumber(JsonElement element, string path, double minimum, double maximum)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out double value) && value >= minimum && value <= maximum) return value;
        Problems.Add($"{path}: must be a number from {Show(minimum)} to {Show(maximum)}, but is {Show(element)}");
        return null;
    }

    private T ReadChoice<T>(JsonElement element, string path, IReadOnlyDictionary<string, T> names, T fallback)
    {
        if (element.ValueKind == JsonValueKind.String && names.TryGetValue(element.GetString()!, out T? value)) return value;
        Problems.Add($"{path}: must be one of {string.Join(", ", names.Keys)}, but is {Show(element)}");
        return fallback;
    }

    private bool Find(string key, bool required, out JsonElement element)
    {
        Remember(key);
        if (members.TryGetValue(key, out element)) return true;
        if (required) Problems.Add($"{PathOf(key)}: is missing");
        return false;
    }

    private void Remember(string key)
    {
        if (!known.Contains(key)) known.Add(key);
    }

    private static string Show(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Show(JsonElement element)
    {
        string text = element.GetRawText();
        return text.Length <= 60 ? text : text[..57] + "...";
    }

    /// <summary>Levenshtein's edit distance.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + cost));
            }
        }

        return row[b.Length];
    }
}
