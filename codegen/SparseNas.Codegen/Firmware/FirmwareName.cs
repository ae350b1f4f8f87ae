using System.Globalization;
using System.Text;

namespace SparseNas.Codegen.Firmware;

/// <summary>
/// A name that is safe as a C# identifier, a file name on every system, an assembly name and an MSBuild item: letters, digits and
/// underscores of ASCII. Made from whatever a user called a study.
/// </summary>
public sealed record FirmwareName
{
    private const int LongestCharacters = 40;

    /// <summary>Names that Windows gives to devices, whatever the extension.</summary>
    private static readonly HashSet<string> WindowsDevices = new(
        ["CON", "PRN", "AUX", "NUL", .. Enumerable.Range(0, 10).Select(n => $"COM{n}"), .. Enumerable.Range(0, 10).Select(n => $"LPT{n}")],
        StringComparer.OrdinalIgnoreCase);

    private FirmwareName(string value) => Value = value;

    /// <summary>The safe name, 1 to 40 characters, beginning with a letter.</summary>
    public string Value { get; }

    /// <summary>Keeps letters and digits of ASCII, turns each run of anything else into one underscore, and never returns a reserved name.</summary>
    /// <param name="name">Any text.</param>
    /// <returns>A safe name; the same text always gives the same one.</returns>
    public static FirmwareName From(string name)
    {
        var safe = new StringBuilder();
        foreach (char character in name)
        {
            if (char.IsAsciiLetterOrDigit(character)) safe.Append(character);
            else if (safe.Length > 0 && safe[^1] != '_') safe.Append('_');
        }

        string value = safe.ToString(0, Math.Min(safe.Length, LongestCharacters)).Trim('_');
        if (value.Length == 0) value = "Firmware";
        if (!char.IsAsciiLetter(value[0]) || WindowsDevices.Contains(value) || IsKeyword(value)) value = "Net_" + value;
        return new FirmwareName(value);
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static bool IsKeyword(string value) =>
        Microsoft.CodeAnalysis.CSharp.SyntaxFacts.GetKeywordKind(value.ToLower(CultureInfo.InvariantCulture))
            != Microsoft.CodeAnalysis.CSharp.SyntaxKind.None;
}
