using System.Globalization;
using System.Text;

namespace SparseNas.Codegen.Firmware.Application;

/// <summary>Text as a C# string literal that cannot end early: everything but plain ASCII is written as <c>\u</c> and four digits.</summary>
internal static class StringLiteral
{
    public static string Of(string text)
    {
        var literal = new StringBuilder("\"");
        foreach (char character in text)
        {
            if (character is >= ' ' and <= '~' and not '"' and not '\\') literal.Append(character);
            else literal.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
        }

        return literal.Append('"').ToString();
    }
}
