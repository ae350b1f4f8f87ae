using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>Loads, stores, arithmetic, conversions and branches.</summary>
internal sealed partial class Emitter
{
    private void EmitIl(IlInstruction il)
    {
        string name = il.Name;
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        switch (dot < 0 ? name : name[..dot])
        {
            case "nop": break;
            case "dup": Duplicate(); break;
            case "pop": PopOperand(); break;
            case "ldc": PushConstant(Constant(il, name)); break;
            case "ldnull": PushConstant(0); break;
            case "ldarg": LoadSlot(TypeFlow.Number(il, name), _method.Arguments[TypeFlow.Number(il, name)]); break;
            case "ldloc": LoadSlot(_method.Arguments.Count + TypeFlow.Number(il, name), _method.Locals[TypeFlow.Number(il, name)]); break;
            case "starg": StoreSlot(TypeFlow.Number(il, name), _method.Arguments[TypeFlow.Number(il, name)]); break;
            case "stloc": StoreSlot(_method.Arguments.Count + TypeFlow.Number(il, name), _method.Locals[TypeFlow.Number(il, name)]); break;
            case "ldarga": LoadAddress((int)il.Operand, _method.Arguments[(int)il.Operand]); break;
            case "ldloca": LoadAddress(_method.Arguments.Count + (int)il.Operand, _method.Locals[(int)il.Operand]); break;
            case "add" or "sub" or "mul" or "div" or "rem" or "and" or "or" or "xor" or "shl" or "shr": Binary(name); break;
            case "neg": Unary(Kind() switch { StackKind.I4 or StackKind.U4 => Op.NegI4, StackKind.R4 => Op.NegR4, StackKind.R8 => Op.NegR8, _ => Op.NegI8 }); break;
            case "not": Unary(Kind() is StackKind.I4 or StackKind.U4 ? Op.NotI4 : Op.NotI8); break;
            case "conv": Convert(name["conv.".Length..].Replace("ovf.", "", StringComparison.Ordinal)); break;
            case "ceq" or "cgt" or "clt": Compare(Enum.Parse<Condition>(name is "cgt.un" ? "GtUn" : name is "clt.un" ? "LtUn" : char.ToUpperInvariant(name[1]) + name[2..])); break;
            case "br": MaterialiseAll(); Jump(new Instruction { Op = Op.Br }, il); break;
            case "brtrue" or "brfalse": BranchOnValue(il, name); break;
            case "beq" or "bne" or "blt" or "ble" or "bgt" or "bge": BranchOnComparison(il, name); break;
            default: EmitObjects(il, name); break;
        }
    }

    private static long Constant(IlInstruction il, string name) => name switch
    {
        "ldc.i4.m1" => -1,
        "ldc.i4" or "ldc.i4.s" or "ldc.i8" or "ldc.r8" => il.Operand,
        "ldc.r4" => (uint)il.Operand,
        _ => name[^1] - '0',
    };

    private void Duplicate()
    {
        if (_stack[Top].IsConstant) PushConstant(_stack[Top].Value);
        else _stack.Add(_stack[Top]);
        _joinable = false;
    }

    /// <summary>Loading a structure clones its object (Execute_LoadAndPromote).</summary>
    private void LoadSlot(int slot, SlotType type)
    {
        if (type.Storage != Storage.Struct)
        {
            PushSlot(slot);
            return;
        }

        CollectionPoint();
        PushResult(new Instruction { Op = Op.Clone, A = (ushort)slot, Imm = 1 });
    }

    private void LoadAddress(int slot, SlotType type) =>
        PushResult(new Instruction { Op = type.Storage == Storage.Struct ? Op.Mov : Op.LdLocA, A = (ushort)slot });

    private void Unary(Op op) => PushResult(new Instruction { Op = op, A = PopSlot() });

    private void Binary(string name)
    {
        bool shift = name.StartsWith("sh", StringComparison.Ordinal);
        StackKind kind = Kind(1);
        string suffix = kind switch { StackKind.I4 or StackKind.U4 => "I4", StackKind.I8 or StackKind.U8 => "I8", StackKind.R4 => "R4", _ => "R8" };
        string verb = name.Split('.')[0];
        bool unsigned = name.EndsWith(".un", StringComparison.Ordinal) && verb is "div" or "rem" or "shr" && name.EndsWith(".un", StringComparison.Ordinal);
        if (verb == "shr" && kind is StackKind.U4 or StackKind.U8 && verb == "shr") unsigned = true;
        if (verb == "rem" && kind is StackKind.U4 or StackKind.U8 && verb == "rem") unsigned = true;
        string operation = char.ToUpperInvariant(verb[0]) + verb[1..] + (unsigned ? "Un" : "");
        int depth = Top;
        Operand right = _stack[depth], left = _stack[depth - 1];
        if (verb is "add" or "mul" or "and" or "or" or "xor" && left.IsConstant && !right.IsConstant) (left, right) = (right, left);
        if (right.IsConstant && !left.IsConstant && TryImmediate(operation, suffix, shift, left, right.Value)) return;
        if (operation == "Add" && suffix == "I4" && TryMultiplyAdd(left, right)) return;
        Op op = Enum.Parse<Op>(operation + suffix);
        Materialise2(depth, ref left, ref right);
        PopOperand();
        PopOperand();
        PushResult(new Instruction { Op = op, A = (ushort)left.Slot, B = (ushort)right.Slot });
    }

    /// <summary>Puts constant operands into the slots of their depths; the slots of the other operands stay as they are.</summary>
    private void Materialise2(int depth, ref Operand left, ref Operand right)
    {
        bool swapped = _stack[depth] != right;
        if (_stack[depth - 1].IsConstant) Materialise(depth - 1);
        if (_stack[depth].IsConstant) Materialise(depth);
        (left, right) = swapped ? (_stack[depth], _stack[depth - 1]) : (_stack[depth - 1], _stack[depth]);
    }

    private bool TryImmediate(string operation, string suffix, bool shift, Operand left, long value)
    {
        if (operation == "Sub" && suffix == "I4") (operation, value) = ("Add", -value);
        if (operation == "Sub" && suffix == "I8") (operation, value) = ("Add", unchecked(-value));
        if (!Enum.TryParse(operation + suffix + "I", out Op op)) return false;
        if (suffix == "I4" || shift) value = (int)value;
        PopOperand();
        PopOperand();
        PushResult(new Instruction { Op = op, A = (ushort)left.Slot, Imm = value });
        return true;
    }

    /// <summary>Joins <c>a + b * constant</c> when the product was computed by the operation just before.</summary>
    private bool TryMultiplyAdd(Operand left, Operand right)
    {
        if (!_joinable || left.IsConstant || right.IsConstant || _code[^1].Op != Op.MulI4I) return false;
        if (_code[^1].D == left.Slot) (left, right) = (right, left);
        if (_code[^1].D != right.Slot || left.Slot == right.Slot || _stack.FindIndex(operand => !operand.IsConstant && operand.Slot == right.Slot) < Top - 1) return false;
        Instruction product = _code[^1];
        if (_code.Count - 1 == _blocks[^1].Instruction) return false;
        _code.RemoveAt(_code.Count - 1);
        _ilIndex.RemoveAt(_ilIndex.Count - 1);
        PopOperand();
        PopOperand();
        PushResult(new Instruction { Op = Op.MulAddI4I, A = (ushort)left.Slot, B = product.A, Imm = product.Imm });
        return true;
    }

    /// <summary>Integers widen by source and target signedness; every step between integers and floats goes through double (Convert_Internal).</summary>
    private void Convert(string to)
    {
        StackKind from = Kind();
        if (from == StackKind.ByRef) return;
        bool wide = from is StackKind.I8 or StackKind.U8, isFloat = from is StackKind.R4 or StackKind.R8;
        bool unsignedFrom = from is StackKind.U4 or StackKind.U8;
        if (to is "r4" or "r8" or "r.un")
        {
            if (isFloat)
            {
                if (from == StackKind.R4 && to != "r4") Unary(Op.R4ToR8);
                else if (from == StackKind.R8 && to == "r4") Unary(Op.R8ToR4);
                return;
            }

            bool asUnsigned = unsignedFrom || to == "r.un";
            if (!wide) Unary(asUnsigned ? Op.ZeroExtend : Op.SignExtend);
            Unary((to == "r4", asUnsigned) switch { (true, true) => Op.U8ToR4, (true, false) => Op.I8ToR4, (false, true) => Op.U8ToR8, _ => Op.I8ToR8 });
            return;
        }

        if (isFloat) Unary(from == StackKind.R4 ? Op.R4ToI8 : Op.R8ToI8);
        string target = to.Replace(".un", "", StringComparison.Ordinal);
        if (_stack[Top].IsConstant && !isFloat)
        {
            PushConstant(ConvertConstant(PopOperand().Value, target, from));
            return;
        }

        switch (target)
        {
            case "i1": Unary(Op.ConvI1); break;
            case "u1": Unary(Op.ConvU1); break;
            case "i2": Unary(Op.ConvI2); break;
            case "u2": Unary(Op.ConvU2); break;
            case "i8" when !wide && !isFloat: Unary(unsignedFrom ? Op.ZeroExtend : Op.SignExtend); break;
            case "u8" when !wide && !isFloat: Unary(Op.ZeroExtend); break;
            default: break;
        }
    }

    private static long ConvertConstant(long value, string target, StackKind from) => target switch
    {
        "i1" => (sbyte)value,
        "u1" => (byte)value,
        "i2" => (short)value,
        "u2" => (ushort)value,
        "i8" => from switch { StackKind.I4 => (int)value, StackKind.U4 => (uint)value, _ => value },
        "u8" => from is StackKind.I4 or StackKind.U4 ? (uint)value : value,
        _ => (int)value,
    };

    private void Compare(Condition condition)
    {
        Op op = Kind() switch { StackKind.I4 or StackKind.U4 => Op.CmpI4, StackKind.R4 => Op.CmpR4, StackKind.R8 => Op.CmpR8, StackKind.Ref => Op.CmpRef, _ => Op.CmpI8 };
        int depth = Top;
        ushort b = PopSlot(), a = Read(PopOperand(), depth - 1);
        PushResult(new Instruction { Op = op, A = a, B = b, Imm = (byte)condition });
    }

    private void Jump(Instruction instruction, IlInstruction il)
    {
        _jumps.Add((_code.Count, il.Targets![0]));
        Add(instruction);
    }

    private void BranchOnValue(IlInstruction il, string name)
    {
        bool wide = Kind() is StackKind.I8 or StackKind.U8 or StackKind.ByRef;
        bool whenTrue = name.StartsWith("brt", StringComparison.Ordinal);
        ushort a = PopSlot();
        MaterialiseAll();
        Jump(new Instruction { Op = (wide, whenTrue) switch { (true, true) => Op.BrTrueI8, (true, false) => Op.BrFalseI8, (false, true) => Op.BrTrue, _ => Op.BrFalse }, A = a }, il);
    }

    private void BranchOnComparison(IlInstruction il, string name)
    {
        bool unsigned = name.Contains(".un", StringComparison.Ordinal) && name[1] != 'n';
        string condition = char.ToUpperInvariant(name[1]) + name[2..3] + (unsigned ? "Un" : "");
        StackKind kind = Kind();
        if (kind is StackKind.I4 or StackKind.U4 or StackKind.I8 or StackKind.U8)
        {
            bool wide = kind is StackKind.I8 or StackKind.U8;
            Op op = Enum.Parse<Op>("B" + char.ToLowerInvariant(condition[0]) + condition[1..] + (wide ? "I8" : "I4"));
            int depth = Top;
            Operand right = PopOperand(), left = PopOperand();
            if (right.IsConstant && !left.IsConstant && !wide)
            {
                MaterialiseAll();
                Jump(new Instruction { Op = op - Op.BeqI4 + Op.BeqI4I, A = (ushort)left.Slot, Imm32 = (int)right.Value }, il);
                return;
            }

            ushort b = Read(right, depth), a = Read(left, depth - 1);
            MaterialiseAll();
            Jump(new Instruction { Op = op, A = a, B = b }, il);
            return;
        }

        Compare(Enum.Parse<Condition>(condition));
        ushort result = PopSlot();
        MaterialiseAll();
        Jump(new Instruction { Op = Op.BrTrue, A = result }, il);
    }
}
