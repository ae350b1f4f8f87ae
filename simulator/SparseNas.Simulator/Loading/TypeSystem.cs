using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using SparseNas.Simulator.Corlib;

namespace SparseNas.Simulator.Loading;

/// <summary>
/// All types, methods and static fields that the simulated program can name: those of its assemblies, and those of the core
/// library as far as the device has them. Everything is numbered, so that the heap and the code hold numbers only.
/// </summary>
internal sealed partial class TypeSystem
{
    private readonly Dictionary<string, DeviceType> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DeviceMethod> _coreMethods = new(StringComparer.Ordinal);

    public TypeSystem()
    {
        Types.Add(new DeviceType(0, "<none>"));
        Object = Core("System.Object");
        String = Core("System.String");
        Exception = Core("System.Exception");
        OutOfMemory = Core("System.OutOfMemoryException");
    }

    public List<DeviceType> Types { get; } = [];

    public List<DeviceMethod> Methods { get; } = [];

    public List<StaticField> Statics { get; } = [];

    public List<string> Literals { get; } = [];

    public List<AssemblyImage> Assemblies { get; } = [];

    public DeviceType Object { get; }

    public DeviceType String { get; }

    public DeviceType Exception { get; }

    public DeviceType OutOfMemory { get; }

    /// <summary><c>Object.ToString</c>, which the core library calls on what it is given.</summary>
    public DeviceMethod ToText => _toText ??= AddToText();

    private DeviceMethod? _toText;

    /// <summary>Reads an assembly and numbers its types, fields and methods; bodies are decoded when they are first called.</summary>
    public AssemblyImage Load(ReadOnlyMemory<byte> bytes, string place)
    {
        AssemblyImage image = AssemblyImage.Open(bytes, place);
        try
        {
            Define(image);
            image.ReadResources();
            image.TypeOrder = ImageOrder.Of(image);
            image.Facts = ImageFacts.Of(image);
        }
        catch (Exception e) when (AssemblyImage.IsDamage(e))
        {
            throw new DamagedAssemblyException($"{image.Name}: damaged metadata: {e.Message}", e);
        }

        Assemblies.Add(image);
        return image;
    }

    /// <summary>A type of the core library or of another device package; a name the device does not have is a fault.</summary>
    public DeviceType Core(string name)
    {
        if (_byName.TryGetValue(name, out DeviceType? known)) return known;
        if (!CoreSurface.Instance.Types.TryGetValue(name.Replace('+', '.'), out CoreSurface.TypeFacts? facts) && !CoreLibrary.IsPackageType(name))
        {
            string? package = DevicePackages.Of(name);
            throw new MissingMemberFault($"type {name}", package is not null, package);
        }

        DeviceType type = new(Types.Count, name) { IsCore = true };
        Types.Add(type);
        _byName[name] = type;
        if (facts is null)
        {
            bool isEnumeration = CoreLibrary.IsPackageEnumeration(name);
            type.Base = isEnumeration ? Core("System.Enum") : Object;
            if (isEnumeration) type.Storage = Storage.I4;
            foreach (Storage hidden in CoreLibrary.HiddenFields(name)) type.Fields.Add(new SlotType(hidden));
            type.FieldsLaidOut = true;
            return type;
        }

        type.IsInterface = facts.Kind == "interface";
        type.IsDelegate = facts.Kind == "delegate";
        type.Storage = CoreStorage(name, facts);
        foreach (string parent in facts.Bases)
        {
            if (facts.Kind == "enum" || parent.Contains('`', StringComparison.Ordinal)) continue;
            DeviceType parentType = Core(parent);
            if (parentType.IsInterface) type.Interfaces.Add(parentType);
            else type.Base = parentType;
        }

        if (type.Base is null && name != "System.Object") type.Base = type.IsDelegate && name != "System.MulticastDelegate" && name != "System.Delegate" ? Core("System.MulticastDelegate") : Object;
        if (type.Base is not null) type.Fields.AddRange(type.Base.Fields);
        foreach (Storage hidden in CoreLibrary.HiddenFields(name)) type.Fields.Add(new SlotType(hidden));
        type.FieldsLaidOut = true;
        return type;
    }

    /// <summary>Number of the assembly that defines a type; the application's own for a type of the core library.</summary>
    public int AssemblyOf(DeviceType type) => Math.Max(0, Assemblies.FindIndex(assembly => assembly.Types.ContainsValue(type)));

    public DeviceType? FindType(string fullName) => _byName.GetValueOrDefault(fullName);

    public DeviceType ArrayOf(SlotType element)
    {
        string name = (element.Type?.FullName ?? element.Storage.ToString()) + "[]";
        if (_byName.TryGetValue(name, out DeviceType? known)) return known;
        DeviceType arrayBase = Core("System.Array");
        DeviceType type = new(Types.Count, name) { Element = element, Base = arrayBase, FieldsLaidOut = true, IsCore = true };
        Types.Add(type);
        _byName[name] = type;
        return type;
    }

    /// <summary>A method of the core library, by the key of <see cref="CoreSurface"/>.</summary>
    public DeviceMethod CoreMethod(DeviceType owner, string name, MethodSignature<SignatureType> signature, IReadOnlyList<SlotType> arguments, SlotType result)
    {
        string member = $"{name}({string.Join(',', signature.ParameterTypes.Select(type => type.Name))})";
        string key = $"{owner.FullName}::{member}";
        if (_coreMethods.TryGetValue(key, out DeviceMethod? known)) return known;
        CoreMethod? core = owner.IsDelegate && name == "Invoke" ? Corlib.CoreMethod.DelegateInvoke : CoreLibrary.Find(owner, member);
        if (core is null && owner.IsInterface && CoreSurface.Instance.Has(owner.FullName, member)) core = Corlib.CoreMethod.Abstract;
        if (core is null)
        {
            bool onDevice = CoreSurface.Instance.Has(owner.FullName.Replace('+', '.'), member) || CoreLibrary.InheritsMember(owner, member) || CoreLibrary.IsPackageType(owner.FullName);
            throw new MissingMemberFault(key, onDevice);
        }

        DeviceMethod method = new(owner, name)
        {
            Id = Methods.Count, Arguments = arguments, Result = result, Key = member, Signature = SignatureOf(signature), IsStatic = !signature.Header.IsInstance, Core = core,
            IsVirtual = signature.Header.IsInstance && !owner.Storage.Equals(Storage.Struct),
        };
        Methods.Add(method);
        return _coreMethods[key] = method;
    }

    /// <summary>The method of a number's class that a virtual method of the core library becomes when it is called on a number behind a pointer.</summary>
    public DeviceMethod OnNumber(DeviceMethod method, Storage storage)
    {
        DeviceType type = Core(SignatureDecoder.Primitives.First(primitive => primitive.Value.Storage == storage && primitive.Key is not ("IntPtr" or "UIntPtr")).Value.FullName);
        string key = $"{type.FullName}::{method.Key}";
        if (_coreMethods.TryGetValue(key, out DeviceMethod? known)) return known;
        DeviceMethod found = new(type, method.Name)
        {
            Id = Methods.Count, Arguments = [new SlotType(Storage.ByRef, type, storage), .. method.Arguments.Skip(1)], Result = method.Result, Key = method.Key, Signature = method.Signature,
            Core = CoreLibrary.FindOwn(type, method.Key) ?? throw new MissingMemberFault(key, true), IsVirtual = false,
        };
        Methods.Add(found);
        return _coreMethods[key] = found;
    }

    private DeviceMethod AddToText()
    {
        const string member = "ToString()";
        if (_coreMethods.TryGetValue($"{Object.FullName}::{member}", out DeviceMethod? known)) return known;
        DeviceMethod method = new(Object, "ToString")
        {
            Id = Methods.Count, Arguments = [new SlotType(Storage.Ref, Object)], Result = new SlotType(Storage.Ref, String), Key = member, Signature = "string()", IsVirtual = true,
            Core = CoreLibrary.Find(Object, member),
        };
        Methods.Add(method);
        return _coreMethods[$"{Object.FullName}::{member}"] = method;
    }

    /// <summary>
    /// The override of a core library method in a type of the core library between an object's type and the method's own; null when there is none.
    /// It takes an object where a direct call of the same method on a number takes a pointer, so the two are kept apart.
    /// </summary>
    public DeviceMethod? CoreOverride(DeviceType objectType, DeviceMethod method)
    {
        if (method.Core is null) return null;
        for (DeviceType? type = objectType; type is not null && type != method.Owner; type = type.Base)
        {
            if (!type.IsCore || CoreLibrary.FindOwn(type, method.Key) is not { } core) continue;
            string key = $"{type.FullName}::{method.Key} on an object";
            if (_coreMethods.TryGetValue(key, out DeviceMethod? known)) return known;
            DeviceMethod found = new(type, method.Name)
            {
                Id = Methods.Count, Arguments = method.Arguments, Result = method.Result, Key = method.Key, Signature = method.Signature, Core = core, IsVirtual = true,
            };
            Methods.Add(found);
            return _coreMethods[key] = found;
        }

        return null;
    }

    private static Storage CoreStorage(string name, CoreSurface.TypeFacts facts)
    {
        if (facts.Kind == "enum") return SignatureDecoder.Primitives[facts.Bases.Count > 0 ? facts.Bases[0] : "int"].Storage;
        foreach ((string fullName, Storage storage) in SignatureDecoder.Primitives.Values)
        {
            if (fullName == name) return storage;
        }

        if (name is "System.DateTime" or "System.TimeSpan" or "System.RuntimeFieldHandle" or "System.RuntimeTypeHandle") return Storage.I8;
        return facts.Kind == "struct" ? Storage.Struct : Storage.Ref;
    }

    private void Define(AssemblyImage image)
    {
        MetadataReader metadata = image.Metadata;
        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            DeviceType type = new(Types.Count, MetadataNames.Of(metadata, handle));
            Types.Add(type);
            image.Types[handle] = type;
            _byName.TryAdd(type.FullName, type);
            type.IsInterface = (metadata.GetTypeDefinition(handle).Attributes & TypeAttributes.Interface) != 0;
        }

        foreach ((TypeDefinitionHandle handle, DeviceType type) in image.Types) DefineBases(image, handle, type);
        foreach (DeviceType type in image.Types.Values) RejectCircle(type);
        foreach ((TypeDefinitionHandle handle, DeviceType type) in image.Types) LayOutFields(image, handle, type);
        HashSet<DeviceType> sound = [];
        foreach (DeviceType type in image.Types.Values) RejectEndlessStructure(type, 0, sound);
        foreach ((TypeDefinitionHandle handle, DeviceType type) in image.Types) DefineMethods(image, handle, type);
    }

    /// <summary>A structure that contains itself would have no size.</summary>
    private static void RejectEndlessStructure(DeviceType type, int depth, HashSet<DeviceType> sound)
    {
        if (depth > 16) throw new DamagedAssemblyException($"structure {type.FullName} contains itself or is nested more than 16 deep");
        if (sound.Contains(type)) return;
        foreach (SlotType field in type.Fields)
        {
            if (field is { Storage: Storage.Struct, Type: { } inner }) RejectEndlessStructure(inner, depth + 1, sound);
        }

        sound.Add(type);
    }

    private static void RejectInterfaceCircle(DeviceType type, int depth)
    {
        if (depth > 16) throw new DamagedAssemblyException($"interface {type.FullName} inherits from itself or more than 16 deep");
        foreach (DeviceType implemented in type.Interfaces) RejectInterfaceCircle(implemented, depth + 1);
    }

    private static void RejectCircle(DeviceType type)
    {
        RejectInterfaceCircle(type, 0);
        int depth = 0;
        for (DeviceType? parent = type; parent is not null; parent = parent.Base)
        {
            if (++depth > 64) throw new DamagedAssemblyException($"type {type.FullName} derives from itself or more than 64 deep");
        }
    }

    private void DefineBases(AssemblyImage image, TypeDefinitionHandle handle, DeviceType type)
    {
        MetadataReader metadata = image.Metadata;
        TypeDefinition definition = metadata.GetTypeDefinition(handle);
        if (definition.GetGenericParameters().Count > 0) throw new DamagedAssemblyException($"{type.FullName}: nanoFramework 1.x has no generics");
        if (!definition.BaseType.IsNil) type.Base = ResolveType(image, definition.BaseType).Type ?? Object;
        foreach (InterfaceImplementationHandle implementation in definition.GetInterfaceImplementations())
        {
            if (ResolveType(image, metadata.GetInterfaceImplementation(implementation).Interface).Type is { } implemented) type.Interfaces.Add(implemented);
        }

        type.IsDelegate = type.Base?.FullName is "System.MulticastDelegate" or "System.Delegate";
        type.Storage = type.Base?.FullName switch
        {
            "System.ValueType" => Storage.Struct,
            "System.Enum" => EnumStorage(image, definition),
            _ => Storage.Ref,
        };
    }

    private static Storage EnumStorage(AssemblyImage image, TypeDefinition definition)
    {
        foreach (FieldDefinitionHandle handle in definition.GetFields())
        {
            FieldDefinition field = image.Metadata.GetFieldDefinition(handle);
            if ((field.Attributes & FieldAttributes.Static) != 0) continue;
            SignatureType type = field.DecodeSignature(new SignatureDecoder(image.Metadata), null);
            if (SignatureDecoder.Primitives.TryGetValue(type.Name, out (string FullName, Storage Storage) primitive) && primitive.Storage is >= Storage.Bool and <= Storage.U8) return primitive.Storage;
        }

        throw new DamagedAssemblyException($"{MetadataNames.Assembly(image.Metadata)}: an enumeration has no integer field");
    }

    private void LayOutFields(AssemblyImage image, TypeDefinitionHandle handle, DeviceType type)
    {
        if (type.FieldsLaidOut) return;
        type.FieldsLaidOut = true;
        MetadataReader metadata = image.Metadata;
        if (type.Base is { } parent)
        {
            if (!parent.FieldsLaidOut)
            {
                foreach ((TypeDefinitionHandle parentHandle, DeviceType candidate) in image.Types)
                {
                    if (candidate == parent) LayOutFields(image, parentHandle, parent);
                }
            }

            type.Fields.AddRange(parent.Fields);
        }

        foreach (FieldDefinitionHandle fieldHandle in metadata.GetTypeDefinition(handle).GetFields())
        {
            FieldDefinition field = metadata.GetFieldDefinition(fieldHandle);
            string name = metadata.GetString(field.Name);
            if ((field.Attributes & FieldAttributes.Literal) != 0) continue;
            SlotType slot = SlotOf(image, field.DecodeSignature(new SignatureDecoder(metadata), null));
            if (slot.Storage is Storage.ByRef or Storage.Void) throw new DamagedAssemblyException($"{type.FullName}.{name}: a field cannot be {slot.Storage}");
            if ((field.Attributes & FieldAttributes.Static) != 0)
            {
                StaticField known = new(type, name, slot, Statics.Count, image.FieldData(field, DataBytes(image, field, slot)));
                Statics.Add(known);
                image.Statics[fieldHandle] = known;
            }
            else
            {
                image.Fields[fieldHandle] = new InstanceField(type, name, slot, type.Fields.Count);
                type.Fields.Add(slot);
            }
        }
    }

    private static int DataBytes(AssemblyImage image, FieldDefinition field, SlotType slot)
    {
        if (field.GetRelativeVirtualAddress() == 0) return 0;
        foreach ((TypeDefinitionHandle handle, DeviceType type) in image.Types)
        {
            if (type == slot.Type) return Math.Max(image.Metadata.GetTypeDefinition(handle).GetLayout().Size, 0);
        }

        return slot.Storage.ElementBytes() is var bytes && bytes <= 8 ? bytes : 0;
    }

    private void DefineMethods(AssemblyImage image, TypeDefinitionHandle handle, DeviceType type)
    {
        MetadataReader metadata = image.Metadata;
        foreach (MethodDefinitionHandle methodHandle in metadata.GetTypeDefinition(handle).GetMethods())
        {
            MethodDefinition definition = metadata.GetMethodDefinition(methodHandle);
            string name = metadata.GetString(definition.Name);
            MethodSignature<SignatureType> signature = definition.DecodeSignature(new SignatureDecoder(metadata), null);
            bool isStatic = (definition.Attributes & MethodAttributes.Static) != 0;
            if (isStatic == signature.Header.IsInstance) throw new DamagedAssemblyException($"{type.FullName}.{name}: the attributes and the signature disagree whether it is static");
            DeviceMethod method = new(type, name)
            {
                Id = Methods.Count,
                MetadataRow = MetadataTokens.GetRowNumber(methodHandle),
                Arguments = Arguments(image, type, signature),
                Result = SlotOf(image, signature.ReturnType),
                Key = $"{name}({string.Join(',', signature.ParameterTypes.Select(parameter => parameter.Name))})",
                Signature = SignatureOf(signature),
                IsStatic = isStatic,
                IsVirtual = (definition.Attributes & MethodAttributes.Virtual) != 0,
                IsAbstract = (definition.Attributes & MethodAttributes.Abstract) != 0,
                Assembly = image,
                Core = type.IsDelegate && name == "Invoke" ? Corlib.CoreMethod.DelegateInvoke : null,
            };
            Methods.Add(method);
            image.Methods[methodHandle] = method;
            type.Methods.Add(method);
        }
    }

    private static string SignatureOf(MethodSignature<SignatureType> signature) =>
        $"{signature.ReturnType.Name}({string.Join(',', signature.ParameterTypes.Select(parameter => parameter.Name))})";

    private List<SlotType> Arguments(AssemblyImage image, DeviceType owner, MethodSignature<SignatureType> signature)
    {
        List<SlotType> arguments = [];
        if (signature.Header.IsInstance)
        {
            arguments.Add(owner.Storage switch
            {
                Storage.Ref or Storage.Struct => new SlotType(Storage.Ref, owner),
                _ => new SlotType(Storage.ByRef, owner, owner.Storage),
            });
        }

        foreach (SignatureType parameter in signature.ParameterTypes) arguments.Add(SlotOf(image, parameter));
        if (arguments.Count > 255) throw new DamagedAssemblyException($"{owner.FullName}: a method has at most 255 arguments, but got {arguments.Count}");
        return arguments;
    }
}
