using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>
/// Computes the evaluation stack in front of every instruction of a method and refuses code whose stack does not fit: the interpreter
/// works on untyped slots, so nothing may run that this has not accepted.
/// <code>StackNode?[] entry = new TypeFlow(types, method, instructions).Run();   // entry[i] is null for an empty stack</code>
/// </summary>
internal sealed partial class TypeFlow(TypeSystem types, DeviceMethod method, IlInstruction[] instructions)
{
    private readonly Dictionary<int, int> _indexOf = Enumerable.Range(0, instructions.Length).ToDictionary(i => instructions[i].Offset);
    private readonly StackNode?[] _entry = new StackNode?[instructions.Length];
    private readonly bool[] _reached = new bool[instructions.Length];
    private readonly Queue<int> _work = new();
    private StackNode? _stack;
    private int _current;

    /// <summary>Whether an instruction can be reached at all.</summary>
    public bool[] Reached => _reached;

    /// <summary>Index of the instruction at an IL offset.</summary>
    public int IndexAt(int offset) => _indexOf.TryGetValue(offset, out int index) ? index : throw Damaged($"a branch goes to IL_{offset:x4}, where no instruction starts");

    public StackNode?[] Run()
    {
        Arrive(0, null);
        foreach (ExceptionClause clause in method.Clauses)
        {
            bool ordered = clause.TryStart < clause.TryEnd && clause.HandlerStart < clause.HandlerEnd && (clause.TryEnd <= clause.HandlerStart || clause.HandlerEnd <= clause.TryStart);
            if (!ordered || clause.TryEnd > method.Il.Length || clause.HandlerEnd > method.Il.Length) throw Damaged("a protected region is not inside the method");
            _ = IndexAt(clause.TryStart);
            bool takesException = clause.Kind is ExceptionRegionKind.Catch or ExceptionRegionKind.Filter;
            Arrive(IndexAt(clause.HandlerStart), takesException ? new StackNode(new StackType(StackKind.Ref, clause.CatchType ?? types.Exception), null) : null);
            if (clause.Kind == ExceptionRegionKind.Filter) Arrive(IndexAt(clause.FilterStart), new StackNode(new StackType(StackKind.Ref, types.Exception), null));
        }

        while (_work.TryDequeue(out int next))
        {
            _current = next;
            _stack = _entry[next];
            Step(instructions[next]);
        }

        return _entry;
    }

    private DamagedAssemblyException Damaged(string law) => IlReader.Damaged(method, instructions[_current].Offset, $"{instructions[_current].Name}: {law}");

    private void Arrive(int index, StackNode? stack)
    {
        if (!_reached[index])
        {
            _reached[index] = true;
            _entry[index] = stack;
            _work.Enqueue(index);
            return;
        }

        StackNode? merged = Merge(_entry[index], stack);
        if (!ReferenceEquals(merged, _entry[index]))
        {
            _entry[index] = merged;
            _work.Enqueue(index);
        }
    }

    private StackNode? Merge(StackNode? known, StackNode? arriving)
    {
        if (ReferenceEquals(known, arriving)) return known;
        if (StackNode.DepthOf(known) != StackNode.DepthOf(arriving)) throw Damaged($"two ways lead here with {StackNode.DepthOf(known)} and {StackNode.DepthOf(arriving)} values on the stack");
        StackNode? below = Merge(known!.Below, arriving!.Below);
        StackType type = known.Type, other = arriving.Type;
        bool sameWidth = type.Kind == other.Kind || (type.Kind, other.Kind) is (StackKind.I4, StackKind.U4) or (StackKind.U4, StackKind.I4) or (StackKind.I8, StackKind.U8) or (StackKind.U8, StackKind.I8);
        if (!sameWidth || type.Pointee != other.Pointee) throw Damaged($"two ways lead here with {type.Kind} and {other.Kind} on the stack");
        StackType merged = type.Type == other.Type || type.Type is null ? type : type with { Type = null };
        return merged == type && ReferenceEquals(below, known.Below) ? known : new StackNode(merged, below);
    }

    private StackType Pop()
    {
        if (_stack is null) throw Damaged("takes a value from an empty stack");
        StackType type = _stack.Type;
        _stack = _stack.Below;
        return type;
    }

    private StackType Pop(StackKind kind)
    {
        StackType type = Pop();
        if (type.Kind != kind && !Alike(type.Kind, kind)) throw Damaged($"needs {kind} on the stack, but got {type.Kind}");
        return type;
    }

    private static bool Alike(StackKind a, StackKind b) => (a, b) is (StackKind.I4, StackKind.U4) or (StackKind.U4, StackKind.I4) or (StackKind.I8, StackKind.U8) or (StackKind.U8, StackKind.I8);

    private void Push(StackKind kind, DeviceType? type = null, Storage pointee = Storage.Void) => Push(new StackType(kind, type, pointee));

    private void Push(SlotType slot) => Push(StackType.Of(slot));

    private void Push(StackType type)
    {
        if (StackNode.DepthOf(_stack) >= 255) throw Damaged("needs more than 255 stack slots (the depth is one byte on nanoFramework)");
        _stack = new StackNode(type, _stack);
    }

    /// <summary>Takes a value that is stored into a slot of a given type.</summary>
    private void PopInto(SlotType slot)
    {
        if (slot.Storage == Storage.Void) throw Damaged("stores into void");
        StackType type = Pop();
        StackKind wanted = slot.Storage.OnStack();
        bool fits = type.Kind == wanted || Alike(type.Kind, wanted);
        if (!fits || (wanted == StackKind.ByRef && !SamePointee(type.Pointee, slot.Pointee))) throw Damaged($"needs {Describe(wanted, slot.Pointee)}, but got {Describe(type.Kind, type.Pointee)}");
    }

    private static string Describe(StackKind kind, Storage pointee) => kind == StackKind.ByRef ? $"a pointer to {pointee}" : kind.ToString();

    /// <summary>Pointers fit when what they point to is equally wide and equally a reference: no other confusion is possible.</summary>
    private static bool SamePointee(Storage a, Storage b) => a.IsReference() == b.IsReference() && a.ElementBytes() == b.ElementBytes();

    private void Step(IlInstruction il)
    {
        string name = il.Name;
        bool falls = true;
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        switch (dot < 0 ? name : name[..dot])
        {
            case "nop": break;
            case "dup": StackType top = Pop(); Push(top); Push(top); break;
            case "pop": Pop(); break;
            case "ldc": Push(name[4] switch { 'r' => name == "ldc.r4" ? StackKind.R4 : StackKind.R8, _ => name == "ldc.i8" ? StackKind.I8 : StackKind.I4 }); break;
            case "ldnull": Push(StackKind.Ref); break;
            case "ldstr": Push(StackKind.Ref, types.String); break;
            case "ldarg": Push(Argument(il, name)); break;
            case "ldloc": Push(Local(il, name)); break;
            case "starg": PopInto(Argument(il, name)); break;
            case "stloc": PopInto(Local(il, name)); break;
            case "ldarga": PushPointer(Argument(il, name)); break;
            case "ldloca": PushPointer(Local(il, name)); break;
            case "add" or "sub" or "mul" or "div" or "rem": Arithmetic(); break;
            case "and" or "or" or "xor": Integers(); break;
            case "shl" or "shr": Pop(StackKind.I4); Push(Integer()); break;
            case "neg": Push(Number()); break;
            case "not": Push(Integer()); break;
            case "conv": Convert(name); break;
            case "ceq" or "cgt" or "clt": Comparable(); Push(StackKind.I4); break;
            case "ret": Return(); falls = false; break;
            case "throw": Pop(StackKind.Ref); falls = false; break;
            case "rethrow": falls = false; break;
            case "endfinally": falls = false; break;
            case "endfilter": Pop(StackKind.I4); falls = false; break;
            case "leave": _stack = null; Branch(il); falls = false; break;
            case "br": Branch(il); falls = false; break;
            case "brtrue" or "brfalse": if (Pop().Kind is StackKind.R4 or StackKind.R8) throw Damaged("branches on a floating value"); Branch(il); break;
            case "beq" or "bne" or "blt" or "ble" or "bgt" or "bge": Comparable(); Branch(il); break;
            case "switch": Pop(StackKind.I4); Branch(il); break;
            default: StepObjects(il, name); break;
        }

        if (!falls) return;
        if (_current + 1 >= instructions.Length) throw Damaged("the method runs past its end");
        Arrive(_current + 1, _stack);
    }

    private void Branch(IlInstruction il)
    {
        foreach (int target in il.Targets!) Arrive(IndexAt(target), _stack);
    }

    private SlotType Argument(IlInstruction il, string name) => Slot(method.Arguments, Number(il, name), "argument");

    private SlotType Local(IlInstruction il, string name) => Slot(method.Locals, Number(il, name), "local");

    /// <summary>Number of an argument or local: in the mnemonic or in the operand.</summary>
    public static int Number(IlInstruction il, string name) => name[^1] is >= '0' and <= '3' ? name[^1] - '0' : (int)il.Operand;

    private SlotType Slot(IReadOnlyList<SlotType> slots, int index, string what) =>
        index < slots.Count ? slots[index] : throw Damaged($"{what} {index} does not exist: the method has {slots.Count}");

    private void PushPointer(SlotType slot)
    {
        if (slot.Storage == Storage.ByRef) throw Damaged("a pointer to a pointer does not exist");
        if (slot.Storage == Storage.Struct) Push(StackKind.Ref, slot.Type);
        else Push(StackKind.ByRef, slot.Type, slot.Storage);
    }

    private void Arithmetic()
    {
        StackType right = Number(), left = Number();
        if (left.Kind != right.Kind && !Alike(left.Kind, right.Kind)) throw Damaged($"needs two values of one kind, but got {left.Kind} and {right.Kind}");
        Push(left.Kind);
    }

    private void Integers()
    {
        StackType right = Integer(), left = Integer();
        if (left.Kind != right.Kind && !Alike(left.Kind, right.Kind)) throw Damaged($"needs two integers of one width, but got {left.Kind} and {right.Kind}");
        Push(left.Kind);
    }

    private StackType Number()
    {
        StackType type = Pop();
        return type.IsReference ? throw Damaged($"needs a number, but got {type.Kind}") : new StackType(type.Kind);
    }

    private StackType Integer()
    {
        StackType type = Number();
        return type.Kind is StackKind.R4 or StackKind.R8 ? throw Damaged($"needs an integer, but got {type.Kind}") : type;
    }

    private void Comparable()
    {
        StackType right = Pop(), left = Pop();
        if (left.Kind != right.Kind && !Alike(left.Kind, right.Kind)) throw Damaged($"compares {left.Kind} with {right.Kind}");
    }

    private void Convert(string name)
    {
        StackType from = Pop();
        if (from.Kind == StackKind.Ref || (from.Kind == StackKind.ByRef && name is not ("conv.i" or "conv.u"))) throw Damaged($"converts {from.Kind}");
        string to = name["conv.".Length..].Replace("ovf.", "", StringComparison.Ordinal);
        Push(from.Kind == StackKind.ByRef ? from : new StackType(to switch
        {
            "r4" => StackKind.R4,
            "r8" or "r.un" => StackKind.R8,
            "i8" or "i8.un" => StackKind.I8,
            "u8" or "u8.un" => StackKind.U8,
            "u4" or "u4.un" or "u" or "u.un" => StackKind.U4,
            _ => StackKind.I4,
        }));
    }

    private void Return()
    {
        if (method.Result.Storage != Storage.Void) PopInto(method.Result);
        if (_stack is not null) throw Damaged($"{_stack.Depth} values are left on the stack");
    }

    private EntityHandle Token(IlInstruction il)
    {
        Handle handle = MetadataTokens.Handle((int)il.Operand);
        return handle.Kind == HandleKind.UserString ? throw Damaged("the token is a string") : (EntityHandle)handle;
    }
}
