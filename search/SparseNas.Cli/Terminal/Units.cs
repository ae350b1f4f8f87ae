using System.Globalization;

namespace SparseNas.Cli;

/// <summary>Numbers as people read them; always the invariant culture.</summary>
internal static class Units
{
    public static string Bytes(long bytes) => bytes < 10_000 ? $"{Grouped(bytes)} B" : $"{(bytes / 1024.0).ToString("0.0", CultureInfo.InvariantCulture)} KB";

    public static string Grouped(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>An error rate as accuracy in percent.</summary>
    public static string Accuracy(double error) => ((1 - error) * 100).ToString("0.00", CultureInfo.InvariantCulture) + " %";

    public static string Milliseconds(double value) => value.ToString(value < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture) + " ms";

    public static string Duration(TimeSpan time) =>
        time.TotalHours >= 1 ? $"{(int)time.TotalHours}h {time.Minutes:00}m" : time.TotalMinutes >= 1 ? $"{time.Minutes}m {time.Seconds:00}s" : $"{time.TotalSeconds:0} s";

    /// <summary>A number as a shell-safe invariant word.</summary>
    public static string Plain(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
