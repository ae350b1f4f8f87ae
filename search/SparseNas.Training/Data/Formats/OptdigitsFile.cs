using System.Globalization;
using SparseNas.Networks;

namespace SparseNas.Training.Data.Formats;

/// <summary>
/// The comma-separated rows of UCI "Optical Recognition of Handwritten Digits": 64 counts 0..16 of an 8x8 image, row by row, then the
/// digit. Source: E. Alpaydin, C. Kaynak, optdigits.names, doi:10.24432/C50P49.
/// </summary>
public static class OptdigitsFile
{
    /// <summary>One image.</summary>
    public static Shape Shape { get; } = new(8, 8, 1);

    /// <summary>Number of classes.</summary>
    public const int Classes = 10;

    /// <summary>The counts 0..16 stand for 0.0..1.0.</summary>
    public static InputEncoding Encoding { get; } = new(1f / LargestCount, 0);

    private const int LargestCount = 16;
    private const int LargestFileBytes = 1 << 28;

    /// <summary>Reads all rows.</summary>
    /// <exception cref="DatasetException">The file is missing, empty, or rows break the format; up to ten of them are named.</exception>
    public static Samples ReadSamples(string path)
    {
        using DataFileReader file = DataFileReader.Open(path);
        string[] lines = System.Text.Encoding.Latin1.GetString(file.ReadToEnd(LargestFileBytes)).Split('\n');
        var pixels = new List<byte>(lines.Length * Shape.Elements);
        var labels = new List<byte>(lines.Length);
        var mistakes = new MistakeList(path);
        for (int line = 0; line < lines.Length; line++)
        {
            string text = lines[line].TrimEnd('\r');
            if (text.Length == 0 && line == lines.Length - 1) break;
            AddRow(text, line + 1, pixels, labels, mistakes);
        }

        mistakes.ThrowIfAny();
        if (labels.Count == 0) throw new DatasetException(path, 0, "an optdigits file has rows", "at least one", "none");
        return new Samples(Shape, Classes, [.. pixels], [.. labels]);
    }

    private static void AddRow(string text, int line, List<byte> pixels, List<byte> labels, MistakeList mistakes)
    {
        string[] fields = text.Split(',');
        if (fields.Length != Shape.Elements + 1)
        {
            mistakes.Add($"line {line}: a row has {Shape.Elements} counts and a digit: expected {Shape.Elements + 1} fields, found {fields.Length}");
            return;
        }

        for (int field = 0; field < fields.Length; field++)
        {
            bool isLabel = field == Shape.Elements;
            int largest = isLabel ? Classes - 1 : LargestCount;
            bool isNumber = byte.TryParse(fields[field], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out byte value);
            if (!isNumber || value > largest)
            {
                string what = isLabel ? "a digit" : "a count";
                mistakes.Add($"line {line}, field {field + 1}: expected {what} 0..{largest}, found '{Shorten(fields[field])}'");
            }

            if (isLabel) labels.Add(value);
            else pixels.Add(value);
        }
    }

    private static string Shorten(string text) => text.Length <= 20 ? text : text[..20] + "…";
}
