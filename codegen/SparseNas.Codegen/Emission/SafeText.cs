using System.Globalization;
using System.Text;

namespace SparseNas.Codegen.Emission;

/// <summary>Makes texts from users' files harmless in generated source: no name can end a literal or a comment.</summary>
internal static class SafeText
{
    /// <summary>A C# string literal with the same characters; everything but plain ASCII is written as \uXXXX.</summary>
    public static string Literal(string text)
    {
        StringBuilder literal = new("\"");
        foreach (char character in text)
        {
            if (IsPlain(character)) literal.Append(character);
            else literal.Append("\\u").Append(((int)character).ToString("X4", CultureInfo.InvariantCulture));
        }

        return literal.Append('"').ToString();
    }

    /// <summary>Text within a one-line comment: characters that could end the line, and others that are not plain, become ?.</summary>
    public static string InComment(string text) => new([.. text.Select(character => IsPlain(character) ? character : '?')]);

    private static bool IsPlain(char character) => character is >= ' ' and <= '~' and not ('"' or '\\');
}
