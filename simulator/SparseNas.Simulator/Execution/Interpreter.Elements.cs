using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>Elements of arrays.</summary>
internal sealed unsafe partial class Interpreter
{
    public static int ElementOffset(int array, int index) => array + HeapLayout.ReferenceElementValueOffset + (index * HeapLayout.ReferenceElementBytes);

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
}
