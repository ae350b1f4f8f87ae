using System.Collections.Immutable;
using System.Globalization;

namespace SparseNas.Codegen.Firmware;

/// <summary>
/// What a board (or the simulator in its place) printed: one run per boot. Lines of other programs and damaged lines are passed over and
/// counted, so that a log cut off at either end still tells what it can. <c>firmware/README.md</c> describes the lines.
/// <code>
/// DeviceLog log = DeviceLog.Parse(File.ReadAllText(path));
/// DeviceRun? run = log.Best;
/// </code>
/// </summary>
/// <param name="Runs">One per <c>BEGIN</c> line, in order of time.</param>
/// <param name="DamagedLines">Numbers, from 1, of lines that begin like ours and cannot be read.</param>
public sealed record DeviceLog(ImmutableArray<DeviceRun> Runs, ImmutableArray<int> DamagedLines)
{
    private const string Mark = "SPARSENAS ";

    /// <summary>The last run that went to its end; without one, the last run that got furthest; null when there is none.</summary>
    public DeviceRun? Best => Runs.LastOrDefault(run => run.IsComplete) ?? Runs.Reverse().MaxBy(run => run.Golden.Length + run.Probes.Count);

    /// <summary>Reads a log.</summary>
    /// <param name="text">Any text; a terminal's prefix before our mark is allowed.</param>
    public static DeviceLog Parse(string text)
    {
        var runs = new List<DeviceRun>();
        var damaged = ImmutableArray.CreateBuilder<int>();
        string[] lines = text.Split('\n');
        for (int index = 0; index < lines.Length; index++)
        {
            string line = lines[index].TrimEnd('\r');
            int mark = line.LastIndexOf(Mark, StringComparison.Ordinal);
            if (mark < 0) continue;
            if (DeviceLogLine.TryParse(line[(mark + Mark.Length)..]) is not { } parsed || !TryApply(runs, parsed)) damaged.Add(index + 1);
        }

        return new DeviceLog([.. runs], damaged.ToImmutable());
    }

    /// <summary>Whether a line is the last of a run: a reader of a live port can stop there.</summary>
    /// <param name="line">One line.</param>
    public static bool EndsRun(string line)
    {
        int mark = line.LastIndexOf(Mark, StringComparison.Ordinal);
        return mark >= 0 && DeviceLogLine.TryParse(line[(mark + Mark.Length)..].TrimEnd('\r'))?.Word is "DONE" or "ERROR";
    }

    private static bool TryApply(List<DeviceRun> runs, DeviceLogLine line)
    {
        try
        {
            if (line.Word == "BEGIN")
            {
                runs.Add(DeviceRun.Begin(line));
                return true;
            }

            if (runs.Count == 0) return false;
            runs[^1] = runs[^1].With(line);
            return true;
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            return false;
        }
    }
}

/// <summary>One line of a log: a word, its <c>key=value</c> pairs and a full stop.</summary>
internal sealed record DeviceLogLine(string Word, IReadOnlyDictionary<string, string> Values)
{
    private const string End = ".";

    /// <summary>Null when a part is not <c>key=value</c> or the full stop is missing, as at a cut.</summary>
    public static DeviceLogLine? TryParse(string text)
    {
        string[] parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 2 || parts[^1] != End) return null;

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string part in parts[1..^1])
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || equals == part.Length - 1 || !values.TryAdd(part[..equals], part[(equals + 1)..])) return null;
        }

        return new DeviceLogLine(parts[0], values);
    }

    /// <summary>The text of a key.</summary>
    /// <exception cref="FormatException">The line lacks it.</exception>
    public string Text(string key) => Values.TryGetValue(key, out string? text) ? text : throw new FormatException($"'{Word}' lacks '{key}'.");

    /// <summary>The number of a key.</summary>
    /// <exception cref="FormatException">The line lacks it or it is no whole number.</exception>
    public long Number(string key) => long.Parse(Text(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
