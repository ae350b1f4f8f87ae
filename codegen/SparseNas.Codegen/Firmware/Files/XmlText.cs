using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace SparseNas.Codegen.Firmware.Files;

/// <summary>XML as text: an XML library escapes what users name; two blanks of indentation, LF, one declaration.</summary>
internal static class XmlText
{
    /// <summary>With <c>&lt;?xml version="1.0" encoding="utf-8"?&gt;</c> at the top when <paramref name="declaration"/> says so.</summary>
    public static string Of(XElement root, bool declaration = true)
    {
        var settings = new XmlWriterSettings { Indent = true, IndentChars = "  ", NewLineChars = "\n", OmitXmlDeclaration = true };
        var text = new StringBuilder(declaration ? "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" : "");
        using (XmlWriter writer = XmlWriter.Create(text, settings)) root.Save(writer);
        return text.Append('\n').ToString();
    }
}
