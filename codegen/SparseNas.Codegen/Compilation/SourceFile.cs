namespace SparseNas.Codegen.Compilation;

/// <summary>One C# source file, in memory.</summary>
/// <param name="Path">Where the file stands or will stand, relative or absolute; shown in diagnostics.</param>
/// <param name="Text">The whole text.</param>
public sealed record SourceFile(string Path, string Text);
