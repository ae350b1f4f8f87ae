using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace SparseNas.Simulator.Loading;

/// <summary>Binds metadata tokens: types, fields, methods, bodies.</summary>
internal sealed partial class TypeSystem
{
    /// <summary>The type behind a token, as a variable of it would be kept.</summary>
    public SlotType ResolveType(AssemblyImage image, EntityHandle handle) => handle.Kind switch
    {
        HandleKind.TypeDefinition => image.Types.TryGetValue((TypeDefinitionHandle)handle, out DeviceType? type)
            ? new SlotType(type.Storage, type)
            : throw new DamagedAssemblyException($"{image.Name}: type token {MetadataTokens.GetToken(handle):x8} is not in the table"),
        HandleKind.TypeReference => SlotOf(image, new SignatureType(MetadataNames.Of(image.Metadata, (TypeReferenceHandle)handle), handle)),
        HandleKind.TypeSpecification => SlotOf(image, image.Metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(new SignatureDecoder(image.Metadata), null)),
        _ => throw new DamagedAssemblyException($"{image.Name}: token {MetadataTokens.GetToken(handle):x8} is not a type"),
    };

    /// <summary>A static or instance field behind a token.</summary>
    public object ResolveField(AssemblyImage image, EntityHandle handle)
    {
        if (image.Bound.TryGetValue(handle, out object? bound)) return bound;
        object field = handle.Kind switch
        {
            HandleKind.FieldDefinition => Definition(image, (FieldDefinitionHandle)handle),
            HandleKind.MemberReference => FieldReference(image, image.Metadata.GetMemberReference((MemberReferenceHandle)handle)),
            _ => throw new DamagedAssemblyException($"{image.Name}: token {MetadataTokens.GetToken(handle):x8} is not a field"),
        };
        return image.Bound[handle] = field;
    }

    /// <summary>The method behind a token.</summary>
    public DeviceMethod ResolveMethod(AssemblyImage image, EntityHandle handle)
    {
        if (image.Bound.TryGetValue(handle, out object? bound) && bound is DeviceMethod known) return known;
        DeviceMethod method = handle.Kind switch
        {
            HandleKind.MethodDefinition => image.Methods.TryGetValue((MethodDefinitionHandle)handle, out DeviceMethod? defined)
                ? defined
                : throw new DamagedAssemblyException($"{image.Name}: method token {MetadataTokens.GetToken(handle):x8} is not in the table"),
            HandleKind.MemberReference => MethodReference(image, image.Metadata.GetMemberReference((MemberReferenceHandle)handle)),
            _ => throw new DamagedAssemblyException($"{image.Name}: token {MetadataTokens.GetToken(handle):x8} is not a method of nanoFramework 1.x"),
        };
        image.Bound[handle] = method;
        return method;
    }

    /// <summary>Reads locals, IL and protected regions of a method.</summary>
    public void ReadBody(DeviceMethod method)
    {
        AssemblyImage image = method.Assembly!;
        MethodDefinitionHandle handle = image.Methods.First(pair => pair.Value == method).Key;
        MethodDefinition definition = image.Metadata.GetMethodDefinition(handle);
        if (definition.RelativeVirtualAddress == 0) throw new MissingMemberFault($"body of {method.FullName}", false);
        MethodBodyBlock body = image.Body(definition);
        method.Il = body.GetILBytes() ?? [];
        if (!body.LocalSignature.IsNil)
        {
            ImmutableArray<SignatureType> locals = image.Metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(new SignatureDecoder(image.Metadata), null);
            if (locals.Length > 255) throw new DamagedAssemblyException($"{method.FullName}: a method has at most 255 locals on nanoFramework (the count is one byte), but got {locals.Length}");
            method.Locals = [.. locals.Select(local => SlotOf(image, local))];
        }

        method.Clauses = [.. body.ExceptionRegions.Select(region => new ExceptionClause(
            region.Kind, region.TryOffset, region.TryOffset + region.TryLength, region.HandlerOffset, region.HandlerOffset + region.HandlerLength, region.FilterOffset,
            region.Kind == ExceptionRegionKind.Catch ? ResolveType(image, region.CatchType).Type : null))];
    }

    /// <summary>A signature type as a variable is kept; a pointer to a structure is simply a reference to the structure's object.</summary>
    public SlotType SlotOf(AssemblyImage image, SignatureType type)
    {
        if (type.IsByRef)
        {
            SlotType pointee = SlotOf(image, type.Element!);
            return pointee.Storage == Storage.Struct ? pointee with { Storage = Storage.Ref } : new SlotType(Storage.ByRef, pointee.Type, pointee.Storage);
        }

        if (type.IsArray) return new SlotType(Storage.Ref, ArrayOf(SlotOf(image, type.Element!)));
        if (SignatureDecoder.Primitives.TryGetValue(type.Name, out (string FullName, Storage Storage) primitive))
        {
            return new SlotType(primitive.Storage, primitive.Storage == Storage.Void ? null : Core(primitive.FullName));
        }

        DeviceType named = Named(image, type);
        return new SlotType(named.Storage, named);
    }

    private DeviceType Named(AssemblyImage image, SignatureType type)
    {
        if (type.Handle.Kind == HandleKind.TypeDefinition) return image.Types[(TypeDefinitionHandle)type.Handle];
        foreach (AssemblyImage other in Assemblies)
        {
            foreach (DeviceType candidate in other.Types.Values)
            {
                if (candidate.FullName == type.Name) return candidate;
            }
        }

        return Core(type.Name);
    }

    private static object Definition(AssemblyImage image, FieldDefinitionHandle handle)
    {
        if (image.Statics.TryGetValue(handle, out StaticField? known)) return known;
        return image.Fields.TryGetValue(handle, out InstanceField? field)
            ? field
            : throw new DamagedAssemblyException($"{image.Name}: field token {MetadataTokens.GetToken(handle):x8} is not in the table");
    }

    private object FieldReference(AssemblyImage image, MemberReference reference)
    {
        DeviceType owner = OwnerOf(image, reference);
        string name = image.Metadata.GetString(reference.Name);
        foreach (AssemblyImage other in Assemblies)
        {
            foreach (StaticField known in other.Statics.Values) if (known.Owner == owner && known.Name == name) return known;
            foreach (InstanceField field in other.Fields.Values) if (field.Owner == owner && field.Name == name) return field;
        }

        if (owner.IsCore && CoreSurface.Instance.Has(owner.FullName, name))
        {
            SlotType slot = SlotOf(image, reference.DecodeFieldSignature(new SignatureDecoder(image.Metadata), null));
            if (owner.FullName == "System.Exception") return new InstanceField(owner, name, slot, 3);
            StaticField core = Statics.FirstOrDefault(known => known.Owner == owner && known.Name == name) ?? new StaticField(owner, name, slot, Statics.Count, default);
            if (core.Index == Statics.Count) Statics.Add(core);
            return core;
        }

        throw new MissingMemberFault($"{owner.FullName}::{name}", false);
    }

    private DeviceMethod MethodReference(AssemblyImage image, MemberReference reference)
    {
        DeviceType owner = OwnerOf(image, reference);
        string name = image.Metadata.GetString(reference.Name);
        MethodSignature<SignatureType> signature = reference.DecodeMethodSignature(new SignatureDecoder(image.Metadata), null);
        if (owner.IsCore) return CoreMethod(owner, name, signature, Arguments(image, owner, signature), SlotOf(image, signature.ReturnType));
        string key = $"{name}({string.Join(',', signature.ParameterTypes.Select(parameter => parameter.Name))})";
        for (DeviceType? type = owner; type is not null; type = type.Base)
        {
            foreach (DeviceMethod candidate in type.Methods) if (candidate.Key == key) return candidate;
        }

        throw new MissingMemberFault($"{owner.FullName}::{key}", false);
    }

    private DeviceType OwnerOf(AssemblyImage image, MemberReference reference) => reference.Parent.Kind switch
    {
        HandleKind.TypeReference or HandleKind.TypeDefinition or HandleKind.TypeSpecification => ResolveType(image, reference.Parent).Type
            ?? throw new DamagedAssemblyException($"{image.Name}: a member reference names no type"),
        _ => throw new DamagedAssemblyException($"{image.Name}: a member reference has a {reference.Parent.Kind} as its parent"),
    };
}
