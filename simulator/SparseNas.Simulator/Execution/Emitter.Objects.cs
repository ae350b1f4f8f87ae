using System.Reflection.Metadata;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>Objects, arrays, fields, pointers, calls and exceptions.</summary>
internal sealed partial class Emitter
{
    private void EmitObjects(IlInstruction il, string name)
    {
        switch (name)
        {
            case "newarr": Allocating(1, a => new Instruction { Op = Op.NewArr, A = a[0], Imm = _types.ArrayOf(TypeOf(il)).Id }); break;
            case "ldlen": Unary(Op.LdLen); break;
            case "ldelema": ElementAddress(TypeOf(il)); break;
            case "ldelem": LoadElement(TypeOf(il).Storage); break;
            case "stelem": StoreElement(TypeOf(il).Storage); break;
            case "ldfld" or "ldflda" or "stfld": EmitField((InstanceField)_types.ResolveField(_method.Assembly!, Token(il)), name); break;
            case "ldsfld" or "ldsflda" or "stsfld": EmitStatic((StaticField)_types.ResolveField(_method.Assembly!, Token(il)), name); break;
            case "newobj": EmitNewObject(_types.ResolveMethod(_method.Assembly!, Token(il))); break;
            case "call" or "callvirt": EmitCall(_types.ResolveMethod(_method.Assembly!, Token(il)), name == "callvirt"); break;
            case "ldstr": EmitLiteral(il); break;
            case "ldftn": CollectionPoint(); PushResult(new Instruction { Op = Op.LdFtn, Imm = _types.ResolveMethod(_method.Assembly!, Token(il)).Id }); break;
            case "ldvirtftn": Allocating(1, a => new Instruction { Op = Op.LdVirtFtn, A = a[0], Imm = _types.ResolveMethod(_method.Assembly!, Token(il)).Id }); break;
            case "box": EmitBox(TypeOf(il)); break;
            case "unbox": Allocating(1, a => new Instruction { Op = Op.Unbox, A = a[0], Imm = TypeOf(il).Type!.Id }); break;
            case "unbox.any": EmitUnboxAny(TypeOf(il)); break;
            case "castclass" or "isinst": Allocating(1, a => new Instruction { Op = name == "isinst" ? Op.IsInst : Op.CastClass, A = a[0], Imm = TypeOf(il).Type!.Id }); break;
            case "initobj": Emit1(TypeOf(il).Storage == Storage.Struct ? Op.InitStruct : Op.InitSlot, (long)TypeOf(il).Storage); break;
            case "ldobj": LoadObject(TypeOf(il).Storage); break;
            case "stobj": StoreThrough(TypeOf(il).Storage); break;
            case "ldtoken": PushConstant(TokenValue(il)); break;
            case "sizeof": PushConstant(TypeOf(il).Storage.ElementBytes()); break;
            case "ret": EmitReturn(); break;
            case "throw": Materialise(Top); CollectionPoint(); Add(new Instruction { Op = Op.Throw, A = PopSlot() }); break;
            case "rethrow": CollectionPoint(); Add(new Instruction { Op = Op.Rethrow }); break;
            case "leave" or "leave.s": _stack.Clear(); Jump(new Instruction { Op = Op.Leave }, il); break;
            case "endfinally": _stack.Clear(); Add(new Instruction { Op = Op.EndFinally }); break;
            case "endfilter": Add(new Instruction { Op = Op.EndFilter, A = PopSlot() }); break;
            case "switch": EmitSwitch(il); break;
            default: EmitIndirect(name); break;
        }
    }

    private void EmitIndirect(string name)
    {
        string suffix = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];
        Storage storage = suffix switch
        {
            "i1" => Storage.I1, "u1" => Storage.U1, "i2" => Storage.I2, "u2" => Storage.U2, "i4" or "i" or "u4" => Storage.I4,
            "i8" => Storage.I8, "r4" => Storage.R4, "r8" => Storage.R8, _ => Storage.Ref,
        };
        switch (name[..2])
        {
            case "ld" when name[2] == 'e': LoadElement(storage); break;
            case "ld": LoadObject(storage); break;
            case "st" when name[2] == 'e': StoreElement(storage); break;
            default: StoreThrough(storage); break;
        }
    }

    /// <summary>An operation that may collect: operands stay visible to the collection, constants among them are put into slots.</summary>
    private void Allocating(int operands, Func<ushort[], Instruction> make)
    {
        for (int depth = _stack.Count - operands; depth < _stack.Count; depth++)
        {
            if (_stack[depth].IsConstant) Materialise(depth);
        }

        CollectionPoint();
        ushort[] slots = new ushort[operands];
        for (int i = operands - 1; i >= 0; i--) slots[i] = (ushort)PopOperand().Slot;
        PushResult(make(slots));
    }

    private void Emit1(Op op, long imm)
    {
        if (_stack[Top].IsConstant) Materialise(Top);
        CollectionPoint();
        Add(new Instruction { Op = op, A = PopSlot(), Imm = imm });
    }

    private void LoadElement(Storage storage)
    {
        if (storage is Storage.Struct)
        {
            Allocating(2, a => new Instruction { Op = Op.LdElemStruct, A = a[0], B = a[1] });
            return;
        }

        int depth = Top;
        ushort index = PopSlot(), array = Read(PopOperand(), depth - 1);
        PushResult(new Instruction { Op = ElementOp(storage), A = array, B = index });
    }

    private static Op ElementOp(Storage storage) => storage switch
    {
        Storage.I1 => Op.LdElemI1,
        Storage.U1 or Storage.Bool => Op.LdElemU1,
        Storage.I2 => Op.LdElemI2,
        Storage.U2 or Storage.Char => Op.LdElemU2,
        Storage.I4 or Storage.U4 or Storage.R4 => Op.LdElem4,
        Storage.I8 or Storage.U8 or Storage.R8 => Op.LdElem8,
        _ => Op.LdElemRef,
    };

    private void StoreElement(Storage storage)
    {
        int depth = Top;
        for (int d = depth - 2; d <= depth; d++) if (_stack[d].IsConstant) Materialise(d);
        CollectionPoint();
        Operand value = PopOperand(), index = PopOperand(), array = PopOperand();
        Op op = storage.ElementBytes() switch { 1 => Op.StElem1, 2 => Op.StElem2, 4 => Op.StElem4, 8 => Op.StElem8, _ => storage == Storage.Struct ? Op.StElemStruct : Op.StElemRef };
        Add(new Instruction { Op = op, D = (ushort)value.Slot, A = (ushort)array.Slot, B = (ushort)index.Slot });
    }

    private void ElementAddress(SlotType type)
    {
        int depth = Top;
        ushort index = PopSlot(), array = Read(PopOperand(), depth - 1);
        PushResult(new Instruction { Op = type.Storage == Storage.Struct ? Op.LdElemAStruct : Op.LdElemA, A = array, B = index, Imm = (long)type.Storage });
    }

    private void EmitField(InstanceField field, string name)
    {
        bool isStruct = field.Type.Storage == Storage.Struct;
        Instruction instruction = new() { Jump = field.Owner.Id, Imm32 = field.Slot };
        switch (name)
        {
            case "ldfld" when isStruct: Allocating(1, a => instruction with { Op = Op.LdFldStruct, A = a[0] }); break;
            case "ldfld": PushResult(instruction with { Op = Op.LdFld, A = PopSlot() }); break;
            case "ldflda": PushResult(instruction with { Op = isStruct ? Op.LdFld : Op.LdFldA, A = PopSlot() }); break;
            default:
                NarrowTop(field.Type.Storage);
                int depth = Top;
                ushort value = PopSlot(), target = Read(PopOperand(), depth - 1);
                Add(instruction with { Op = isStruct ? Op.StFldStruct : Op.StFld, A = target, B = value });
                break;
        }
    }

    private void EmitStatic(StaticField field, string name)
    {
        bool isStruct = field.Type.Storage == Storage.Struct;
        switch (name)
        {
            case "ldsfld" when isStruct: CollectionPoint(); PushResult(new Instruction { Op = Op.LdSFldStruct, Imm = field.Index }); break;
            case "ldsfld": PushResult(new Instruction { Op = Op.LdSFld, Imm = field.Index }); break;
            case "ldsflda": PushResult(new Instruction { Op = isStruct ? Op.LdSFld : Op.LdSFldA, Imm = field.Index }); break;
            default:
                NarrowTop(field.Type.Storage);
                Add(new Instruction { Op = isStruct ? Op.StSFldStruct : Op.StSFld, A = PopSlot(), Imm = field.Index });
                break;
        }
    }

    /// <summary>Narrow fields keep a value of their own width; the compiler's explicit conversion just before makes this unnecessary.</summary>
    private void NarrowTop(Storage storage)
    {
        if (!storage.IsNarrow()) return;
        if (_stack[Top].IsConstant) _stack[Top] = _stack[Top] with { Value = Narrow(_stack[Top].Value, storage) };
        else if (!_joinable || !Produces(_code[^1].Op, storage)) Unary(Narrowing(storage));
    }

    /// <summary>LoadFromReference copies a structure, Execute_LoadAndPromote copies it again.</summary>
    private const int CopiesBehindPointer = 2;

    private void LoadObject(Storage storage)
    {
        if (storage == Storage.Struct)
        {
            Allocating(1, a => new Instruction { Op = Op.Clone, A = a[0], Imm = CopiesBehindPointer });
            return;
        }

        Unary(storage switch
        {
            Storage.I1 => Op.LdInd1,
            Storage.U1 or Storage.Bool => Op.LdIndU1,
            Storage.I2 => Op.LdInd2,
            Storage.U2 or Storage.Char => Op.LdIndU2,
            Storage.I8 or Storage.U8 or Storage.R8 => Op.LdInd8,
            _ => Op.LdInd4,
        });
    }

    private void StoreThrough(Storage storage)
    {
        int depth = Top;
        ushort value = PopSlot(), target = Read(PopOperand(), depth - 1);
        Op op = storage switch
        {
            Storage.Struct => Op.CopyStruct,
            Storage.Ref => Op.StIndRef,
            _ => storage.ElementBytes() switch { 1 => Op.StInd1, 2 => Op.StInd2, 4 => Op.StInd4, _ => Op.StInd8 },
        };
        Add(new Instruction { Op = op, A = target, B = value, Imm = (long)_before!.Below!.Type.Pointee });
    }

    private void EmitLiteral(IlInstruction il)
    {
        string text = _method.Assembly!.Metadata.GetUserString((UserStringHandle)System.Reflection.Metadata.Ecma335.MetadataTokens.Handle((int)il.Operand));
        int index = _types.Literals.IndexOf(text);
        if (index < 0)
        {
            index = _types.Literals.Count;
            _types.Literals.Add(text);
        }

        CollectionPoint();
        PushResult(new Instruction { Op = Op.LdStr, Imm = index });
    }

    private void EmitBox(SlotType type)
    {
        if (type.Storage == Storage.Ref) return;
        Allocating(1, a => new Instruction { Op = Op.Box, A = a[0], Imm = type.Type!.Id });
    }

    private void EmitUnboxAny(SlotType type) => Allocating(1, a => new Instruction
    {
        Op = type.Storage switch { Storage.Ref => Op.CastClass, Storage.Struct => Op.UnboxStruct, _ => Op.UnboxValue }, A = a[0], Imm = type.Type!.Id,
    });

    private long TokenValue(IlInstruction il)
    {
        EntityHandle token = Token(il);
        if (token.Kind == HandleKind.FieldDefinition && _types.ResolveField(_method.Assembly!, token) is StaticField field) return field.Index + 1L;
        return token.Kind == HandleKind.FieldDefinition ? 0 : TypeOf(il).Type!.Id;
    }

    private void EmitReturn()
    {
        if (_method.Result.Storage == Storage.Void)
        {
            Add(new Instruction { Op = Op.Ret });
            return;
        }

        NarrowTop(_method.Result.Storage);
        Add(new Instruction { Op = Op.RetValue, A = PopSlot(), Imm = _method.Result.Storage == Storage.ByRef ? 1 : 0 });
    }

    private void EmitSwitch(IlInstruction il)
    {
        ushort value = PopSlot();
        MaterialiseAll();
        int[] table = new int[il.Targets!.Length + 1];
        _switches.Add((table, _code.Count, il.Targets));
        Add(new Instruction { Op = Op.Switch, A = value, Imm = _switches.Count - 1 });
    }

    private void EmitNewObject(DeviceMethod constructor)
    {
        int arguments = constructor.Arguments.Count - 1;
        for (int depth = _stack.Count - arguments; depth < _stack.Count; depth++) Materialise(depth);
        CollectionPoint();
        for (int i = 0; i < arguments; i++) PopOperand();
        Op op = constructor.Owner.IsDelegate ? Op.NewDelegate : constructor.Core is null ? Op.NewObj : Op.NewCore;
        Add(new Instruction { Op = op, A = (ushort)TempAt(_stack.Count), Jump = constructor.Id, Imm32 = constructor.Owner.Id });
        _stack.Add(new Operand(false, TempAt(_stack.Count), 0));
    }

    private void EmitCall(DeviceMethod callee, bool isVirtual)
    {
        int arguments = callee.Arguments.Count;
        if (arguments > 0 && ReceiverOf(arguments) is var receiver && TypeFlow.IsNumberBehindPointer(callee, receiver))
        {
            (callee, isVirtual) = (_types.OnNumber(callee, receiver.Pointee), false);
        }

        for (int depth = _stack.Count - arguments; depth < _stack.Count; depth++) Materialise(depth);
        int depthWithArguments = _stack.Count;
        CollectionPoint();
        for (int i = 0; i < arguments; i++) PopOperand();
        Op op = callee.Core is { } core
            ? ReferenceEquals(core, Corlib.CoreMethod.DelegateInvoke) ? Op.CallDelegate : isVirtual && callee.IsVirtual ? Op.CallVirt : Op.CallCore
            : isVirtual && !callee.IsStatic ? Op.CallVirt : Op.Call;
        Add(new Instruction { Op = op, A = (ushort)TempAt(_stack.Count), B = (ushort)arguments, D = (ushort)depthWithArguments, Jump = callee.Id });
        if (callee.Result.Storage != Storage.Void) _stack.Add(new Operand(false, TempAt(_stack.Count), 0));
    }

    private StackType ReceiverOf(int arguments)
    {
        StackNode? node = _before;
        for (int above = 1; above < arguments; above++) node = node?.Below;
        return node?.Type ?? default;
    }
}
