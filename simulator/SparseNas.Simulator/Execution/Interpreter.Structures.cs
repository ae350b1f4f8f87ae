using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>Structures, which are objects of their own on the device: every load copies one, boxing too.</summary>
internal sealed unsafe partial class Interpreter
{
    /// <summary>Copies a structure into a new object; nested structures are copied too.</summary>
    private int Clone(int source)
    {
        if (source == 0) throw DeviceThrow.Null();
        if (_heap.Kind(source) != BlockKind.Struct) throw DeviceThrow.WrongType();
        Protect(source);
        int copy = AllocateObject(TypeOf(source));
        CopyStruct(copy, Unprotect());
        Counters.MachineryInstructions += AllocationCosts.PerCopiedField * TypeOf(copy).Fields.Count;
        return copy;
    }

    /// <summary>Copies of copies, as the device makes them; the last one stays.</summary>
    private int Clone(int source, int times)
    {
        for (; times > 0; times--) source = Clone(source);
        return source;
    }

    /// <summary>A field takes over the object on the stack, which is a copy already; its former object is garbage (AssignAndPreserveType).</summary>
    private void AssignStruct(int* field, int value)
    {
        if (*field == 0 || value == 0) throw DeviceThrow.Null();
        if (_heap.Kind(value) != BlockKind.Struct || _heap.TypeId(value) != _heap.TypeId(*field)) throw DeviceThrow.WrongType();
        *field = value;
    }

    /// <summary>Copies the fields of one structure into another of the same type (CopyValueType).</summary>
    public void CopyStruct(int target, int source)
    {
        if (target == 0 || source == 0) throw DeviceThrow.Null();
        if (_heap.Kind(target) != BlockKind.Struct || _heap.Kind(source) != BlockKind.Struct || _heap.TypeId(target) != _heap.TypeId(source)) throw DeviceThrow.WrongType();
        List<SlotType> fields = TypeOf(source).Fields;
        for (int f = 0; f < fields.Count; f++)
        {
            if (fields[f].Storage == Storage.Struct) CopyStruct(*(int*)(_memory + FieldOffset(target, f)), *(int*)(_memory + FieldOffset(source, f)));
            else *(long*)(_memory + FieldOffset(target, f)) = *(long*)(_memory + FieldOffset(source, f));
        }
    }

    private void ClearStruct(int target)
    {
        if (target == 0) throw DeviceThrow.Null();
        if (_heap.Kind(target) != BlockKind.Struct) throw DeviceThrow.WrongType();
        List<SlotType> fields = TypeOf(target).Fields;
        for (int f = 0; f < fields.Count; f++)
        {
            if (fields[f].Storage == Storage.Struct) ClearStruct(*(int*)(_memory + FieldOffset(target, f)));
            else *(long*)(_memory + FieldOffset(target, f)) = 0;
        }
    }

    /// <summary>A box that cannot be allocated is a NullReferenceException on the device (PerformBoxing).</summary>
    private int BoxValue(DeviceType type, long value)
    {
        if (type.Storage == Storage.Struct) return Clone((int)value);
        try
        {
            return AllocateBoxed(type, value);
        }
        catch (DeviceThrow e) when (e.IsOutOfMemory)
        {
            throw DeviceThrow.Null();
        }
    }

    /// <summary>unbox copies a structure; unbox.any loads that copy, which copies it twice more.</summary>
    private void UnboxValue(Instruction* i, long* fp, int reference)
    {
        if (reference == 0) throw DeviceThrow.Null();
        DeviceType type = _types.Types[(int)i->Imm];
        bool isStruct = type.Storage == Storage.Struct;
        if (_heap.Kind(reference) != (isStruct ? BlockKind.Struct : BlockKind.Boxed) || TypeOf(reference) != type) throw DeviceThrow.Cast();
        if (i->Op == Op.Unbox) fp[i->D] = isStruct ? Clone(reference) : Pointer(reference, FieldOffset(0, 0));
        else if (isStruct) SetRef(fp, i->D, Clone(reference, 3));
        else fp[i->D] = *(long*)(_memory + FieldOffset(reference, 0));
    }
}
