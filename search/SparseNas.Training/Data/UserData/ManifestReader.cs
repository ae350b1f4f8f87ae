using System.Collections.Immutable;
using System.Text.Json;
using SparseNas.Networks;
using SparseNas.Training.Data.Formats;

namespace SparseNas.Training.Data.UserData;

/// <summary>Reads <c>dataset.json</c> and reports all of its mistakes at once, each with the key it concerns.</summary>
internal sealed class ManifestReader
{
    private const int LargestFileBytes = 1 << 20;
    private const int MostClasses = 256;

    private readonly string path;
    private readonly MistakeList mistakes;

    private ManifestReader(string path)
    {
        this.path = path;
        mistakes = new MistakeList(path);
    }

    /// <summary>Reads the file at <paramref name="path"/>; the paths in it are relative to its folder.</summary>
    /// <exception cref="DatasetException">The file is missing, is no JSON object, or breaks the format; all mistakes are named.</exception>
    public static DatasetManifest Read(string path)
    {
        try
        {
            using DataFileReader file = DataFileReader.Open(path);
            using JsonDocument document = JsonDocument.Parse(
                file.ReadToEnd(LargestFileBytes), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return new ManifestReader(path).Manifest(document.RootElement);
        }
        catch (JsonException problem)
        {
            throw new DatasetException(path, $"line {problem.LineNumber + 1}: not JSON: {problem.Message}", problem);
        }
        catch (InvalidOperationException problem)
        {
            // System.Text.Json finds half a surrogate pair (an escape such as \ud800) only when the text is asked for.
            throw new DatasetException(path, $"a text is not Unicode: {problem.Message}", problem);
        }
    }

    private DatasetManifest Manifest(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) throw new DatasetException(path, "a dataset is described by one JSON object.");
        KnowsKeys(root, "", "name", "shape", "classes", "minimum", "maximum", "labelColumn", "window", "train", "test", "testFraction");
        SensorWindow? window = Window(root);
        Shape? shape = ShapeOf(root);
        SampleSource? train = Source(root, "train");
        TestSource? test = Test(root, window);
        var manifest = new DatasetManifest(
            Text(root, "name") ?? Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path))) ?? "data",
            shape, Classes(root), Range(root), LabelFirst(root), window, train!, test!);
        if (window is not null && shape is not null)
            mistakes.Add("\"shape\" and \"window\" exclude each other: a window of R rows with C values is 1xRxC");
        CheckSource(train, "train", window, shape);
        if (test is TestSource.Separate separate) CheckSource(separate.Source, "test", window, shape);
        mistakes.ThrowIfAny();
        return manifest;
    }

    private void CheckSource(SampleSource? source, string part, SensorWindow? window, Shape? shape)
    {
        if (source is SampleSource.Arrays && window is not null) mistakes.Add($"\"window\" is for CSV files, but \"{part}\" names arrays");
        if (source is SampleSource.Csv && window is null && shape is null)
            mistakes.Add($"\"{part}\" is a CSV file with one sample a row, so \"shape\": [height, width, channels] must be stated");
    }

    private void KnowsKeys(JsonElement of, string where, params string[] known)
    {
        var seen = new HashSet<string>();
        foreach (JsonProperty property in of.EnumerateObject())
        {
            if (!known.Contains(property.Name)) mistakes.Add($"unknown key \"{where}{property.Name}\"; known are {string.Join(", ", known)}");
            else if (!seen.Add(property.Name)) mistakes.Add($"key \"{where}{property.Name}\" is there twice");
        }
    }

    private string? Text(JsonElement of, string key, string where = "")
    {
        if (!of.TryGetProperty(key, out JsonElement value)) return null;
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text) return text;
        mistakes.Add($"\"{where}{key}\" must be a text that is not empty, but is {Shown(value)}");
        return null;
    }

    private double? Number(JsonElement of, string key)
    {
        if (!of.TryGetProperty(key, out JsonElement value)) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number)) return number;
        mistakes.Add($"\"{key}\" must be a finite number, but is {Shown(value)}");
        return null;
    }

    private int Positive(JsonElement value, string what)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number is >= 1 and <= 1 << 20) return number;
        mistakes.Add($"{what} must be a whole number 1..{1 << 20}, but is {Shown(value)}");
        return 1;
    }

    private Shape? ShapeOf(JsonElement root)
    {
        if (!root.TryGetProperty("shape", out JsonElement shape)) return null;
        if (shape.ValueKind != JsonValueKind.Array || shape.GetArrayLength() != 3)
        {
            mistakes.Add($"\"shape\" must be [height, width, channels], but is {Shown(shape)}");
            return null;
        }

        int[] extents = [.. shape.EnumerateArray().Select((extent, index) => Positive(extent, $"\"shape\"[{index}]"))];
        if ((long)extents[0] * extents[1] <= int.MaxValue && (long)extents[0] * extents[1] * extents[2] <= int.MaxValue)
            return new Shape(extents[0], extents[1], extents[2]);
        mistakes.Add($"\"shape\" has too many values: at most {int.MaxValue}, but {string.Join(" x ", extents)}");
        return null;
    }

    private ImmutableArray<string>? Classes(JsonElement root)
    {
        if (!root.TryGetProperty("classes", out JsonElement classes)) return null;
        bool areTexts = classes.ValueKind == JsonValueKind.Array && classes.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String);
        ImmutableArray<string> names = areTexts ? [.. classes.EnumerateArray().Select(item => item.GetString()!.Trim())] : [];
        if (names.Length is < 1 or > MostClasses || names.Distinct().Count() != names.Length || names.Contains(""))
            mistakes.Add($"\"classes\" must be 1 to {MostClasses} different names, but is {Shown(classes)}");
        return names;
    }

    private ValueRange? Range(JsonElement root)
    {
        double? minimum = Number(root, "minimum"), maximum = Number(root, "maximum");
        if (root.TryGetProperty("minimum", out _) != root.TryGetProperty("maximum", out _))
            mistakes.Add("\"minimum\" and \"maximum\" go together: the real values of the bytes 0 and 255");
        if (minimum is not { } low || maximum is not { } high) return null;
        if (!(low <= 0 && 0 <= high && low < high && double.IsFinite(high - low) && (float)((high - low) / 255) > 0))
        {
            mistakes.Add(
                "minimum <= 0 <= maximum and minimum < maximum must hold, so that a byte stands for zero, "
                + $"but got (minimum={low:R}, maximum={high:R})");
        }

        return new ValueRange(low, high);
    }

    private bool LabelFirst(JsonElement root)
    {
        string? column = Text(root, "labelColumn");
        if (column is not (null or "first" or "last")) mistakes.Add($"\"labelColumn\" must be \"first\" or \"last\", but is \"{column}\"");
        return column == "first";
    }

    private SensorWindow? Window(JsonElement root)
    {
        if (!root.TryGetProperty("window", out JsonElement window)) return null;
        if (window.ValueKind != JsonValueKind.Object || !window.TryGetProperty("rows", out JsonElement rows))
        {
            mistakes.Add($"\"window\" must be {{\"rows\": …, \"strideRows\": …}}, but is {Shown(window)}");
            return null;
        }

        KnowsKeys(window, "window.", "rows", "strideRows");
        int count = Positive(rows, "\"window.rows\"");
        bool hasStride = window.TryGetProperty("strideRows", out JsonElement stride);
        return new SensorWindow(count, hasStride ? Positive(stride, "\"window.strideRows\"") : count);
    }

    private SampleSource? Source(JsonElement root, string part)
    {
        if (!root.TryGetProperty(part, out JsonElement source))
        {
            if (part == "train") mistakes.Add("\"train\" is missing: {\"csv\": FILE} or {\"samples\": ARRAY, \"labels\": ARRAY}");
            return null;
        }

        if (source.ValueKind == JsonValueKind.Object)
        {
            KnowsKeys(source, part + ".", "csv", "samples", "labels");
            string? csv = Text(source, "csv", part + ".");
            string? samples = Text(source, "samples", part + "."), labels = Text(source, "labels", part + ".");
            if (csv is not null && samples is null && labels is null) return new SampleSource.Csv(Beside(csv));
            if (csv is null && samples is not null && labels is not null) return new SampleSource.Arrays(Beside(samples), Beside(labels));
        }

        mistakes.Add($"\"{part}\" must be {{\"csv\": FILE}} or {{\"samples\": ARRAY, \"labels\": ARRAY}}, but is {Shown(source)}");
        return null;
    }

    private TestSource? Test(JsonElement root, SensorWindow? window)
    {
        SampleSource? separate = Source(root, "test");
        double? fraction = Number(root, "testFraction");
        bool hasTest = root.TryGetProperty("test", out _), hasFraction = root.TryGetProperty("testFraction", out _);
        if (hasTest == hasFraction) mistakes.Add("exactly one of \"test\" and \"testFraction\" must be there");
        if (fraction is <= 0 or >= 1) mistakes.Add($"0 < testFraction < 1 must hold, but got {fraction:R}");
        if (fraction is not null && window is not null && window.StrideRows < window.Rows)
            mistakes.Add("windows that overlap cannot be split by \"testFraction\", as test and train would share rows: name a \"test\" file");
        return separate is not null ? new TestSource.Separate(separate) : fraction is { } share ? new TestSource.HeldOut(share) : null;
    }

    private string Beside(string file) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "", file);

    private static string Shown(JsonElement value)
    {
        string text = value.GetRawText();
        return text.Length <= 60 ? text : text[..60] + "…";
    }
}
