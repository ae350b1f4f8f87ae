using System.Text;
using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>What the program makes: objects, arrays, texts, delegates, and what the device does when there is no room.</summary>
internal sealed unsafe partial class Interpreter
{
    /// <summary>Allocates an object with its fields zero; structure fields get objects of their own (NewObject).</summary>
    public int AllocateObject(DeviceType type)
    {
        int reference = Allocated(type.Storage == Storage.Struct ? BlockKind.Struct : BlockKind.Object, type, HeapLayout.ObjectBlocks(type.Fields.Count));
        Counters.MachineryInstructions += AllocationCosts.PerField * type.Fields.Count;
        for (int f = type.Fields.Count - 1; f >= 0; f--)
        {
            if (type.Fields[f].Storage != Storage.Struct) continue;
            Protect(reference);
            int inner = AllocateObject(type.Fields[f].Type!);
            reference = Unprotect();
            *(int*)(_memory + FieldOffset(reference, f)) = inner;
        }

        return reference;
    }

    public int AllocateArray(DeviceType type, int length)
    {
        if (length < 0) throw DeviceThrow.Range();
        ushort tag = ArrayTag.Of(type.Element!.Value.Storage);
        long bytes = HeapLayout.ArrayHeaderBytes + ((long)length * ArrayTag.ElementBytes(tag));
        if (bytes > (long)HeapLayout.MaximumBlocks * HeapLayout.BlockBytes) throw OutOfMemory(atFrame: false);
        int reference = Allocated(BlockKind.Array, type, HeapLayout.BlocksOf(bytes));
        *(ushort*)(_memory + reference) = tag;
        _heap.ArrayLength(reference) = length;
        Counters.MachineryInstructions += AllocationCosts.PerClearedByte * bytes;
        if (tag != ArrayTag.Struct) return reference;
        for (int e = 0; e < length; e++)
        {
            Protect(reference);
            int element = AllocateObject(type.Element.Value.Type!);
            reference = Unprotect();
            *(int*)(_memory + ElementOffset(reference, e)) = element;
        }

        return reference;
    }

    public int AllocateText(ReadOnlySpan<byte> utf8)
    {
        int reference = Allocated(BlockKind.Text, _types.String, HeapLayout.TextBlocks(utf8.Length));
        _heap.Auxiliary(reference) = utf8.Length;
        utf8.CopyTo(new Span<byte>(_memory + reference + HeapLayout.BlockBytes, utf8.Length));
        return reference;
    }

    public int AllocateText(string text) => AllocateText(Encoding.UTF8.GetBytes(text));

    public int AllocateBoxed(DeviceType type, long value)
    {
        int reference = Allocated(BlockKind.Boxed, type, 2);
        *(long*)(_memory + FieldOffset(reference, 0)) = value;
        return reference;
    }

    public int Allocated(BlockKind kind, DeviceType type, int blocks)
    {
        int collections = _heap.Collections;
        long visited = _heap.VisitedObjects;
        int reference = _heap.Allocate(kind, type.Id, blocks);
        if (_heap.Collections != collections) ChargeCollection(_heap.VisitedObjects - visited);
        if (reference == 0) throw OutOfMemory(atFrame: false);
        ref (long Objects, long Bytes) count = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(Counters.Allocations, type.FullName, out _);
        count = (count.Objects + 1, count.Bytes + HeapLayout.BytesOf(blocks));
        return reference;
    }

    /// <summary>Notes where memory ran out, which decides what the device does about it.</summary>
    private DeviceThrow OutOfMemory(bool atFrame)
    {
        (_failedInCore, _failedAtFrame) = (_coreFrames.Count > 0, atFrame);
        return DeviceThrow.OutOfMemory();
    }

    private bool _failedInCore;
    private bool _failedAtFrame;

    /// <summary>An array that a native body makes, which is not tried a second time.</summary>
    public int NewBuffer(Storage storage, string elementType, int length) => AllocateArray(_types.ArrayOf(new SlotType(storage, _types.Core(elementType))), length);

    /// <summary>An array of numbers that the core library makes.</summary>
    public int NewCoreArray(Storage storage, string elementType, int length) => NewArray(_types.ArrayOf(new SlotType(storage, _types.Core(elementType))), length);

    private void ChargeCollection(long visitedObjects)
    {
        double cost = AllocationCosts.Collection(visitedObjects);
        Counters.CollectionInstructions += cost;
        Counters.MachineryInstructions += cost;
    }

    public void Collect()
    {
        long visited = _heap.VisitedObjects;
        _heap.Collect();
        ChargeCollection(_heap.VisitedObjects - visited);
    }

    public void Compact()
    {
        _heap.Compact();
        ChargeCollection(_heap.VisitedObjects / Math.Max(1, _heap.Collections));
    }

    /// <summary>An array that does not fit is tried once more after a compaction (CEE_NEWARR).</summary>
    private int NewArray(DeviceType type, int length)
    {
        _frame->MayRestart = false;
        try
        {
            return AllocateArray(type, length);
        }
        catch (DeviceThrow e) when (e.IsOutOfMemory)
        {
            Compact();
            return AllocateArray(type, length);
        }
    }

    /// <summary>A literal of the core library: its text stays in flash, only a header is allocated.</summary>
    public int AllocateLiteral(string text)
    {
        int index = _types.Literals.IndexOf(text);
        if (index < 0)
        {
            index = _types.Literals.Count;
            _types.Literals.Add(text);
        }

        return MakeLiteral(index);
    }

    private int MakeLiteral(int index)
    {
        int reference = Allocated(BlockKind.Literal, _types.String, 1);
        _heap.Auxiliary(reference) = index;
        return reference;
    }

    private int MakeDelegate(DeviceMethod method)
    {
        int reference = Allocated(BlockKind.Delegate, _types.Core("System.MulticastDelegate"), HeapLayout.BlocksOf(36));
        _heap.Auxiliary(reference) = method.Id;
        return reference;
    }

    /// <summary>A thread starts from a delegate to its method; it is garbage once the thread runs.</summary>
    public int AllocateStartDelegate(DeviceMethod method) => MakeDelegate(method);
}
