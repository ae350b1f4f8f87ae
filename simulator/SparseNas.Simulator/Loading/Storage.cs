namespace SparseNas.Simulator.Loading;

/// <summary>How a local, argument, field, static or array element keeps its value (the runtime's data types).</summary>
internal enum Storage : byte
{
    Void,
    Bool,
    I1,
    U1,
    Char,
    I2,
    U2,
    I4,
    U4,
    I8,
    U8,
    R4,
    R8,

    /// <summary>A reference to an object, array, text or delegate.</summary>
    Ref,

    /// <summary>A structure: a reference to an object of its own that is cloned on every load (Execute_LoadAndPromote).</summary>
    Struct,

    /// <summary>A managed pointer.</summary>
    ByRef,
}

/// <summary>The kind of a value on the evaluation stack: narrow integers are widened to I4, U4 keeps its type.</summary>
internal enum StackKind : byte
{
    I4,
    U4,
    I8,
    U8,
    R4,
    R8,
    Ref,
    ByRef,
}

internal static class StorageFacts
{
    public static StackKind OnStack(this Storage storage) => storage switch
    {
        Storage.Bool or Storage.I1 or Storage.U1 or Storage.Char or Storage.I2 or Storage.U2 or Storage.I4 => StackKind.I4,
        Storage.U4 => StackKind.U4,
        Storage.I8 => StackKind.I8,
        Storage.U8 => StackKind.U8,
        Storage.R4 => StackKind.R4,
        Storage.R8 => StackKind.R8,
        Storage.Ref or Storage.Struct => StackKind.Ref,
        Storage.ByRef => StackKind.ByRef,
        _ => throw new DamagedAssemblyException($"storage {storage} cannot be on the stack"),
    };

    /// <summary>Bytes of an array element; references and structures take a whole block.</summary>
    public static int ElementBytes(this Storage storage) => storage switch
    {
        Storage.Bool or Storage.I1 or Storage.U1 => 1,
        Storage.Char or Storage.I2 or Storage.U2 => 2,
        Storage.I4 or Storage.U4 or Storage.R4 => 4,
        Storage.I8 or Storage.U8 or Storage.R8 => 8,
        _ => 12,
    };

    public static bool IsNarrow(this Storage storage) => storage is >= Storage.Bool and <= Storage.U2;

    public static bool IsReference(this Storage storage) => storage is Storage.Ref or Storage.Struct;
}
