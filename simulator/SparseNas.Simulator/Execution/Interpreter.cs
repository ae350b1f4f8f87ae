using System.Runtime.InteropServices;
using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>
/// Runs methods on a simulated heap. Frames are kept twice: their values in a host stack of raw slots, their blocks in the simulated heap,
/// where they cost what they cost on the device.
/// </summary>
internal sealed unsafe partial class Interpreter : IHeapRoots, IDisposable
{
    private const int StaticCapacity = 1 << 17;
    private readonly TypeSystem _types;
    private readonly DeviceHeap _heap;
    private readonly bool _inlining;
    private readonly byte* _memory;
    private readonly long* _fuel;
    private readonly long* _stack;
    private readonly long _stackSlots;
    private readonly Frame* _frames;
    private readonly int _maximumDepth;
    private readonly MethodCode[] _codes;
    private readonly long* _statics;
    private int _staticCount;
    private Frame* _frame;

    public Interpreter(TypeSystem types, long heapBytes, bool inlining)
    {
        _types = types;
        _inlining = inlining;
        _heap = new DeviceHeap(heapBytes, this);
        _memory = _heap.Memory;
        _stackSlots = (heapBytes / HeapLayout.BlockBytes) + 4096;
        _maximumDepth = (int)(heapBytes / HeapLayout.BytesOf(HeapLayout.FrameFixedBlocks + HeapLayout.FrameMinimumSlots - 1) * 2) + 64;
        _stack = (long*)NativeMemory.AllocZeroed((nuint)_stackSlots, sizeof(long));
        _frames = (Frame*)NativeMemory.AllocZeroed((nuint)_maximumDepth, (nuint)sizeof(Frame));
        _codes = new MethodCode[_maximumDepth];
        _statics = (long*)NativeMemory.AllocZeroed(StaticCapacity, sizeof(long));
        _fuel = (long*)NativeMemory.AllocZeroed(sizeof(long));
        _frame = _frames;
        _frame->Fp = _stack;
        Counters = new ExecutionCounters();
    }

    /// <summary>A call in progress.</summary>
    private struct Frame
    {
        public Instruction* Pc;
        public long* Fp;
        public int Depth;

        /// <summary>Blocks in the simulated heap; 0 for an inlined call, which lives in its caller's frame.</summary>
        public int HeapRef;
        public bool IsInlined;
        public bool IsConstructor;

        /// <summary>Once, when memory runs out: compact and go on behind the instruction (c_CompactAndRestartOnOutOfMemory).</summary>
        public bool MayRestart;

        /// <summary>The frame holds an application method (not the bottom of the stack or a core method).</summary>
        public bool IsManaged;
    }

    public DeviceHeap Heap => _heap;

    public ExecutionCounters Counters { get; }

    public TypeSystem Types => _types;

    /// <summary>Instructions that may still be executed; running out is a fault.</summary>
    public long BudgetOpcodes { get; set; } = long.MaxValue;

    /// <summary>Makes room for statics of assemblies loaded since the last call.</summary>
    public void GrowStatics()
    {
        int wanted = _types.Statics.Count;
        if (wanted > StaticCapacity) throw new DamagedAssemblyException($"a program has at most {StaticCapacity:n0} static fields here, but got {wanted:n0}");
        for (; _staticCount < wanted; _staticCount++)
        {
            if (HasEmptyText && IsEmptyText(_types.Statics[_staticCount])) _statics[_staticCount] = _permanentStore[_emptyText];
        }
    }

    /// <summary>Binds String.Empty, which the core library's own static constructor made.</summary>
    public void BindEmptyText()
    {
        for (int s = 0; HasEmptyText && s < _staticCount; s++) if (IsEmptyText(_types.Statics[s])) _statics[s] = _permanentStore[_emptyText];
    }

    private static bool IsEmptyText(StaticField field) => field.FullName == "System.String.Empty";

    public long* StaticSlot(int index) => _statics + index;

    public void Dispose()
    {
        _heap.Dispose();
        NativeMemory.Free(_stack);
        NativeMemory.Free(_frames);
        NativeMemory.Free(_fuel);
        NativeMemory.Free(_statics);
    }

    /// <summary>
    /// Runs a method to its end and returns the raw result slot. An exception that leaves it is a <see cref="UnhandledException"/>; a
    /// <see cref="DeviceThrow"/> means that there was no room for its frame.
    /// </summary>
    /// <param name="method">Method of an application assembly.</param>
    /// <param name="arguments">Raw slots; references as heap offsets.</param>
    public long Invoke(DeviceMethod method, ReadOnlySpan<long> arguments)
    {
        GrowStatics();
        int baseDepth = _frame->Depth;
        long* at = _frame->Depth == 0 ? _stack : _frame->Fp + _codes[_frame->Depth].SlotCount;
        for (int i = 0; i < arguments.Length; i++) at[i] = arguments[i];
        Refuel();
        EnterMethod(method, at, null);
        RunUntil(baseDepth);
        return at[0];
    }

    /// <summary>Runs that wait for another run, through filters and multicast delegates; each takes host stack.</summary>
    private const int NestingLimit = 64;
    private int _nesting;

    private void RunUntil(int baseDepth)
    {
        if (_nesting >= NestingLimit) throw Fault($"filters and multicast delegates are nested more than {NestingLimit} deep");
        _nesting++;
        try
        {
            RunToEnd(baseDepth);
        }
        finally
        {
            _nesting--;
        }
    }

    private void RunToEnd(int baseDepth)
    {
        while (true)
        {
            try
            {
                Loop(baseDepth);
                Settle();
                return;
            }
            catch (DeviceThrow e)
            {
                Settle();
                Throw(e, baseDepth);
            }
        }
    }

    /// <summary>Instructions so far, those of the portion in progress included.</summary>
    public long OpcodesSoFar => Counters.ExecutedOpcodes + _granted - *_fuel;

    /// <summary>Puts the fuel used since the last settlement on the account.</summary>
    private void Settle()
    {
        Counters.ExecutedOpcodes += _granted - *_fuel;
        _granted = *_fuel;
    }

    private long _granted;
    private const long FuelPortion = 1 << 16;

    private void Refuel()
    {
        Settle();
        long portion = Math.Min(FuelPortion, BudgetOpcodes - Counters.ExecutedOpcodes);
        *_fuel = _granted = portion;
    }

    /// <summary>A portion of instructions is used up: notes a sample of the stack, then goes on unless the budget is spent.</summary>
    private void OutOfFuel()
    {
        Settle();
        if (Counters.ExecutedOpcodes >= BudgetOpcodes)
        {
            AbandonBlocks(0);
            throw Fault($"the budget of {BudgetOpcodes:n0} instructions is spent");
        }

        SampleStack?.Invoke(this);
        Refuel();
    }

    /// <summary>Called after every portion of instructions, for profiles over call stacks.</summary>
    public Action<Interpreter>? SampleStack { get; set; }

    /// <summary>Methods in progress, outermost first.</summary>
    public IReadOnlyList<DeviceMethod> CallStack() => [.. _codes[1..(_frame->Depth + 1)].Select(code => code.Method)];

    /// <summary>Source line of the innermost method, when its assembly came with symbols.</summary>
    public SourceLine? CurrentLine()
    {
        if (_frame->Depth == 0) return null;
        MethodCode code = _codes[_frame->Depth];
        return code.Method.Assembly?.Lines?.LinesOf(code)[code.IlIndexOf(_frame->Pc)];
    }

    /// <summary>A fault names method, IL offset, instruction and the state of the heap.</summary>
    private FirmwareFault Fault(string law, bool isOutOfMemory = false)
    {
        string place = "before the first instruction";
        if (_frame->Depth > 0)
        {
            MethodCode code = _codes[_frame->Depth];
            IlInstruction il = code.Il[code.IlIndexOf(_frame->Pc)];
            place = $"{code.Method.FullName} IL_{il.Offset:x4} {il.Name}";
        }

        return new FirmwareFault($"{place}: {law} (heap: {_heap.UsedBytes:n0} of {_heap.SizeBytes:n0} bytes taken, largest free run {_heap.LargestFreeBytes():n0})", isOutOfMemory);
    }

    /// <summary>A fault for something that the device does but the simulator does not.</summary>
    public FirmwareFault Unmodelled(string what) => Fault($"{what} is not modelled");

    private MethodCode CodeOf(DeviceMethod method)
    {
        if (method.Code is { } known) return known;
        if (method.IsAbstract || method.Assembly is null) throw Fault($"{method.FullName} has no body");
        try
        {
            method.Code = Emitter.Translate(_types, method, _inlining);
        }
        catch (Exception e) when (AssemblyImage.IsDamage(e))
        {
            throw new DamagedAssemblyException($"{method.FullName}: damaged body: {e.Message}", e);
        }

        GrowStatics();
        Counters.Decoded.Add(method.Code);
        return method.Code;
    }
}
