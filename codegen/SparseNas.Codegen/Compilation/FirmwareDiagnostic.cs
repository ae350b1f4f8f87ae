namespace SparseNas.Codegen.Compilation;

/// <summary>One reason why a source does not compile for the device.</summary>
/// <param name="Path">The source file; empty when the error belongs to no file.</param>
/// <param name="Line">The line, from 1; 0 when the error belongs to no file.</param>
/// <param name="Column">The column, from 1; 0 when the error belongs to no file.</param>
/// <param name="Code">The compiler's error code, such as <c>CS0117</c>.</param>
/// <param name="Message">What is wrong, in the compiler's words.</param>
/// <param name="MayBeMissingOnDevice">Whether the error says that a name is unknown: either misspelt or an API that the device lacks.</param>
public sealed record FirmwareDiagnostic(string Path, int Line, int Column, string Code, string Message, bool MayBeMissingOnDevice)
{
    /// <summary>The usual form of a compiler's line: <c>Model.cs(12,7): error CS0117: …</c></summary>
    public override string ToString()
    {
        string place = Path.Length == 0 ? "" : $"{Path}({Line},{Column}): ";
        string law = MayBeMissingOnDevice ? " The device's libraries have no such API." : "";
        return $"{place}error {Code}: {Message}{law}";
    }
}
