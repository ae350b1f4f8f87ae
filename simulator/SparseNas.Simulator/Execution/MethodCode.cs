using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>A basic block: IL instructions [First, First + Count) that are executed together unless one of them throws.</summary>
internal readonly record struct CodeBlock(int First, int Count, int Instruction);

/// <summary>
/// A method in register form, with what is needed to look back: the IL instruction behind each operation, the stack in front of each IL
/// instruction, the slots that hold references at each place where a collection can happen.
/// </summary>
internal sealed unsafe class MethodCode
{
    private readonly Instruction[] _pinned;

    public MethodCode(DeviceMethod method, IlInstruction[] il, StackNode?[] entry, List<Instruction> code, int[] ilIndex, CodeBlock[] blocks, int[] codeOfIl)
    {
        Method = method;
        Il = il;
        Entry = entry;
        Blocks = blocks;
        IlIndex = ilIndex;
        CodeOfIl = codeOfIl;
        _pinned = GC.AllocateUninitializedArray<Instruction>(code.Count, pinned: true);
        code.CopyTo(_pinned);
        fixed (Instruction* start = _pinned) Start = start;
        ArgumentCount = method.Arguments.Count;
        LocalCount = method.Locals.Count;
        FirstTemp = ArgumentCount + LocalCount;
        SlotCount = FirstTemp + entry.Max(StackNode.DepthOf) + 2;
        foreach ((SlotType slot, int index) in method.Arguments.Concat(method.Locals).Select((slot, index) => (slot, index)))
        {
            if (slot.Storage.IsReference()) ReferenceSlots.Add(index);
            else if (slot.Storage == Storage.ByRef) PointerSlots.Add(index);
        }

        StructLocals = [.. method.Locals.Select((slot, index) => (slot, index)).Where(pair => pair.slot.Storage == Storage.Struct).Select(pair => (ArgumentCount + pair.index, pair.slot.Type!))];
    }

    public DeviceMethod Method { get; }

    public IlInstruction[] Il { get; }

    /// <summary>The stack in front of each IL instruction; null is the empty stack.</summary>
    public StackNode?[] Entry { get; }

    public CodeBlock[] Blocks { get; }

    /// <summary>The IL instruction that each operation belongs to.</summary>
    public int[] IlIndex { get; }

    /// <summary>The block operation that starts at each IL instruction that is a leader, else -1.</summary>
    public int[] CodeOfIl { get; }

    /// <summary>First operation; the array is pinned for as long as this object lives.</summary>
    public Instruction* Start { get; }

    public int ArgumentCount { get; }

    public int LocalCount { get; }

    public int FirstTemp { get; }

    /// <summary>Slots of a frame: arguments, locals, evaluation stack and two to spare.</summary>
    public int SlotCount { get; }

    /// <summary>Arguments and locals that hold references.</summary>
    public List<int> ReferenceSlots { get; } = [];

    /// <summary>Arguments and locals that hold managed pointers.</summary>
    public List<int> PointerSlots { get; } = [];

    /// <summary>Structure locals: each gets an object of its own when the frame is made (InitializeLocals).</summary>
    public (int Slot, DeviceType Type)[] StructLocals { get; }

    /// <summary>Blocks of the frame on the device.</summary>
    public int FrameBlocks { get; set; }

    /// <summary>Evaluation slots of the frame on the device, for the decision whether a call is inlined.</summary>
    public int DeviceEvalSlots { get; set; }

    /// <summary>Operands of <see cref="Op.Switch"/>: distances to the cases, the last one for no case.</summary>
    public List<int[]> SwitchTables { get; } = [];

    /// <summary>Evaluation slots with references in front of an operation; only for operations where a collection can happen.</summary>
    public Dictionary<int, (int Slot, bool Pointer)[]> LiveTemps { get; } = [];

    public int IlIndexOf(Instruction* at) => IlIndex[at - Start];

    /// <summary>The last block that starts at or before an operation.</summary>
    public int BlockOf(int instruction)
    {
        int low = 0, high = Blocks.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (Blocks[middle].Instruction <= instruction) low = middle;
            else high = middle - 1;
        }

        return low;
    }
}
