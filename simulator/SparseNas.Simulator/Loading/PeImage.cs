using System.Reflection.Metadata;

namespace SparseNas.Simulator.Loading;

/// <summary>Lays out the image that the metadata processor makes of an assembly, as far as sizes go.</summary>
internal sealed class PeImage(AssemblyImage image)
{
    private readonly MetadataReader _metadata = image.Metadata;

    public ImageFacts Facts()
    {
        int typeDefs = _metadata.TypeDefinitions.Count - 1;
        int statics = 0, fields = 0;
        foreach (FieldDefinitionHandle handle in _metadata.FieldDefinitions)
        {
            FieldDefinition field = _metadata.GetFieldDefinition(handle);
            if ((field.Attributes & System.Reflection.FieldAttributes.Literal) != 0) continue;
            fields++;
            if ((field.Attributes & System.Reflection.FieldAttributes.Static) != 0) statics++;
        }

        HashSet<EntityHandle> attributeTypes = [];
        int methodRefs = 0, fieldRefs = 0;
        foreach (CustomAttributeHandle handle in _metadata.CustomAttributes)
        {
            CustomAttribute attribute = _metadata.GetCustomAttribute(handle);
            if (attribute.Constructor.Kind == HandleKind.MemberReference) attributeTypes.Add(_metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent);
        }

        foreach (MemberReferenceHandle handle in _metadata.MemberReferences)
        {
            MemberReference member = _metadata.GetMemberReference(handle);
            if (attributeTypes.Contains(member.Parent)) continue;
            if (member.GetKind() == MemberReferenceKind.Method) methodRefs++;
            else fieldRefs++;
        }

        int typeRefs = _metadata.TypeReferences.Count(handle => !attributeTypes.Contains(handle) && _metadata.GetTypeReference(handle).ResolutionScope.Kind != HandleKind.TypeReference);
        Dictionary<string, int> tables = new()
        {
            ["AssemblyRef"] = _metadata.AssemblyReferences.Count, ["TypeRef"] = typeRefs, ["FieldRef"] = fieldRefs, ["MethodRef"] = methodRefs,
            ["TypeDef"] = typeDefs, ["FieldDef"] = fields, ["MethodDef"] = _metadata.MethodDefinitions.Count, ["TypeSpec"] = 0, ["StaticFields"] = statics,
        };
        int references = _metadata.AssemblyReferences.Count + typeRefs + fieldRefs + methodRefs;
        int ram = 136 + (4 * references) + (8 * typeDefs) + Up4(2 * fields) + Up4(2 * _metadata.MethodDefinitions.Count) + (12 * statics);
        return new ImageFacts(image.Name, tables, ram, 0, 0, 0, 0);
    }

    private static int Up4(int bytes) => (bytes + 3) & ~3;
}
