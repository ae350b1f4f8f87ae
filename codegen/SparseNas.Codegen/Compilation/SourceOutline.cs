using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SparseNas.Codegen.Compilation;

/// <summary>What sources declare, read from their syntax without compiling them.</summary>
public static class SourceOutline
{
    /// <summary>Whether any type declares a static <c>Main</c>.</summary>
    public static bool HasMain(IEnumerable<SourceFile> sources) => StaticMethods(sources).Any(method => method.Identifier.Text == "Main");

    /// <summary>The return type, as written, of a static method without parameters; null when there is no such method.</summary>
    /// <param name="sources">The sources.</param>
    /// <param name="entry"><c>Type.Method</c>; the namespace is not looked at.</param>
    public static string? ReturnTypeOf(IEnumerable<SourceFile> sources, string entry)
    {
        string[] names = entry.Split('.');
        return StaticMethods(sources)
            .FirstOrDefault(method => method.Identifier.Text == names[^1] && method.ParameterList.Parameters.Count == 0
                && method.Parent is TypeDeclarationSyntax type && names.Length > 1 && type.Identifier.Text == names[^2])
            ?.ReturnType.ToString();
    }

    private static IEnumerable<MethodDeclarationSyntax> StaticMethods(IEnumerable<SourceFile> sources) =>
        sources.SelectMany(source => CSharpSyntaxTree.ParseText(source.Text).GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>())
            .Where(method => method.Modifiers.Any(modifier => modifier.IsKind(SyntaxKind.StaticKeyword)));
}
