using System.Text;

namespace SparseNas.Codegen.Firmware.Files;

/// <summary>Text from users inside Markdown.</summary>
public static class Markdown
{
    private const string Special = @"\`*_[]<>#|~&";

    /// <summary>
    /// Text for the middle of a line, in which nothing is markup: special characters escaped, line breaks and control characters turned
    /// into blanks.
    /// </summary>
    /// <param name="text">Any text.</param>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (char character in text)
        {
            if (Special.Contains(character)) escaped.Append('\\').Append(character);
            else escaped.Append(char.IsControl(character) || character is '\u2028' or '\u2029' ? ' ' : character);
        }

        return escaped.ToString();
    }
}
