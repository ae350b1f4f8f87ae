using System.Collections.Immutable;
using System.Reflection.Metadata;
using SparseNas.Simulator.Corlib;
using SparseNas.Simulator.Execution;

namespace SparseNas.Simulator.Loading;

/// <summary>Type of a local, argument, field or result.</summary>
/// <param name="Storage">How it is kept.</param>
/// <param name="Type">Class, structure or array type; for a managed pointer the type it points to; null where only the storage matters.</param>
/// <param name="Pointee">For a managed pointer: how the place it points to is kept.</param>
internal readonly record struct SlotType(Storage Storage, DeviceType? Type = null, Storage Pointee = Storage.Void);

/// <summary>A class, structure, enumeration, interface, delegate or array type, of an application assembly or of the core library.</summary>
internal sealed class DeviceType(int id, string name)
{
    public int Id { get; } = id;

    public string FullName { get; } = name;

    public DeviceType? Base { get; set; }

    public List<DeviceType> Interfaces { get; } = [];

    public bool IsInterface { get; set; }

    public bool IsDelegate { get; set; }

    public bool IsCore { get; init; }

    /// <summary>How a variable of this type is kept; for enumerations that of the underlying integer.</summary>
    public Storage Storage { get; set; } = Storage.Ref;

    /// <summary>Element type of an array type.</summary>
    public SlotType? Element { get; init; }

    /// <summary>Instance fields, inherited ones first.</summary>
    public List<SlotType> Fields { get; } = [];

    public List<DeviceMethod> Methods { get; } = [];

    public bool FieldsLaidOut { get; set; }

    /// <summary>Target type of a virtual call, found once per method.</summary>
    public Dictionary<DeviceMethod, DeviceMethod?> DispatchCache { get; } = [];

    public bool Inherits(DeviceType other)
    {
        for (DeviceType? type = this; type is not null; type = type.Base)
        {
            if (type == other || (other.IsInterface && type.Interfaces.Any(implemented => implemented.Inherits(other)))) return true;
        }

        return false;
    }

    /// <summary>
    /// The body that a virtual call of <paramref name="method"/> on an object of this type runs; null when there is none. The device looks for
    /// it by name (TypeSystem.cpp, FindVirtualMethodDef): an explicit implementation carries its interface's name in its own; without one the
    /// nearest class wins that has a method of that name and signature, also where it hides the method with <c>new</c> and is not even virtual.
    /// </summary>
    public DeviceMethod? Resolve(DeviceMethod method)
    {
        if (method.Owner == this) return method;
        if (DispatchCache.TryGetValue(method, out DeviceMethod? known)) return known;
        DeviceMethod? found = method.Owner.IsInterface ? Find(method, $"{method.Owner.FullName.Replace('+', '.')}.{method.Name}") : null;
        return DispatchCache[method] = found ?? Find(method, method.Name);
    }

    /// <summary>Whether the program itself gives this type an instance method.</summary>
    public bool Declares(string name, string signature)
    {
        for (DeviceType? type = this; type is not null; type = type.Base)
        {
            if (type.Methods.Exists(method => !method.IsStatic && method.Name == name && method.Signature == signature)) return true;
        }

        return false;
    }

    private DeviceMethod? Find(DeviceMethod wanted, string name)
    {
        for (DeviceType? type = this; type is not null; type = type.Base)
        {
            foreach (DeviceMethod method in type.Methods.Where(method => method.IsVirtual).Concat(type.Methods.Where(method => !method.IsVirtual)))
            {
                if (method == wanted) return method;
                if (!method.IsStatic && !method.IsAbstract && method.Name == name && method.Signature == wanted.Signature) return method;
            }
        }

        return null;
    }

    public override string ToString() => FullName;
}

/// <summary>A static field: its place in the table of statics, and its initialiser bytes when it has some.</summary>
internal sealed record StaticField(DeviceType Owner, string Name, SlotType Type, int Index, ImmutableArray<byte> Data)
{
    public string FullName => $"{Owner.FullName}.{Name}";
}

/// <summary>An instance field: its block in the object, counted from the first field.</summary>
internal sealed record InstanceField(DeviceType Owner, string Name, SlotType Type, int Slot);

/// <summary>One protected region; offsets are IL bytes.</summary>
internal sealed record ExceptionClause(
    ExceptionRegionKind Kind, int TryStart, int TryEnd, int HandlerStart, int HandlerEnd, int FilterStart, DeviceType? CatchType);

/// <summary>A method with its signature; an application method carries IL, a core library method an intrinsic.</summary>
internal sealed class DeviceMethod(DeviceType owner, string name)
{
    public DeviceType Owner { get; } = owner;

    public string Name { get; } = name;

    /// <summary>Row in its assembly's table of methods; 0 for the core library's.</summary>
    public int MetadataRow { get; init; }

    /// <summary>Place in the interpreter's table of methods.</summary>
    public int Id { get; set; }

    /// <summary>Arguments, <c>this</c> first for instance methods.</summary>
    public required IReadOnlyList<SlotType> Arguments { get; init; }

    public required SlotType Result { get; init; }

    public IReadOnlyList<SlotType> Locals { get; set; } = [];

    public bool IsStatic { get; init; }

    public bool IsVirtual { get; init; }

    public bool IsAbstract { get; init; }

    public bool IsConstructor => Name is ".ctor" or ".cctor";

    /// <summary>Name and parameter types, as the list of the core library's members spells them.</summary>
    public required string Key { get; init; }

    /// <summary>Result and parameter types: equal for a method and what overrides it, on the device also for what hides it.</summary>
    public required string Signature { get; init; }

    public byte[] Il { get; set; } = [];

    public IReadOnlyList<ExceptionClause> Clauses { get; set; } = [];

    /// <summary>Evaluation stack depth that the metadata processor writes into the image.</summary>
    public int DeviceMaxStack { get; set; }

    public AssemblyImage? Assembly { get; init; }

    /// <summary>Body in the simulator, for methods of the core library.</summary>
    public CoreMethod? Core { get; init; }

    /// <summary>Decoded on the first call.</summary>
    public MethodCode? Code { get; set; }

    public string FullName => $"{Owner.FullName}.{Name}";

    public override string ToString() => FullName;
}
