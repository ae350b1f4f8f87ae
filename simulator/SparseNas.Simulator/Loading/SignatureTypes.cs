using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace SparseNas.Simulator.Loading;

/// <summary>A type as a signature spells it, before it is bound: <c>int</c>, <c>sbyte[]</c>, <c>System.Array</c>, <c>ref long</c>.</summary>
internal sealed record SignatureType(string Name, EntityHandle Handle = default, SignatureType? Element = null, bool IsByRef = false, bool IsValueType = false)
{
    public bool IsArray => Element is not null && !IsByRef;
}

/// <summary>Decodes metadata signatures into <see cref="SignatureType"/>; what the 1.x line does not have is refused by name.</summary>
internal sealed class SignatureDecoder(MetadataReader reader) : ISignatureTypeProvider<SignatureType, object?>
{
    /// <summary>C# spelling of a primitive type, as the list of the core library's members uses it.</summary>
    public static readonly ImmutableDictionary<string, (string FullName, Storage Storage)> Primitives = new Dictionary<string, (string, Storage)>
    {
        ["void"] = ("System.Void", Storage.Void), ["bool"] = ("System.Boolean", Storage.Bool), ["char"] = ("System.Char", Storage.Char),
        ["sbyte"] = ("System.SByte", Storage.I1), ["byte"] = ("System.Byte", Storage.U1), ["short"] = ("System.Int16", Storage.I2),
        ["ushort"] = ("System.UInt16", Storage.U2), ["int"] = ("System.Int32", Storage.I4), ["uint"] = ("System.UInt32", Storage.U4),
        ["long"] = ("System.Int64", Storage.I8), ["ulong"] = ("System.UInt64", Storage.U8), ["float"] = ("System.Single", Storage.R4),
        ["double"] = ("System.Double", Storage.R8), ["string"] = ("System.String", Storage.Ref), ["object"] = ("System.Object", Storage.Ref),
        ["IntPtr"] = ("System.IntPtr", Storage.Ref), ["UIntPtr"] = ("System.UIntPtr", Storage.U4),
    }.ToImmutableDictionary();

    private int _specifications;

    public SignatureType GetPrimitiveType(PrimitiveTypeCode typeCode) => new(typeCode switch
    {
        PrimitiveTypeCode.Void => "void",
        PrimitiveTypeCode.Boolean => "bool",
        PrimitiveTypeCode.Char => "char",
        PrimitiveTypeCode.SByte => "sbyte",
        PrimitiveTypeCode.Byte => "byte",
        PrimitiveTypeCode.Int16 => "short",
        PrimitiveTypeCode.UInt16 => "ushort",
        PrimitiveTypeCode.Int32 => "int",
        PrimitiveTypeCode.UInt32 => "uint",
        PrimitiveTypeCode.Int64 => "long",
        PrimitiveTypeCode.UInt64 => "ulong",
        PrimitiveTypeCode.Single => "float",
        PrimitiveTypeCode.Double => "double",
        PrimitiveTypeCode.String => "string",
        PrimitiveTypeCode.Object => "object",
        PrimitiveTypeCode.IntPtr => "IntPtr",
        PrimitiveTypeCode.UIntPtr => "UIntPtr",
        _ => throw Lacking($"type {typeCode}"),
    });

    public SignatureType GetTypeFromDefinition(MetadataReader metadata, TypeDefinitionHandle handle, byte rawTypeKind) =>
        new(MetadataNames.Of(metadata, handle), handle, IsValueType: rawTypeKind == (byte)SignatureTypeKind.ValueType);

    public SignatureType GetTypeFromReference(MetadataReader metadata, TypeReferenceHandle handle, byte rawTypeKind) =>
        new(MetadataNames.Of(metadata, handle), handle, IsValueType: rawTypeKind == (byte)SignatureTypeKind.ValueType);

    public SignatureType GetTypeFromSpecification(MetadataReader metadata, object? context, TypeSpecificationHandle handle, byte rawTypeKind)
    {
        if (++_specifications > 64) throw new DamagedAssemblyException($"{MetadataNames.Assembly(reader)}: type specifications refer to each other in a circle");
        return metadata.GetTypeSpecification(handle).DecodeSignature(this, context);
    }

    public SignatureType GetSZArrayType(SignatureType elementType) => new(elementType.Name + "[]", Element: elementType);

    public SignatureType GetByReferenceType(SignatureType elementType) => new("ref " + elementType.Name, Element: elementType, IsByRef: true);

    public SignatureType GetModifiedType(SignatureType modifier, SignatureType unmodifiedType, bool isRequired) => unmodifiedType;

    public SignatureType GetPinnedType(SignatureType elementType) => elementType;

    public SignatureType GetArrayType(SignatureType elementType, ArrayShape shape) => throw Lacking("multidimensional arrays");

    public SignatureType GetPointerType(SignatureType elementType) => throw Lacking("pointers");

    public SignatureType GetFunctionPointerType(MethodSignature<SignatureType> signature) => throw Lacking("function pointers");

    public SignatureType GetGenericInstantiation(SignatureType genericType, ImmutableArray<SignatureType> typeArguments) => throw Lacking("generics");

    public SignatureType GetGenericMethodParameter(object? genericContext, int index) => throw Lacking("generics");

    public SignatureType GetGenericTypeParameter(object? genericContext, int index) => throw Lacking("generics");

    private DamagedAssemblyException Lacking(string what) =>
        new($"{MetadataNames.Assembly(reader)}: nanoFramework 1.x has no {what}");
}

/// <summary>Full names as the device prints them: nested types are joined with a plus sign.</summary>
internal static class MetadataNames
{
    public static string Assembly(MetadataReader reader) => reader.IsAssembly ? reader.GetString(reader.GetAssemblyDefinition().Name) : "module";

    public static string Of(MetadataReader reader, TypeDefinitionHandle handle, int depth = 0)
    {
        TypeDefinition type = reader.GetTypeDefinition(handle);
        string name = reader.GetString(type.Name);
        if (depth > 32) throw new DamagedAssemblyException($"type '{name}' is nested in a circle");
        if (!type.GetDeclaringType().IsNil) return Of(reader, type.GetDeclaringType(), depth + 1) + "+" + name;
        return Join(reader.GetString(type.Namespace), name);
    }

    public static string Of(MetadataReader reader, TypeReferenceHandle handle, int depth = 0)
    {
        TypeReference type = reader.GetTypeReference(handle);
        string name = reader.GetString(type.Name);
        if (depth > 32) throw new DamagedAssemblyException($"type reference '{name}' is nested in a circle");
        if (type.ResolutionScope.Kind == HandleKind.TypeReference) return Of(reader, (TypeReferenceHandle)type.ResolutionScope, depth + 1) + "+" + name;
        return Join(reader.GetString(type.Namespace), name);
    }

    private static string Join(string space, string name) => space.Length == 0 ? name : space + "." + name;
}
