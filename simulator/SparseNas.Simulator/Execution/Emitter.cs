using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>
/// Turns IL into the register form, block by block. Loads of locals and constants are not executed but remembered on a symbolic stack;
/// an operation then names the locals directly, and a store right after it only renames its destination. So
/// <c>ldloc a; ldloc b; add; stloc c</c> becomes one operation, while the IL instructions are still counted one by one.
/// </summary>
internal sealed partial class Emitter
{
    private readonly TypeSystem _types;
    private readonly DeviceMethod _method;
    private readonly IlInstruction[] _il;
    private readonly StackNode?[] _entry;
    private readonly bool[] _reached;
    private readonly List<Instruction> _code = [];
    private readonly List<int> _ilIndex = [];
    private readonly List<CodeBlock> _blocks = [];
    private readonly List<Operand> _stack = [];
    private readonly List<(int Instruction, int TargetIl)> _jumps = [];
    private readonly List<(int[] Table, int At, int[] TargetsIl)> _switches = [];
    private readonly Dictionary<int, (int Slot, bool Pointer)[]> _live = [];
    private readonly HashSet<int> _addressed = [];
    private readonly int _firstTemp;
    private int _at;
    private StackNode? _before;
    private bool _joinable;

    private Emitter(TypeSystem types, DeviceMethod method, IlInstruction[] il, StackNode?[] entry, bool[] reached)
    {
        (_types, _method, _il, _entry, _reached) = (types, method, il, entry, reached);
        _firstTemp = method.Arguments.Count + method.Locals.Count;
    }

    /// <summary>A value on the symbolic stack: in a slot, or a constant.</summary>
    private readonly record struct Operand(bool IsConstant, int Slot, long Value);

    /// <summary>Decodes, checks and translates a method.</summary>
    public static MethodCode Translate(TypeSystem types, DeviceMethod method, bool inlining)
    {
        types.ReadBody(method);
        IlInstruction[] il = IlReader.Read(method);
        TypeFlow flow = new(types, method, il);
        StackNode?[] entry = flow.Run();
        method.DeviceMaxStack = DeviceStackSize.Of(types, method, il);
        Emitter emitter = new(types, method, il, entry, flow.Reached);
        MethodCode code = emitter.Emit(flow);
        code.FrameBlocks = Heap.HeapLayout.FrameBlocks(method.Locals.Count, method.DeviceMaxStack, inlining);
        code.DeviceEvalSlots = Heap.HeapLayout.EvalSlots(method.Locals.Count, method.DeviceMaxStack, inlining);
        return code;
    }

    private MethodCode Emit(TypeFlow flow)
    {
        bool[] leaders = Leaders(flow);
        foreach (IlInstruction il in _il)
        {
            if (il.Name is "ldloca.s" or "ldloca") _addressed.Add(_method.Arguments.Count + (int)il.Operand);
            if (il.Name is "ldarga.s" or "ldarga") _addressed.Add((int)il.Operand);
        }

        int[] codeOfIl = new int[_il.Length];
        Array.Fill(codeOfIl, -1);
        for (_at = 0; _at < _il.Length; _at++)
        {
            if (!_reached[_at]) continue;
            _before = _entry[_at];
            if (leaders[_at] || _blocks[^1].Count >= 60_000) StartBlock(codeOfIl);
            CodeBlock block = _blocks[^1];
            _blocks[^1] = block with { Count = block.Count + 1 };
            EmitIl(_il[_at]);
            bool endsBlock = _at + 1 < _il.Length && leaders[_at + 1];
            if (endsBlock && !Diverts(_il[_at])) MaterialiseAll();
        }

        Patch(codeOfIl);
        for (int b = 0; b < _blocks.Count; b++)
        {
            Instruction start = _code[_blocks[b].Instruction];
            start.A = (ushort)_blocks[b].Count;
            _code[_blocks[b].Instruction] = start;
        }

        MethodCode code = new(_method, _il, _entry, _code, [.. _ilIndex], [.. _blocks], codeOfIl);
        foreach ((int instruction, (int Slot, bool Pointer)[] slots) in _live) code.LiveTemps[instruction] = slots;
        code.SwitchTables.AddRange(_switches.Select(entry => entry.Table));
        return code;
    }

    private bool[] Leaders(TypeFlow flow)
    {
        bool[] leaders = new bool[_il.Length];
        leaders[0] = true;
        for (int i = 0; i < _il.Length; i++)
        {
            if (!_reached[i]) continue;
            foreach (int target in _il[i].Targets ?? []) leaders[flow.IndexAt(target)] = true;
            if ((_il[i].Targets is not null || Diverts(_il[i])) && i + 1 < _il.Length) leaders[i + 1] = true;
            if (i > 0 && !_reached[i - 1]) leaders[i] = true;
        }

        foreach (ExceptionClause clause in _method.Clauses)
        {
            foreach (int offset in new[] { clause.TryStart, clause.HandlerStart, clause.TryEnd, clause.HandlerEnd })
            {
                if (offset < _method.Il.Length) leaders[flow.IndexAt(offset)] = true;
            }

            if (clause.Kind == ExceptionRegionKind.Filter) leaders[flow.IndexAt(clause.FilterStart)] = true;
        }

        return leaders;
    }

    private static bool Diverts(IlInstruction il) => il.Name is "ret" or "throw" or "rethrow" or "endfinally" or "endfilter" or "br" or "br.s" or "leave" or "leave.s";

    /// <summary>At the start of a block every value on the stack lies in its own slot.</summary>
    private void StartBlock(int[] codeOfIl)
    {
        _stack.Clear();
        for (int depth = 0; depth < StackNode.DepthOf(_before); depth++) _stack.Add(new Operand(false, _firstTemp + depth, 0));
        codeOfIl[_at] = _code.Count;
        _blocks.Add(new CodeBlock(_at, 0, _code.Count));
        Add(new Instruction { Op = Op.Block });
        _joinable = false;
    }

    private void Patch(int[] codeOfIl)
    {
        Dictionary<int, int> indexAt = Enumerable.Range(0, _il.Length).ToDictionary(i => _il[i].Offset);
        int Code(int targetIl) => codeOfIl[indexAt[targetIl]];
        foreach ((int at, int targetIl) in _jumps)
        {
            Instruction jump = _code[at];
            jump.Jump = Code(targetIl) - at;
            _code[at] = jump;
        }

        foreach ((int[] table, int at, int[] targets) in _switches)
        {
            for (int i = 0; i < targets.Length; i++) table[i] = Code(targets[i]) - at;
            table[^1] = 1;
        }
    }

    private void Add(Instruction instruction)
    {
        _code.Add(instruction);
        _ilIndex.Add(_at);
        _joinable = false;
    }

    private int Top => _stack.Count - 1;

    private int TempAt(int depth) => _firstTemp + depth;

    private Operand PopOperand()
    {
        Operand operand = _stack[Top];
        _stack.RemoveAt(Top);
        return operand;
    }

    /// <summary>The slot that a popped operand can be read from; a constant is first put into the slot of its depth.</summary>
    private ushort Read(Operand operand, int depth)
    {
        if (!operand.IsConstant) return (ushort)operand.Slot;
        Add(new Instruction { Op = Op.Ldc, D = (ushort)TempAt(depth), Imm = operand.Value });
        return (ushort)TempAt(depth);
    }

    private ushort PopSlot()
    {
        int depth = Top;
        return Read(PopOperand(), depth);
    }

    /// <summary>Pushes the result of an operation that writes the slot of the new top.</summary>
    private void PushResult(Instruction instruction)
    {
        instruction.D = (ushort)TempAt(_stack.Count);
        Add(instruction);
        _stack.Add(new Operand(false, TempAt(_stack.Count), 0));
        _joinable = true;
    }

    private void PushSlot(int slot)
    {
        if (_addressed.Contains(slot)) PushResult(new Instruction { Op = Op.Mov, A = (ushort)slot });
        else _stack.Add(new Operand(false, slot, 0));
    }

    private void PushConstant(long value) => _stack.Add(new Operand(true, 0, value));

    /// <summary>Puts one value of the symbolic stack into the slot of its depth.</summary>
    private void Materialise(int depth)
    {
        Operand operand = _stack[depth];
        int slot = TempAt(depth);
        if (!operand.IsConstant && operand.Slot == slot) return;
        Add(operand.IsConstant ? new Instruction { Op = Op.Ldc, D = (ushort)slot, Imm = operand.Value } : new Instruction { Op = Op.Mov, D = (ushort)slot, A = (ushort)operand.Slot });
        _stack[depth] = new Operand(false, slot, 0);
    }

    private void MaterialiseAll()
    {
        for (int depth = 0; depth <= Top; depth++) Materialise(depth);
    }

    /// <summary>A slot is about to change: values that were to be read from it later are read now.</summary>
    private void Spill(int slot)
    {
        for (int depth = 0; depth <= Top; depth++)
        {
            if (!_stack[depth].IsConstant && _stack[depth].Slot == slot) Materialise(depth);
        }
    }

    private void StoreSlot(int slot, SlotType type)
    {
        int depth = Top;
        Operand value = PopOperand();
        bool narrow = type.Storage.IsNarrow();
        if (value.IsConstant && narrow) value = value with { Value = Narrow(value.Value, type.Storage) };
        bool used = _stack.Exists(other => !other.IsConstant && (other.Slot == slot || (!value.IsConstant && other.Slot == value.Slot)));
        if (!value.IsConstant && !used && _joinable && value.Slot == TempAt(depth) && _code[^1].D == value.Slot && (!narrow || Produces(_code[^1].Op, type.Storage)))
        {
            Instruction last = _code[^1];
            last.D = (ushort)slot;
            _code[^1] = last;
            _joinable = false;
            return;
        }

        _joinable = false;
        Spill(slot);
        if (value.IsConstant) Add(new Instruction { Op = Op.Ldc, D = (ushort)slot, Imm = value.Value });
        else Add(new Instruction { Op = narrow ? Narrowing(type.Storage) : Op.Mov, D = (ushort)slot, A = (ushort)value.Slot });
    }

    private static bool Produces(Op op, Storage storage) => op switch
    {
        Op.ConvI1 or Op.LdElemI1 => storage is Storage.I1 or Storage.I2,
        Op.ConvU1 or Op.LdElemU1 => storage is Storage.U1 or Storage.U2 or Storage.Char or Storage.I2,
        Op.ConvI2 or Op.LdElemI2 => storage is Storage.I2,
        Op.ConvU2 or Op.LdElemU2 => storage is Storage.U2 or Storage.Char,
        Op.CmpI4 or Op.CmpI8 or Op.CmpR4 or Op.CmpR8 or Op.CmpRef => true,
        _ => false,
    };

    private static Op Narrowing(Storage storage) => storage switch
    {
        Storage.I1 => Op.ConvI1,
        Storage.Bool or Storage.U1 => Op.ConvU1,
        Storage.I2 => Op.ConvI2,
        _ => Op.ConvU2,
    };

    private static int Narrow(long value, Storage storage) => storage switch
    {
        Storage.I1 => (sbyte)value,
        Storage.Bool or Storage.U1 => (byte)value,
        Storage.I2 => (short)value,
        _ => (ushort)value,
    };

    /// <summary>
    /// Notes which evaluation slots hold references here: a collection may happen in the operation that is added next. Operands are still
    /// on the symbolic stack, and constants among them already in their slots.
    /// </summary>
    private void CollectionPoint()
    {
        List<(int Slot, bool Pointer)> live = [];
        StackNode? node = _before;
        for (int depth = StackNode.DepthOf(_before) - 1; depth >= 0; depth--, node = node!.Below)
        {
            if (!node!.Type.IsReference) continue;
            if (depth > Top || _stack[depth].IsConstant) continue;
            int slot = _stack[depth].Slot;
            if (slot >= _firstTemp && !live.Exists(known => known.Slot == slot)) live.Add((slot, node.Type.Kind == StackKind.ByRef));
        }

        if (live.Count > 0) _live[_code.Count] = [.. live];
    }

    private EntityHandle Token(IlInstruction il) => (EntityHandle)MetadataTokens.Handle((int)il.Operand);

    private SlotType TypeOf(IlInstruction il) => _types.ResolveType(_method.Assembly!, Token(il));

    /// <summary>Kind of the value <paramref name="fromTop"/> places below the top, before the instruction.</summary>
    private StackKind Kind(int fromTop = 0)
    {
        StackNode? node = _before;
        for (; fromTop > 0; fromTop--) node = node!.Below;
        return node!.Type.Kind;
    }
}
