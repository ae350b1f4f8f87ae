using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Text;
using SparseNas.Simulator.Execution;

namespace SparseNas.Simulator.Loading;

/// <summary>
/// Lays out the image that the metadata processor 3.0 makes of an assembly, as far as sizes go: rows of each table, byte code with its
/// shortened operands, the signature table with its search for existing bytes, the string table without the names the runtime knows.
/// </summary>
internal sealed class PeImage
{
    private const int HeaderBytes = 124;
    private readonly AssemblyImage _image;
    private readonly MetadataReader _metadata;
    private readonly ImageSignatures _signatures;
    private readonly HashSet<string> _strings = new(StringComparer.Ordinal);
    private readonly HashSet<EntityHandle> _attributeTypes = [];
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private int _ilBytes;

    public PeImage(AssemblyImage image)
    {
        _image = image;
        _metadata = image.Metadata;
        foreach (CustomAttributeHandle handle in _metadata.CustomAttributes)
        {
            EntityHandle constructor = _metadata.GetCustomAttribute(handle).Constructor;
            if (constructor.Kind == HandleKind.MemberReference) _attributeTypes.Add(_metadata.GetMemberReference((MemberReferenceHandle)constructor).Parent);
        }

        TypeRefs = [.. _metadata.TypeReferences.Where(handle => !_attributeTypes.Contains(handle) && !IsAttributeDetail(handle))];
        TypeDefs = [.. image.TypeOrder];
        _signatures = new ImageSignatures(_metadata, TypeRefs, TypeDefs);
    }

    private List<TypeReferenceHandle> TypeRefs { get; }

    private List<TypeDefinitionHandle> TypeDefs { get; }

    public ImageFacts Facts()
    {
        List<MemberReference> members = [.. _metadata.MemberReferences.Select(_metadata.GetMemberReference).Where(member => !_attributeTypes.Contains(member.Parent))];
        List<MemberReference> fieldRefs = members.FindAll(member => member.GetKind() == MemberReferenceKind.Field);
        List<MemberReference> methodRefs = members.FindAll(member => member.GetKind() == MemberReferenceKind.Method);
        AddNames(members);
        foreach (MemberReference field in fieldRefs) _signatures.AddField(field.Signature);
        foreach (MemberReference method in methodRefs) _signatures.AddMethod(method.Signature);
        (int fields, int statics, int methods) = AddDefinitions();
        int typeSpecs = _metadata.GetTableRowCount(TableIndex.TypeSpec);
        for (int row = 1; row <= typeSpecs; row++) _signatures.AddTypeSpec(_metadata.GetTypeSpecification(MetadataTokens.TypeSpecificationHandle(row)).Signature);
        foreach (string text in _texts) AddString(text);
        AddString(_image.Name);
        foreach (ResourceFile file in _image.Resources) AddString(file.Name);
        int stringBytes = 1 + _strings.Sum(text => Encoding.UTF8.GetByteCount(text) + 1);
        int assemblyRefs = _metadata.AssemblyReferences.Count, references = assemblyRefs + TypeRefs.Count + fieldRefs.Count + methodRefs.Count;
        int resources = _image.Resources.Sum(file => file.Entries.Count), resourceBytes = _image.Resources.Sum(file => file.Entries.Sum(entry => entry.Data.Length));
        int resourceRows = resources > 0 ? resources + 1 : 0;
        int rows = (12 * assemblyRefs) + (8 * (TypeRefs.Count + fieldRefs.Count + methodRefs.Count)) + (24 * TypeDefs.Count) + (8 * fields) + (16 * methods) + (4 * typeSpecs) + (8 * resourceRows) + (24 * _image.Resources.Count);
        int peBytes = HeaderBytes + rows + Up4(stringBytes) + Up4(_signatures.Bytes) + Up4(_ilBytes) + Up4(resourceBytes);
        int ram = 136 + (4 * references) + (8 * TypeDefs.Count) + Up4(2 * fields) + Up4(2 * methods) + (12 * statics);
        Dictionary<string, int> tables = new(StringComparer.Ordinal)
        {
            ["AssemblyRef"] = assemblyRefs, ["TypeRef"] = TypeRefs.Count, ["FieldRef"] = fieldRefs.Count, ["MethodRef"] = methodRefs.Count, ["TypeDef"] = TypeDefs.Count,
            ["FieldDef"] = fields, ["MethodDef"] = methods, ["TypeSpec"] = typeSpecs, ["StaticFields"] = statics,
            ["Resource"] = resourceRows, ["ResourceFile"] = _image.Resources.Count,
        };
        return new ImageFacts(_image.Name, tables.Where(table => table.Value > 0).ToDictionary(), ram, peBytes, _ilBytes, _signatures.Bytes, stringBytes);
    }

    private static int Up4(int bytes) => (bytes + 3) & ~3;

    /// <summary>Enumerations nested in attributes (DebuggingModes) go with them.</summary>
    private bool IsAttributeDetail(TypeReferenceHandle handle)
    {
        EntityHandle scope = _metadata.GetTypeReference(handle).ResolutionScope;
        return scope.Kind == HandleKind.TypeReference && _attributeTypes.Contains(scope);
    }

    private void AddNames(List<MemberReference> members)
    {
        foreach (AssemblyReferenceHandle handle in _metadata.AssemblyReferences) AddString(_metadata.GetString(_metadata.GetAssemblyReference(handle).Name));
        foreach (TypeReference type in TypeRefs.Select(_metadata.GetTypeReference))
        {
            AddString(_metadata.GetString(type.Namespace));
            AddString(_metadata.GetString(type.Name));
        }

        foreach (MemberReference member in members) AddString(_metadata.GetString(member.Name));
    }

    private void AddString(string text)
    {
        if (text.Length > 0 && !RuntimeNames.Contains(text)) _strings.Add(text);
    }

    private (int Fields, int Statics, int Methods) AddDefinitions()
    {
        int fields = 0, statics = 0, methods = 0;
        foreach (TypeDefinition type in TypeDefs.Select(_metadata.GetTypeDefinition))
        {
            AddString(_metadata.GetString(type.Namespace));
            AddString(_metadata.GetString(type.Name));
            List<FieldDefinition> all = [.. type.GetFields().Select(_metadata.GetFieldDefinition).Where(field => (field.Attributes & FieldAttributes.Literal) == 0)];
            foreach (FieldDefinition field in all.OrderByDescending(field => (field.Attributes & FieldAttributes.Static) != 0))
            {
                fields++;
                if ((field.Attributes & FieldAttributes.Static) != 0) statics++;
                _signatures.AddField(field.Signature);
                AddString(_metadata.GetString(field.Name));
                if (field.GetRelativeVirtualAddress() != 0) _signatures.AddInitialiser(_image.FieldData(field, InitialiserBytes(field)).AsSpan());
            }

            foreach (MethodDefinition method in type.GetMethods().Select(_metadata.GetMethodDefinition).OrderBy(Group))
            {
                methods++;
                _signatures.AddMethod(method.Signature);
                AddString(_metadata.GetString(method.Name));
                if (method.RelativeVirtualAddress != 0) AddBody(_image.Body(method));
            }

            _signatures.AddInterfaces([.. type.GetInterfaceImplementations().Select(handle => _metadata.GetInterfaceImplementation(handle).Interface)]);
        }

        return (fields, statics, methods);
    }

    private int InitialiserBytes(FieldDefinition field)
    {
        SignatureType type = field.DecodeSignature(new SignatureDecoder(_metadata), null);
        if (type.Handle.Kind == HandleKind.TypeDefinition) return _metadata.GetTypeDefinition((TypeDefinitionHandle)type.Handle).GetLayout().Size;
        return SignatureDecoder.Primitives.TryGetValue(type.Name, out (string FullName, Storage Storage) primitive) ? primitive.Storage.ElementBytes() : 0;
    }

    /// <summary>Virtual methods first, then instance methods, then static ones.</summary>
    private static int Group(MethodDefinition method) =>
        (method.Attributes & MethodAttributes.Virtual) != 0 ? 0 : (method.Attributes & MethodAttributes.Static) == 0 ? 1 : 2;

    /// <summary>Tokens and long branches take two bytes, strings two, a switch one and two for each case; ldtoken keeps four (CodeWriter.cs).</summary>
    private void AddBody(MethodBodyBlock body)
    {
        if (!body.LocalSignature.IsNil) _signatures.AddLocals(_metadata.GetStandaloneSignature(body.LocalSignature).Signature);
        BlobReader il = body.GetILReader();
        while (il.RemainingBytes > 0)
        {
            int number = il.ReadByte();
            if (number == 0xFE) number = 0x100 + il.ReadByte();
            System.Reflection.Emit.OperandType operand = IlOpcodes.All[number]?.OperandType ?? throw new DamagedAssemblyException($"{_image.Name}: byte code holds the unknown opcode 0x{number:x}");
            _ilBytes += number >= 0x100 ? 2 : 1;
            _ilBytes += operand switch
            {
                System.Reflection.Emit.OperandType.InlineNone => 0,
                System.Reflection.Emit.OperandType.ShortInlineBrTarget or System.Reflection.Emit.OperandType.ShortInlineI or System.Reflection.Emit.OperandType.ShortInlineVar => Skip(ref il, 1, 1),
                System.Reflection.Emit.OperandType.InlineVar => Skip(ref il, 2, 2),
                System.Reflection.Emit.OperandType.InlineI8 or System.Reflection.Emit.OperandType.InlineR => Skip(ref il, 8, 8),
                System.Reflection.Emit.OperandType.InlineI or System.Reflection.Emit.OperandType.ShortInlineR or System.Reflection.Emit.OperandType.InlineTok => Skip(ref il, 4, 4),
                System.Reflection.Emit.OperandType.InlineSwitch => SkipSwitch(ref il),
                System.Reflection.Emit.OperandType.InlineString => SkipText(ref il),
                _ => Skip(ref il, 4, 2),
            };
        }

        if (body.ExceptionRegions.Length > 0) _ilBytes += (12 * body.ExceptionRegions.Length) + 1;
    }

    private static int Skip(ref BlobReader il, int bytes, int onDevice)
    {
        il.Offset += bytes;
        return onDevice;
    }

    private static int SkipSwitch(ref BlobReader il)
    {
        int cases = il.ReadInt32();
        if (cases < 0 || cases > il.RemainingBytes / 4) throw new DamagedAssemblyException("a switch runs past the end of its method");
        return Skip(ref il, 4 * cases, 1 + (2 * cases));
    }

    private int SkipText(ref BlobReader il)
    {
        _texts.Add(_metadata.GetUserString(MetadataTokens.UserStringHandle(il.ReadInt32() & 0xFFFFFF)));
        return 2;
    }
}
