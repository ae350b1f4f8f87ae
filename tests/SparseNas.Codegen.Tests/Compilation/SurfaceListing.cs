using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace SparseNas.Codegen.Tests.Compilation;

/// <summary>Writes the public surface of an assembly the way <c>mscorlib-surface.txt</c> does: one line per type, one per member.</summary>
internal static class SurfaceListing
{
    private static readonly SymbolDisplayFormat TypeNames = SymbolDisplayFormat.CSharpErrorMessageFormat
        .WithGenericsOptions(SymbolDisplayGenericsOptions.None)
        .WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.UseErrorTypeSymbolName);

    /// <summary>The listing's lines per type, types in ordinal order of their names, members in metadata order.</summary>
    public static SortedDictionary<string, string[]> Of(ImmutableArray<byte> image)
    {
        MetadataReference reference = MetadataReference.CreateFromImage(image);
        var compilation = CSharpCompilation.Create("reader", references: [reference]);
        var module = (IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(reference)!;
        var listing = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        foreach (INamedTypeSymbol type in TypesIn(module.GlobalNamespace)) listing.Add(NameOf(type), LinesOf(type).ToArray());
        return listing;
    }

    private static IEnumerable<INamedTypeSymbol> TypesIn(INamespaceOrTypeSymbol container)
    {
        foreach (ISymbol member in container.GetMembers())
        {
            if (member is INamedTypeSymbol type && Visible(type)) yield return type;
            if (member is INamespaceOrTypeSymbol inner && (member is INamespaceSymbol || Visible(member)))
            {
                foreach (INamedTypeSymbol found in TypesIn(inner)) yield return found;
            }
        }
    }

    private static bool Visible(ISymbol symbol) =>
        symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal;

    private static IEnumerable<string> LinesOf(INamedTypeSymbol type)
    {
        yield return HeadOf(type);
        if (type.TypeKind == TypeKind.Enum)
        {
            yield return "  " + string.Join(", ", type.GetMembers().OfType<IFieldSymbol>().Select(f => $"{f.Name}={f.ConstantValue}"));
            yield break;
        }

        IEnumerable<ISymbol> members = type.GetMembers().Where(Visible).Where(member => !(member is IMethodSymbol m && IsImplicitStructConstructor(m)));
        foreach (IFieldSymbol field in members.OfType<IFieldSymbol>()) yield return "  " + FieldLine(field);
        foreach (IMethodSymbol method in members.OfType<IMethodSymbol>()) yield return MethodLine(method);
    }

    private static bool IsImplicitStructConstructor(IMethodSymbol method) =>
        method.MethodKind == MethodKind.Constructor && method.ContainingType.IsValueType && method.Parameters.IsEmpty;

    private static string HeadOf(INamedTypeSymbol type)
    {
        string kind = type.TypeKind switch
        {
            TypeKind.Enum => "enum",
            TypeKind.Delegate => "delegate",
            TypeKind.Interface => "interface",
            TypeKind.Struct => "struct",
            _ when type.SpecialType == SpecialType.System_Enum => "struct",
            _ when type.IsStatic => "static class",
            _ when type.IsAbstract => "abstract class",
            _ when type.IsSealed => "sealed class",
            _ => "class",
        };
        IEnumerable<string> bases = type.TypeKind switch
        {
            TypeKind.Enum => ["int"],
            TypeKind.Delegate or TypeKind.Struct => [],
            _ when kind == "struct" => [],
            _ => BasesOf(type),
        };
        string head = $"{kind} {NameOf(type)}";
        string list = string.Join(", ", bases);
        return list.Length == 0 ? head : $"{head} : {list}";
    }

    private static IEnumerable<string> BasesOf(INamedTypeSymbol type)
    {
        IEnumerable<string> interfaces = type.AllInterfaces.Select(NameOf).Order(StringComparer.Ordinal);
        return type.BaseType is { SpecialType: not SpecialType.System_Object } parent ? interfaces.Prepend(NameOf(parent)) : interfaces;
    }

    private static string NameOf(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => NameOf(array.ElementType) + "[]",
        ITypeParameterSymbol parameter => "!" + parameter.Ordinal.ToString(CultureInfo.InvariantCulture),
        INamedTypeSymbol { Arity: > 0 } generic => $"{generic.ToDisplayString(TypeNames)}`{generic.Arity}",
        { SpecialType: SpecialType.System_IntPtr } when type.ContainingNamespace is not null => "IntPtr",
        _ => type.ToDisplayString(TypeNames),
    };

    /// <summary>As a name at the head of a listing: the primitive types under their full names.</summary>
    private static string NameOf(INamedTypeSymbol type)
    {
        string name = $"{type.ContainingNamespace.ToDisplayString()}.{(type.ContainingType is { } outer ? outer.Name + "." : "")}{type.Name}";
        return type.Arity > 0 ? $"{name}`{type.Arity}" : name;
    }

    private static string FieldLine(IFieldSymbol field)
    {
        string access = field.DeclaredAccessibility == Accessibility.Public ? "" : "protected ";
        if (field.IsConst) return $"field {access}const {NameOf(field.Type)} {field.Name} = {Literal(field.ConstantValue)}";

        string modifiers = (field.IsStatic ? "static " : "") + (field.IsReadOnly ? "readonly " : "");
        return $"field {access}{modifiers}{NameOf(field.Type)} {field.Name}";
    }

    private static string MethodLine(IMethodSymbol method)
    {
        bool native = (method.MethodImplementationFlags & System.Reflection.MethodImplAttributes.InternalCall) != 0;
        bool inInterface = method.ContainingType.TypeKind == TypeKind.Interface;
        string access = method.DeclaredAccessibility == Accessibility.Public ? "" : "protected ";
        string modifier = inInterface ? "" : method switch
        {
            { IsStatic: true } => "static ",
            { IsAbstract: true } => "abstract ",
            { IsOverride: true } => "override ",
            { IsVirtual: true } => "virtual ",
            _ => "",
        };
        string name = method.MethodKind == MethodKind.Constructor ? ".ctor" : $"{NameOf(method.ReturnType)} {method.Name}";
        return $"{(native ? 'N' : ' ')} {access}{modifier}{name}({string.Join(", ", method.Parameters.Select(ParameterText))})";
    }

    private static string ParameterText(IParameterSymbol parameter)
    {
        string kind = parameter.RefKind switch { RefKind.Ref => "ref ", RefKind.Out => "out ", _ => "" };
        string preset = parameter.HasExplicitDefaultValue ? " = " + Literal(parameter.ExplicitDefaultValue) : "";
        return $"{kind}{NameOf(parameter.Type)} {parameter.Name}{preset}";
    }

    private static string Literal(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        char character => $"'\\u{(int)character:x4}'",
        double number => RealLiteral(number, number.ToString("R", CultureInfo.InvariantCulture)),
        float number => RealLiteral(number, number.ToString("R", CultureInfo.InvariantCulture)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string RealLiteral(double value, string text) =>
        double.IsNaN(value) ? "NaN" : double.IsPositiveInfinity(value) ? "Infinity" : double.IsNegativeInfinity(value) ? "-Infinity" : text;
}
