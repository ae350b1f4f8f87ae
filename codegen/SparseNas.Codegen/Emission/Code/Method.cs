using System.Collections.Immutable;

namespace SparseNas.Codegen.Emission.Code;

/// <summary>A generated static method without parameters or result.</summary>
/// <param name="Name">Identifier.</param>
/// <param name="Summary">Lines of its comment.</param>
/// <param name="Body">What it does.</param>
public sealed record Method(string Name, ImmutableArray<string> Summary, Block Body);

/// <summary>An initialised static array: it lies in flash and, once the program runs, in the heap as well.</summary>
/// <param name="Name">Identifier of the field.</param>
/// <param name="Type">An array type.</param>
/// <param name="Values">Its elements.</param>
public sealed record Table(string Name, DeviceType Type, ImmutableArray<int> Values)
{
    /// <summary>Bytes of the initialiser in the image.</summary>
    public int InitialiserBytes => Values.Length * Type.ElementBytes();

    /// <summary>Bytes of the array on the device's heap: header of 20, in blocks of 12.</summary>
    public int HeapBytes => DeviceHeap.ArrayBytes(InitialiserBytes);

    /// <summary>Reads the field.</summary>
    public StaticArray Reference => new(Name, Type);
}

/// <summary>How the device's managed heap rounds (nanoCLR_Runtime__HeapBlock.h: blocks of 12 bytes).</summary>
public static class DeviceHeap
{
    /// <summary>A heap block, a local variable, an evaluation stack slot, a static field.</summary>
    public const int BlockBytes = 12;

    private const int ArrayHeaderBytes = 20;

    /// <summary>Bytes that an array with <paramref name="dataBytes"/> of elements takes.</summary>
    public static int ArrayBytes(int dataBytes) => (ArrayHeaderBytes + dataBytes + BlockBytes - 1) / BlockBytes * BlockBytes;

    /// <summary>Bytes of a stack frame: 7 blocks and at least 10 more for locals, evaluation stack and 3 spare (CLR_RT_StackFrame.cpp).</summary>
    public static int FrameBytes(int locals, int maxStack) => BlockBytes * (7 + Math.Max(locals + maxStack + 3, 10));
}
