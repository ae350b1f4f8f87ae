namespace SparseNas.Codegen.Emission.Code;

/// <summary>The types that generated code uses. The device has no others that are fast.</summary>
public enum DeviceType
{
    /// <summary>32-bit integer.</summary>
    Int,

    /// <summary>64-bit integer.</summary>
    Long,

    /// <summary>Array of bytes: the arena, lookup tables.</summary>
    Bytes,

    /// <summary>Array of signed bytes: weights.</summary>
    SBytes,

    /// <summary>Array of 16-bit integers: multipliers.</summary>
    Shorts,

    /// <summary>Array of 32-bit integers: biases.</summary>
    Ints,
}

/// <summary>Facts about <see cref="DeviceType"/>.</summary>
public static class DeviceTypes
{
    /// <summary>The C# keyword.</summary>
    public static string Keyword(this DeviceType type) => type switch
    {
        DeviceType.Int => "int",
        DeviceType.Long => "long",
        DeviceType.Bytes => "byte[]",
        DeviceType.SBytes => "sbyte[]",
        DeviceType.Shorts => "short[]",
        DeviceType.Ints => "int[]",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "unknown device type"),
    };

    /// <summary>Bytes of one element of an array type.</summary>
    public static int ElementBytes(this DeviceType type) => type switch
    {
        DeviceType.Bytes or DeviceType.SBytes => 1,
        DeviceType.Shorts => 2,
        DeviceType.Ints => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not an array type"),
    };
}
