using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using SparseNas.Simulator.Execution;

namespace SparseNas.Simulator.Loading;

/// <summary>
/// The order in which the metadata processor puts types into an image (nanoTablesContext.cs, SortTypesAccordingUsages): by full name, but
/// after the types that enclose them, that they implement and that appear in the signatures of the methods they call. Types whose fields
/// they read, and base types, do not count. The device runs static constructors in this order (Execution.cpp, SpawnStaticConstructor walks
/// the rows of the method table), whatever they need from each other, and the signature table grows in it.
/// </summary>
internal sealed class ImageOrder
{
    private readonly AssemblyImage _image;
    private readonly MetadataReader _metadata;
    private readonly HashSet<TypeDefinitionHandle> _processed = [];
    private readonly Dictionary<TypeDefinitionHandle, int> _visits = [];
    private readonly List<TypeDefinitionHandle> _ordered = [];

    private ImageOrder(AssemblyImage image) => (_image, _metadata) = (image, image.Metadata);

    /// <summary>All types but the module's own, in device order.</summary>
    public static List<TypeDefinitionHandle> Of(AssemblyImage image)
    {
        ImageOrder order = new(image);
        IEnumerable<TypeDefinitionHandle> types = image.Metadata.TypeDefinitions.Skip(1).OrderBy(handle => MetadataNames.Of(image.Metadata, handle).Replace('+', '/'), CollatedNames.Instance);
        foreach (TypeDefinitionHandle type in types) order.Visit(type, 0);
        return order._ordered;
    }

    private void Visit(TypeDefinitionHandle handle, int depth)
    {
        if (handle.IsNil || _processed.Contains(handle) || depth > 256 || TooOften(handle)) return;
        TypeDefinition type = _metadata.GetTypeDefinition(handle);
        Visit(type.GetDeclaringType(), depth + 1);
        foreach (InterfaceImplementationHandle implementation in type.GetInterfaceImplementations())
        {
            if (_metadata.GetInterfaceImplementation(implementation).Interface is { Kind: HandleKind.TypeDefinition } known) Visit((TypeDefinitionHandle)known, depth + 1);
        }

        if (!_processed.Add(handle)) return;
        foreach (TypeDefinitionHandle used in type.GetMethods().SelectMany(TypesOfCallees)) Visit(used, depth + 1);
        _ordered.Add(handle);
    }

    /// <summary>A type is come back to while its enclosing type or interfaces are placed, never many times: only metadata that lies in circles does that.</summary>
    private bool TooOften(TypeDefinitionHandle handle) => (_visits[handle] = _visits.GetValueOrDefault(handle) + 1) > 8;

    private List<TypeDefinitionHandle> TypesOfCallees(MethodDefinitionHandle handle)
    {
        List<TypeDefinitionHandle> types = [];
        MethodDefinition method = _metadata.GetMethodDefinition(handle);
        if (method.RelativeVirtualAddress == 0) return types;
        BlobReader il = _image.Body(method).GetILReader();
        while (il.RemainingBytes > 0)
        {
            int number = il.ReadByte();
            if (number == 0xFE) number = 0x100 + il.ReadByte();
            switch (IlOpcodes.All[number]?.OperandType)
            {
                case System.Reflection.Emit.OperandType.InlineMethod: AddSignature(il.ReadInt32(), types); break;
                case System.Reflection.Emit.OperandType.InlineNone: break;
                case System.Reflection.Emit.OperandType.ShortInlineBrTarget or System.Reflection.Emit.OperandType.ShortInlineI or System.Reflection.Emit.OperandType.ShortInlineVar: il.Offset++; break;
                case System.Reflection.Emit.OperandType.InlineVar: il.Offset += 2; break;
                case System.Reflection.Emit.OperandType.InlineI8 or System.Reflection.Emit.OperandType.InlineR: il.Offset += 8; break;
                case System.Reflection.Emit.OperandType.InlineSwitch:
                    int targets = il.ReadInt32();
                    il.Offset += 4 * targets;
                    break;
                default: il.Offset += 4; break;
            }
        }

        return types;
    }

    private void AddSignature(int token, List<TypeDefinitionHandle> types)
    {
        Handle handle = MetadataTokens.Handle(token);
        MethodSignature<SignatureType> signature;
        if (handle.Kind == HandleKind.MethodDefinition) signature = _metadata.GetMethodDefinition((MethodDefinitionHandle)handle).DecodeSignature(new SignatureDecoder(_metadata), null);
        else if (handle.Kind == HandleKind.MemberReference) signature = _metadata.GetMemberReference((MemberReferenceHandle)handle).DecodeMethodSignature(new SignatureDecoder(_metadata), null);
        else return;
        foreach (SignatureType type in signature.ParameterTypes.Prepend(signature.ReturnType))
        {
            SignatureType element = type;
            while (element.Element is { } inner) element = inner;
            if (element.Handle.Kind == HandleKind.TypeDefinition) types.Add((TypeDefinitionHandle)element.Handle);
        }
    }
}
