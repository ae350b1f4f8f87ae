using System.Collections.Immutable;
using System.Text;
using SparseNas.Codegen.Compilation;

namespace SparseNas.Codegen.Firmware.Application;

/// <summary><c>Labels.cs</c>: the names of the classes, as the dataset calls them.</summary>
public static class LabelsSource
{
    /// <summary>Prints the file.</summary>
    /// <param name="classNames">One per class; any text.</param>
    public static SourceFile For(ImmutableArray<string> classNames)
    {
        var text = new StringBuilder();
        text.Append("namespace SparseNas.Generated\n{\n");
        text.Append("    /// <summary>The names of the classes, as the training data calls them.</summary>\n");
        text.Append("    public static class Labels\n    {\n");
        LookupMethod.Print(text, "public static string", "Name", [.. classNames.Select(StringLiteral.Of)]);
        text.Append("    }\n}\n");
        return new SourceFile("Labels.cs", text.ToString());
    }
}
