using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Heap;

/// <summary>
/// First two bytes of an array's header: its block kind and, shifted over the collector's mark bit, how its elements are kept. One
/// comparison tells the interpreter that a reference is an array of the right kind (0, null, never matches: offset 0 is the cluster header).
/// </summary>
internal static class ArrayTag
{
    public const ushort SignBit = 1 << 9;
    public const ushort I1 = (ushort)BlockKind.Array;
    public const ushort U1 = I1 | (1 << 9);
    public const ushort I2 = I1 | (2 << 9);
    public const ushort U2 = I1 | (3 << 9);
    public const ushort W4 = I1 | (4 << 9);
    public const ushort W8 = I1 | (5 << 9);
    public const ushort Ref = I1 | (6 << 9);
    public const ushort Struct = I1 | (7 << 9);

    public static ushort Of(Storage storage) => storage switch
    {
        Storage.I1 => I1,
        Storage.U1 or Storage.Bool => U1,
        Storage.I2 => I2,
        Storage.U2 or Storage.Char => U2,
        Storage.I4 or Storage.U4 or Storage.R4 => W4,
        Storage.I8 or Storage.U8 or Storage.R8 => W8,
        Storage.Struct => Struct,
        _ => Ref,
    };

    public static int ElementBytes(ushort tag) => (tag >> 9) switch { 0 or 1 => 1, 2 or 3 => 2, 4 => 4, 5 => 8, _ => HeapLayout.ReferenceElementBytes };
}
