using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>Managed pointers: a base, which is an object, the stack or a static field, and an offset into it.</summary>
internal sealed unsafe partial class Interpreter
{
    /// <summary>Base of a pointer into the host stack of slots; its offset counts slots.</summary>
    private const int StackBase = -1;

    /// <summary>Base of a pointer to a static field; its offset is the field's number.</summary>
    private const int StaticBase = -2;

    private static long Pointer(int @base, long offset) => (uint)@base | (offset << 32);

    /// <summary>Host address behind a managed pointer, and whether it is an array element of its own width (else a whole slot).</summary>
    public byte* Dereference(long pointer, out bool isElement)
    {
        int @base = (int)pointer;
        long offset = pointer >> 32;
        isElement = false;
        switch (@base)
        {
            case 0: throw DeviceThrow.Null();
            case StackBase: return (byte*)(_stack + offset);
            case StaticBase: return (byte*)(_statics + offset);
            default:
                isElement = _heap.Kind(@base) == BlockKind.Array;
                return _memory + @base + offset;
        }
    }

    private void StoreThrough(long pointer, int bytes, long value, Storage pointee)
    {
        byte* at = Dereference(pointer, out bool isElement);
        if (!isElement && bytes < 4) *(int*)at = pointee switch { Storage.I1 => (sbyte)value, Storage.I2 => (short)value, Storage.Bool or Storage.U1 => (byte)value, _ => (ushort)value };
        else if (bytes == 1) *at = (byte)value;
        else if (bytes == 2) *(short*)at = (short)value;
        else if (bytes == 4) *(int*)at = (int)value;
        else *(long*)at = value;
    }

    private void InitialiseSlot(long pointer, Storage storage)
    {
        byte* at = Dereference(pointer, out bool isElement);
        new Span<byte>(at, isElement ? Math.Min(storage.ElementBytes(), 8) : 8).Clear();
    }
}
