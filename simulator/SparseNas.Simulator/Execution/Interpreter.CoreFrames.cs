using SparseNas.Simulator.Corlib;
using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>
/// Frames of the core library's methods: which of them run inside their caller's frame, and what happens when memory runs out in them.
/// Sources: CLR_RT_StackFrame.cpp (Push, PushInline), Interpreter.cpp (Execute_Inner).
/// </summary>
internal sealed unsafe partial class Interpreter
{
    private readonly Stack<CoreFrame> _coreFrames = new();
    private readonly Stack<ActiveCoreCall> _coreCalls = new();

    /// <summary>A frame of a core library method; one that runs inside its caller's frame has no blocks of its own.</summary>
    private readonly record struct CoreFrame(int HeapRef, int EvalSlots)
    {
        public bool IsInlined => HeapRef == 0;
    }

    /// <summary>A core library body in progress: its arguments lie at a slot of the frame that called it.</summary>
    private readonly record struct ActiveCoreCall(int Depth, int ArgumentSlot, DeviceMethod Method);

    /// <summary>
    /// Below three quarters of free memory at the last collection a frame that the scheduler enters may compact and go on once when
    /// memory runs out (c_CompactAndRestartOnOutOfMemory). Before the first collection the device counts no free bytes.
    /// </summary>
    private bool IsUnderPressure => _heap.FreeBytesAtLastCollection < (long)(_heap.SizeBytes * 0.75);

    /// <summary>Frame of a static method, a constructor or a native method.</summary>
    public void PushCoreFrame(int locals, int stack) =>
        _coreFrames.Push(new CoreFrame(AllocateFrame(HeapLayout.FrameBlocks(locals, stack, _inlining)), HeapLayout.EvalSlots(locals, stack, _inlining)));

    /// <summary>Frame of an instance method that an application method calls; runs inside its caller's frame when there is room.</summary>
    public void PushCalledInstance(int arguments, int locals, int stack)
    {
        ActiveCoreCall call = _coreCalls.Peek();
        MethodCode caller = _codes[call.Depth];
        bool fits = _frame->Depth > 0 && !_frame->IsInlined && FitsInline(caller.DeviceEvalSlots, call.ArgumentSlot - caller.FirstTemp + arguments, arguments, locals, stack);
        if (fits) _coreFrames.Push(default);
        else PushCoreFrame(locals, stack);
    }

    /// <summary>Frame of an instance method that a core library method calls with so many slots on its evaluation stack, arguments included.</summary>
    public void PushNestedInstance(int depth, int arguments, int locals, int stack)
    {
        CoreFrame caller = _coreFrames.Peek();
        if (!caller.IsInlined && FitsInline(caller.EvalSlots, depth, arguments, locals, stack)) _coreFrames.Push(default);
        else PushCoreFrame(locals, stack);
    }

    public void PopCoreFrame()
    {
        CoreFrame frame = _coreFrames.Pop();
        if (!frame.IsInlined) _heap.Release(frame.HeapRef);
    }

    /// <summary>
    /// Runs a native body in a frame of its own. When memory runs out in it and the device is under pressure, the heap is compacted and the
    /// body starts again, once.
    /// </summary>
    public void RunNative(CoreCall call, CoreBody body)
    {
        PushCoreFrame(0, 0);
        bool mayRestart = IsUnderPressure;
        int frames = _coreFrames.Count, guarded = _protectedCount;
        try
        {
            body(call);
        }
        catch (DeviceThrow e) when (mayRestart && e.IsOutOfMemory && e.Reference == 0)
        {
            ReleaseCoreFrames(frames);
            _protectedCount = guarded;
            Compact();
            body(call);
        }

        PopCoreFrame();
        if (_coreFrames.Count == 0 || _coreFrames.Peek().IsInlined) _frame->MayRestart = IsUnderPressure;
    }

    /// <summary>Runs a core library method in place and steps over the call.</summary>
    private void CallCoreMethod(DeviceMethod method, long* arguments, Instruction* i)
    {
        RunCore(method, arguments);
        _frame->Pc = i + 1;
    }

    /// <summary>The body sees its arguments where the caller put them. Its frames still stand when an error becomes an exception object.</summary>
    private void RunCore(DeviceMethod method, long* arguments)
    {
        CoreMethod core = method.Core!;
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(Counters.CoreCalls, method, out _)++;
        Counters.MachineryInstructions += core.MachineryInstructions;
        int used = _coreFrames.Count, guarded = _protectedCount;
        _coreCalls.Push(new ActiveCoreCall(_frame->Depth, (int)(arguments - _frame->Fp), method));
        try
        {
            core.Body(new CoreCall(this, method, arguments));
        }
        catch (DeviceThrow e) when (e.Reference == 0 && _coreFrames.Count > used)
        {
            throw DeviceThrow.Traced(MakeException(e));
        }
        finally
        {
            _coreCalls.Pop();
            ReleaseCoreFrames(used);
            _protectedCount = guarded;
        }
    }

    /// <summary>Drops every frame of the core library.</summary>
    public void PopAllCoreFrames() => ReleaseCoreFrames(0);

    private void ReleaseCoreFrames(int down)
    {
        while (_coreFrames.Count > down) PopCoreFrame();
    }

    private static bool FitsInline(int evalSlots, int depth, int arguments, int locals, int stack) => evalSlots - depth + 1 > arguments + locals + stack + 2;
}
