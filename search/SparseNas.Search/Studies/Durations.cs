using System.Globalization;

namespace SparseNas.Search;

/// <summary>Durations as people write them: <c>90s</c>, <c>30m</c>, <c>1.5h</c>.</summary>
public static class Durations
{
    /// <summary>Reads a duration; null when <paramref name="text"/> is not a positive number followed by s, m or h.</summary>
    public static TimeSpan? Parse(string text)
    {
        double unit = text.Length < 2 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };
        bool isNumber = double.TryParse(text.AsSpan(0, Math.Max(0, text.Length - 1)), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value);
        return unit > 0 && isNumber && value > 0 && value * unit < 1e9 ? TimeSpan.FromSeconds(value * unit) : null;
    }

    /// <summary>Writes a duration in seconds, so that <see cref="Parse"/> gives it back.</summary>
    public static string Show(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + "s";
}
