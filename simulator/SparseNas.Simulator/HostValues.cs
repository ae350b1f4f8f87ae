using SparseNas.Simulator.Execution;
using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator;

/// <summary>Carries values between the host and the simulated heap.</summary>
internal sealed unsafe class HostValues(Interpreter machine)
{
    private byte* Memory => machine.Heap.Memory;

    /// <summary>A host value as a raw slot; arrays and texts are copied into the heap.</summary>
    public long ToSlot(object? value, SlotType type)
    {
        switch (value)
        {
            case null: return 0;
            case string text: return machine.AllocateText(text);
            case float single: return BitConverter.SingleToUInt32Bits(single);
            case double real: return BitConverter.DoubleToInt64Bits(real);
            case bool flag: return flag ? 1 : 0;
            case ulong large: return unchecked((long)large);
            case Array array when type.Type is { Element: not null } arrayType:
                int reference = machine.AllocateArray(arrayType, array.Length);
                CopyInto(reference, array, "the argument");
                return reference;
            case IConvertible number and not Array: return Convert.ToInt64(number, System.Globalization.CultureInfo.InvariantCulture);
            default: throw new ArgumentException($"a value of type {value.GetType().Name} cannot be passed as {type.Type?.FullName ?? type.Storage.ToString()}");
        }
    }

    /// <summary>Copies host elements into an array of the same element width, from element <paramref name="first"/> on.</summary>
    public void CopyInto(int reference, Array elements, string place, int first = 0)
    {
        if (reference == 0 || machine.Heap.Kind(reference) != BlockKind.Array) throw new ArgumentException($"{place} holds no array");
        ushort tag = *(ushort*)(Memory + reference);
        int bytes = Buffer.ByteLength(elements), begin = first * ArrayTag.ElementBytes(tag);
        if (tag >= ArrayTag.Ref || first < 0 || begin + bytes > machine.Heap.ArrayLength(reference) * ArrayTag.ElementBytes(tag) || (elements.Length > 0 && bytes / elements.Length != ArrayTag.ElementBytes(tag)))
        {
            throw new ArgumentException($"{place} holds {machine.TypeOf(reference).FullName} with {machine.Heap.ArrayLength(reference)} elements, which cannot take {elements.Length} of {elements.GetType().GetElementType()!.Name} from element {first} on");
        }

        byte[] raw = new byte[bytes];
        Buffer.BlockCopy(elements, 0, raw, 0, bytes);
        raw.CopyTo(new Span<byte>(Memory + reference + HeapLayout.ArrayHeaderBytes + begin, bytes));
    }

    /// <summary>A raw slot as a host value.</summary>
    public object? FromSlot(long raw, Storage storage) => storage switch
    {
        Storage.Bool => (int)raw != 0,
        Storage.I1 => (sbyte)raw,
        Storage.U1 => (byte)raw,
        Storage.Char => (char)raw,
        Storage.I2 => (short)raw,
        Storage.U2 => (ushort)raw,
        Storage.I4 => (int)raw,
        Storage.U4 => (uint)raw,
        Storage.I8 => raw,
        Storage.U8 => (ulong)raw,
        Storage.R4 => BitConverter.Int32BitsToSingle((int)raw),
        Storage.R8 => BitConverter.Int64BitsToDouble(raw),
        Storage.Ref => FromReference((int)raw),
        _ => throw new ArgumentException($"a value kept as {storage} has no host form"),
    };

    private object? FromReference(int reference)
    {
        if (reference == 0) return null;
        switch (machine.Heap.Kind(reference))
        {
            case BlockKind.Text or BlockKind.Literal: return machine.TextOf(reference);
            case BlockKind.Boxed: return FromSlot(*(long*)(Memory + Interpreter.FieldOffset(reference, 0)), machine.TypeOf(reference).Storage);
            case BlockKind.Array: return FromArray(reference, machine.TypeOf(reference).Element!.Value.Storage);
            default: throw new ArgumentException($"an object of type {machine.TypeOf(reference).FullName} has no host form");
        }
    }

    private Array FromArray(int reference, Storage storage)
    {
        int length = machine.Heap.ArrayLength(reference);
        Array array = storage switch
        {
            Storage.Bool => new bool[length],
            Storage.I1 => new sbyte[length],
            Storage.U1 => new byte[length],
            Storage.Char => new char[length],
            Storage.I2 => new short[length],
            Storage.U2 => new ushort[length],
            Storage.I4 => new int[length],
            Storage.U4 => new uint[length],
            Storage.I8 => new long[length],
            Storage.U8 => new ulong[length],
            Storage.R4 => new float[length],
            Storage.R8 => new double[length],
            _ => new object?[length],
        };
        if (array is object?[] references)
        {
            for (int e = 0; e < length; e++) references[e] = FromReference(*(int*)(Memory + Interpreter.ElementOffset(reference, e)));
            return references;
        }

        byte[] raw = new Span<byte>(Memory + reference + HeapLayout.ArrayHeaderBytes, Buffer.ByteLength(array)).ToArray();
        Buffer.BlockCopy(raw, 0, array, 0, raw.Length);
        return array;
    }
}
