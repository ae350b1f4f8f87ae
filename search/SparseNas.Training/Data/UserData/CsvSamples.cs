using System.Globalization;
using System.Text;
using SparseNas.Networks;
using SparseNas.Training.Data.Formats;

namespace SparseNas.Training.Data.UserData;

/// <summary>
/// Reads labelled rows of numbers: fields separated by commas, a label in the first or last one, quotes around a field allowed (but no
/// commas inside). A first line without any number among its values is a header. Each row is one sample of the stated shape, or one time
/// step of a sensor: then a sample is a window of rows, and windows across a change of the label are left out.
/// </summary>
internal sealed class CsvSamples
{
    private const int LargestFileBytes = 1 << 30;

    private readonly string path;
    private readonly DatasetManifest manifest;
    private readonly ByteQuantizer quantizer;
    private readonly LabelReader labelReader;
    private readonly MistakeList mistakes;
    private readonly List<byte> values = [];
    private readonly List<byte> labels = [];
    private int columns;

    private CsvSamples(string path, DatasetManifest manifest, ByteQuantizer quantizer)
    {
        this.path = path;
        this.manifest = manifest;
        this.quantizer = quantizer;
        labelReader = new LabelReader(manifest.ClassNames);
        mistakes = new MistakeList(path);
        columns = manifest.Shape?.Elements ?? 0;
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="DatasetException">Rows break the format; up to ten of them are named.</exception>
    public static RawSamples Read(string path, DatasetManifest manifest, ByteQuantizer quantizer)
    {
        string text;
        using (DataFileReader file = DataFileReader.Open(path)) text = Encoding.UTF8.GetString(file.ReadToEnd(LargestFileBytes));
        var reader = new CsvSamples(path, manifest, quantizer);
        reader.ReadRows(text.StartsWith('\uFEFF') ? text.AsSpan(1) : text);
        reader.mistakes.ThrowIfAny();
        if (reader.labels.Count == 0) throw new DatasetException(path, "the file has no rows of numbers.");
        return manifest.Window is { } window ? reader.Windows(window) : new RawSamples(manifest.Shape!.Value, [.. reader.values], [.. reader.labels]);
    }

    private void ReadRows(ReadOnlySpan<char> text)
    {
        int line = 0;
        foreach (ReadOnlySpan<char> row in text.EnumerateLines())
        {
            line++;
            if (row.IsWhiteSpace() || (line == 1 && IsHeader(row))) continue;
            ReadRow(row, line);
        }
    }

    private bool IsHeader(ReadOnlySpan<char> row)
    {
        int fields = row.Count(',') + 1;
        int index = 0;
        foreach (Range range in row.Split(','))
        {
            if (!IsLabel(index++, fields) && TryNumber(Field(row, range), out _)) return false;
        }

        return true;
    }

    private void ReadRow(ReadOnlySpan<char> row, int line)
    {
        int fields = row.Count(',') + 1;
        if (columns == 0) columns = fields - 1;
        if (fields != columns + 1 || columns == 0)
        {
            string what = columns == 0 ? "values" : $"{columns} values";
            mistakes.Add($"line {line}: a row has {what} and a label: expected {Math.Max(columns, 1) + 1} fields, found {fields}");
            return;
        }

        int index = 0;
        foreach (Range range in row.Split(','))
        {
            ReadOnlySpan<char> field = Field(row, range);
            byte value;
            if (IsLabel(index, fields))
            {
                if (!labelReader.TryRead(field, out value))
                    mistakes.Add($"line {line}, field {index + 1}: the label must be {labelReader.Law}, found '{Shown(field)}'");
                labels.Add(value);
            }
            else
            {
                value = 0;
                if (!TryNumber(field, out double number) || !quantizer.TryQuantize(number, out value))
                    mistakes.Add($"line {line}, field {index + 1}: {quantizer.Law}, found '{Shown(field)}'");
                values.Add(value);
            }

            index++;
        }
    }

    private RawSamples Windows(SensorWindow window)
    {
        var pixels = new List<byte>();
        var windowLabels = new List<byte>();
        byte[] rows = [.. values];
        byte[] rowLabels = [.. labels];
        long windowCount = Math.Max(0, (rowLabels.Length - window.Rows + window.StrideRows) / window.StrideRows);
        UInt128 bytes = (UInt128)windowCount * (UInt128)window.Rows * (UInt128)columns;
        if (bytes > (UInt128)Array.MaxLength)
        {
            throw new DatasetException(
                path,
                $"the windows must fit one array: at most {Array.MaxLength} bytes, but up to {windowCount} of {window.Rows} x {columns} are {bytes}.");
        }

        for (int first = 0; first + window.Rows <= rowLabels.Length; first += window.StrideRows)
        {
            if (rowLabels.AsSpan(first, window.Rows).ContainsAnyExcept(rowLabels[first])) continue;
            pixels.AddRange(rows.AsSpan(first * columns, window.Rows * columns));
            windowLabels.Add(rowLabels[first]);
        }

        if (windowLabels.Count == 0)
            throw new DatasetException(path, $"none of the {rowLabels.Length} rows begins a window of {window.Rows} rows with one label.");
        return new RawSamples(new Shape(1, window.Rows, columns), [.. pixels], [.. windowLabels]);
    }

    private bool IsLabel(int field, int fields) => field == (manifest.LabelFirst ? 0 : fields - 1);

    private static ReadOnlySpan<char> Field(ReadOnlySpan<char> row, Range range)
    {
        ReadOnlySpan<char> field = row[range].Trim();
        return field is ['"', .., '"'] ? field[1..^1] : field;
    }

    private static bool TryNumber(ReadOnlySpan<char> field, out double number) =>
        double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    private static string Shown(ReadOnlySpan<char> text) => text.Length <= 20 ? text.ToString() : text[..20].ToString() + "…";
}
