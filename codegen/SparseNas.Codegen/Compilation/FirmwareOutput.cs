namespace SparseNas.Codegen.Compilation;

/// <summary>What kind of assembly the compiler makes.</summary>
public enum FirmwareOutput
{
    /// <summary>A program with one static <c>Main</c>; the image a board starts.</summary>
    Executable,

    /// <summary>A library that another firmware assembly refers to.</summary>
    Library,
}
