using System.Text;
using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>Instructions on objects: fields, arrays, pointers, casts.</summary>
internal sealed unsafe partial class Interpreter
{
    public DeviceType TypeOf(int reference) => _heap.Kind(reference) switch
    {
        BlockKind.Text or BlockKind.Literal => _types.String,
        BlockKind.Reflection => _types.Object,
        _ => _types.Types[_heap.TypeId(reference)],
    };

    public string TextOf(int reference) => _heap.Kind(reference) switch
    {
        BlockKind.Literal => _types.Literals[_heap.Auxiliary(reference)],
        BlockKind.Text => Encoding.UTF8.GetString(_memory + reference + HeapLayout.BlockBytes, _heap.Auxiliary(reference)),
        _ => throw DeviceThrow.WrongType(),
    };

    public static int FieldOffset(int reference, int field) => reference + HeapLayout.FirstFieldOffset + (field * HeapLayout.BlockBytes);

    private void CheckObject(int reference, int typeId)
    {
        if (reference == 0) throw DeviceThrow.Null();
        if (_heap.Kind(reference) is not (BlockKind.Object or BlockKind.Struct) || !TypeOf(reference).Inherits(_types.Types[typeId])) throw DeviceThrow.WrongType();
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
