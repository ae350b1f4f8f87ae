using System.Text;
using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>Objects, arrays, fields, pointers and casts.</summary>
internal sealed unsafe partial class Interpreter
{
    /// <summary>Base of a pointer into the host stack of slots; its offset counts slots.</summary>
    private const int StackBase = -1;

    /// <summary>Base of a pointer to a static field; its offset is the field's number.</summary>
    private const int StaticBase = -2;

    public DeviceType TypeOf(int reference) => _heap.Kind(reference) switch
    {
        BlockKind.Text or BlockKind.Literal => _types.String,
        BlockKind.Reflection => _types.Object,
        _ => _types.Types[_heap.TypeId(reference)],
    };

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

    public string TextOf(int reference) => _heap.Kind(reference) switch
    {
        BlockKind.Literal => _types.Literals[_heap.Auxiliary(reference)],
        BlockKind.Text => Encoding.UTF8.GetString(_memory + reference + HeapLayout.BlockBytes, _heap.Auxiliary(reference)),
        _ => throw DeviceThrow.WrongType(),
    };

    public static int FieldOffset(int reference, int field) => reference + HeapLayout.FirstFieldOffset + (field * HeapLayout.BlockBytes);

    public static int ElementOffset(int array, int index) => array + HeapLayout.ReferenceElementValueOffset + (index * HeapLayout.ReferenceElementBytes);

    private void CheckObject(int reference, int typeId)
    {
        if (reference == 0) throw DeviceThrow.Null();
        if (_heap.Kind(reference) is not (BlockKind.Object or BlockKind.Struct) || !TypeOf(reference).Inherits(_types.Types[typeId])) throw DeviceThrow.WrongType();
    }

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

    private ushort CheckElement(int array, int index)
    {
        if (array == 0) throw DeviceThrow.Null();
        if (_heap.Kind(array) != BlockKind.Array) throw DeviceThrow.WrongType();
        if ((uint)index >= (uint)_heap.ArrayLength(array)) throw DeviceThrow.Index();
        return *(ushort*)(_memory + array);
    }

    /// <summary>Array elements outside the loop's shortcuts: other widths, and every way to be wrong.</summary>
    private void AccessElement(Instruction* i, long* fp)
    {
        int array = *(int*)(fp + i->A), index = *(int*)(fp + i->B);
        ushort tag = CheckElement(array, index);
        byte* at = _memory + array + HeapLayout.ArrayHeaderBytes + (index * ArrayTag.ElementBytes(tag));
        bool isLoad = i->Op <= Op.LdElem8;
        int wanted = i->Op switch { Op.LdElemI1 or Op.LdElemU1 or Op.StElem1 => 1, Op.LdElemI2 or Op.LdElemU2 or Op.StElem2 => 2, Op.LdElem4 or Op.StElem4 => 4, _ => 8 };
        if (tag >= ArrayTag.Ref || ArrayTag.ElementBytes(tag) != wanted) throw DeviceThrow.WrongType();
        switch (tag, isLoad)
        {
            case (ArrayTag.I1, true): *(int*)(fp + i->D) = *(sbyte*)at; break;
            case (ArrayTag.U1, true): *(int*)(fp + i->D) = *at; break;
            case (ArrayTag.I2, true): *(int*)(fp + i->D) = *(short*)at; break;
            case (ArrayTag.U2, true): *(int*)(fp + i->D) = *(ushort*)at; break;
            case (ArrayTag.W4, true): *(int*)(fp + i->D) = *(int*)at; break;
            case (ArrayTag.W8, true): fp[i->D] = *(long*)at; break;
            case (ArrayTag.I1 or ArrayTag.U1, false): *at = (byte)fp[i->D]; break;
            case (ArrayTag.I2 or ArrayTag.U2, false): *(short*)at = (short)fp[i->D]; break;
            case (ArrayTag.W4, false): *(int*)at = (int)fp[i->D]; break;
            default: *(long*)at = fp[i->D]; break;
        }
    }

    private void OnObjects(Instruction* i, long* fp)
    {
        int a = *(int*)(fp + i->A);
        switch (i->Op)
        {
            case Op.LdLen:
                if (a == 0) throw DeviceThrow.Null();
                if (_heap.Kind(a) != BlockKind.Array) throw DeviceThrow.WrongType();
                *(int*)(fp + i->D) = _heap.ArrayLength(a);
                break;
            case Op.LdElemRef or Op.LdElemStruct or Op.LdElemAStruct or Op.LdElemA or Op.StElemRef or Op.StElemStruct: AccessReferenceElement(i, fp, a); break;
            case Op.LdFldStruct: CheckObject(a, i->Jump); SetRef(fp, i->D, Clone(*(int*)(_memory + FieldOffset(a, i->Imm32)))); break;
            case Op.StFldStruct: CheckObject(a, i->Jump); AssignStruct((int*)(_memory + FieldOffset(a, i->Imm32)), *(int*)(fp + i->B)); break;
            case Op.LdFldA: CheckObject(a, i->Jump); fp[i->D] = Pointer(a, FieldOffset(0, i->Imm32)); break;
            case Op.LdSFldStruct: SetRef(fp, i->D, Clone((int)_statics[i->Imm])); break;
            case Op.StSFldStruct: AssignStruct((int*)(_statics + i->Imm), a); break;
            case Op.LdSFldA: fp[i->D] = Pointer(StaticBase, i->Imm); break;
            case Op.LdLocA: fp[i->D] = Pointer(StackBase, fp + i->A - _stack); break;
            case Op.Clone: SetRef(fp, i->D, Clone(a, (int)i->Imm)); break;
            case Op.CopyStruct: CopyStruct(a, *(int*)(fp + i->B)); break;
            case Op.InitStruct: ClearStruct(a); break;
            case Op.InitSlot: InitialiseSlot(fp[i->A], (Storage)i->Imm); break;
            case Op.LdInd1: *(int*)(fp + i->D) = *(sbyte*)Dereference(fp[i->A], out _); break;
            case Op.LdIndU1: *(int*)(fp + i->D) = *Dereference(fp[i->A], out _); break;
            case Op.LdInd2: *(int*)(fp + i->D) = *(short*)Dereference(fp[i->A], out _); break;
            case Op.LdIndU2: *(int*)(fp + i->D) = *(ushort*)Dereference(fp[i->A], out _); break;
            case Op.LdInd4: *(int*)(fp + i->D) = *(int*)Dereference(fp[i->A], out _); break;
            case Op.LdInd8: fp[i->D] = *(long*)Dereference(fp[i->A], out _); break;
            case Op.StInd1: StoreThrough(fp[i->A], 1, fp[i->B], (Storage)i->Imm); break;
            case Op.StInd2: StoreThrough(fp[i->A], 2, fp[i->B], (Storage)i->Imm); break;
            case Op.StInd4 or Op.StIndRef: StoreThrough(fp[i->A], 4, fp[i->B], (Storage)i->Imm); break;
            case Op.StInd8: StoreThrough(fp[i->A], 8, fp[i->B], (Storage)i->Imm); break;
            case Op.NewArr: SetRef(fp, i->D, NewArray(_types.Types[(int)i->Imm], a)); break;
            case Op.LdStr: SetRef(fp, i->D, MakeLiteral((int)i->Imm)); break;
            case Op.LdFtn: SetRef(fp, i->D, MakeDelegate(_types.Methods[(int)i->Imm])); break;
            case Op.LdVirtFtn:
                if (a == 0) throw DeviceThrow.Null();
                SetRef(fp, i->D, MakeDelegate(TypeOf(a).Resolve(_types.Methods[(int)i->Imm]) ?? _types.Methods[(int)i->Imm]));
                break;
            case Op.Box: SetRef(fp, i->D, BoxValue(_types.Types[(int)i->Imm], fp[i->A])); break;
            case Op.Unbox or Op.UnboxValue or Op.UnboxStruct: UnboxValue(i, fp, a); break;
            case Op.CastClass or Op.IsInst: Cast(i, fp, a); break;
            case Op.CallCore: CallCoreMethod(_types.Methods[i->Jump], fp + i->A, i); break;
            case Op.NewCore: NewCoreObject(i, fp); break;
            case Op.NewDelegate: NewDelegate(i, fp); break;
            case Op.Throw: throw a == 0 ? Fault("throws null, which ends the program on the device without a trace") : DeviceThrow.Object(a);
            case Op.Rethrow: throw DeviceThrow.Traced(CurrentHandled());
            default: throw new InvalidOperationException($"{i->Op} is not an operation on objects");
        }
    }

    private static void SetRef(long* fp, int slot, int reference) => fp[slot] = reference;

    private void InitialiseSlot(long pointer, Storage storage)
    {
        byte* at = Dereference(pointer, out bool isElement);
        new Span<byte>(at, isElement ? Math.Min(storage.ElementBytes(), 8) : 8).Clear();
    }

    private void AccessReferenceElement(Instruction* i, long* fp, int array)
    {
        int index = *(int*)(fp + i->B);
        ushort tag = CheckElement(array, index);
        switch (i->Op)
        {
            case Op.LdElemA:
                if (tag != ArrayTag.Of((Storage)i->Imm) && ArrayTag.ElementBytes(tag) != ((Storage)i->Imm).ElementBytes()) throw DeviceThrow.WrongType();
                if ((tag == ArrayTag.Ref) != (Storage)i->Imm is Storage.Ref || tag == ArrayTag.Struct) throw DeviceThrow.WrongType();
                fp[i->D] = Pointer(array, tag == ArrayTag.Ref ? ElementOffset(0, index) : HeapLayout.ArrayHeaderBytes + (index * ArrayTag.ElementBytes(tag)));
                return;
            case Op.StElemRef:
                if (tag != ArrayTag.Ref) throw DeviceThrow.WrongType();
                int value = *(int*)(fp + i->D);
                if (value != 0 && !IsInstance(value, TypeOf(array).Element!.Value.Type)) throw DeviceThrow.WrongType();
                *(int*)(_memory + ElementOffset(array, index)) = value;
                return;
            case Op.LdElemRef:
                if (tag != ArrayTag.Ref) throw DeviceThrow.WrongType();
                fp[i->D] = *(int*)(_memory + ElementOffset(array, index));
                return;
        }

        if (tag != ArrayTag.Struct) throw DeviceThrow.WrongType();
        int element = *(int*)(_memory + ElementOffset(array, index));
        if (i->Op == Op.LdElemStruct) SetRef(fp, i->D, Clone(element, 2));
        else if (i->Op == Op.StElemStruct) CopyStruct(element, *(int*)(fp + i->D));
        else fp[i->D] = element;
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

    public bool IsInstance(int reference, DeviceType? wanted)
    {
        if (wanted is null || wanted == _types.Object) return true;
        DeviceType type = TypeOf(reference);
        if (type.Inherits(wanted)) return true;
        return type.Element is { } have && wanted.Element is { } want
            && (have.Type == want.Type || (have.Storage == Storage.Ref && want.Storage == Storage.Ref && have.Type is not null && want.Type is not null && have.Type.Inherits(want.Type)));
    }

    private void Cast(Instruction* i, long* fp, int reference)
    {
        bool fits = reference == 0 || IsInstance(reference, _types.Types[(int)i->Imm]);
        if (!fits && i->Op == Op.CastClass) throw DeviceThrow.Cast();
        fp[i->D] = fits ? reference : 0;
    }
}
