using SparseNas.Simulator.Corlib;
using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>Calls and returns (Interpreter.cpp, CEE_CALL to CEE_RET; CLR_RT_StackFrame.cpp).</summary>
internal sealed unsafe partial class Interpreter
{
    /// <summary>
    /// Makes the frame of a method whose arguments lie at <paramref name="arguments"/>. An instance method that is no constructor is inlined
    /// into its caller's frame when the caller has slots to spare; one level only (PushInline).
    /// </summary>
    private void EnterMethod(DeviceMethod method, long* arguments, Instruction* call, ArgumentMove move = ArgumentMove.None, int first = 0)
    {
        bool isConstructor = move == ArgumentMove.InsertFirst;
        MethodCode code = method.Code ?? CodeOf(method);
        Frame* caller = _frame;
        if (caller->Depth + 1 >= _maximumDepth || arguments + code.SlotCount + 8 >= _stack + _stackSlots) throw OutOfMemory(atFrame: true);
        bool inlined = _inlining && call is not null && !method.IsStatic && !isConstructor && caller->IsManaged && !caller->IsInlined && FitsInline(code, caller, arguments);
        int heapRef = 0;
        if (!inlined)
        {
            Protect(first);
            heapRef = _waitingFrame != 0 ? _waitingFrame : AllocateFrame(code.FrameBlocks);
            _waitingFrame = 0;
            Unprotect();
        }

        MoveArguments(arguments, code.ArgumentCount, move, first);
        new Span<long>(arguments + code.ArgumentCount, code.SlotCount - code.ArgumentCount).Clear();
        Frame* frame = caller + 1;
        frame->Depth = caller->Depth + 1;
        frame->Pc = code.Start;
        frame->Fp = arguments;
        frame->HeapRef = heapRef;
        frame->IsInlined = inlined;
        frame->IsConstructor = isConstructor;
        frame->IsManaged = true;
        frame->MayRestart = call is null && IsUnderPressure;
        _codes[frame->Depth] = code;
        _frame = frame;
        Counters.MachineryInstructions += inlined ? CallCosts.Inlined(code) : CallCosts.Called(code);
        foreach ((int slot, DeviceType type) in code.StructLocals) *(int*)(arguments + slot) = AllocateObject(type);
    }

    /// <summary>What happens to the arguments between the call and the callee, once the callee's frame exists and nothing can collect any more.</summary>
    private enum ArgumentMove
    {
        None,

        /// <summary>A new object goes in front of the constructor's arguments.</summary>
        InsertFirst,

        /// <summary>The target takes the place of the delegate.</summary>
        ReplaceFirst,

        /// <summary>A static target has no use for the delegate.</summary>
        DropFirst,
    }

    private static void MoveArguments(long* arguments, int count, ArgumentMove move, int first)
    {
        if (move == ArgumentMove.InsertFirst) for (int a = count - 1; a >= 1; a--) arguments[a] = arguments[a - 1];
        if (move == ArgumentMove.DropFirst) for (int a = 0; a < count; a++) arguments[a] = arguments[a + 1];
        if (move is ArgumentMove.InsertFirst or ArgumentMove.ReplaceFirst) *arguments = first;
    }

    private int AllocateFrame(int blocks)
    {
        int collections = _heap.Collections;
        long visited = _heap.VisitedObjects;
        int frame = _heap.AllocateCached(BlockKind.Frame, blocks);
        if (_heap.Collections != collections) ChargeCollection(_heap.VisitedObjects - visited);
        return frame != 0 ? frame : throw OutOfMemory(atFrame: true);
    }

    /// <summary>A frame that exists before its method runs: Main's.</summary>
    public void EnterWith(int frame) => _waitingFrame = frame;

    private int _waitingFrame;

    /// <summary>Blocks that a method's frame takes.</summary>
    public int FrameBlocksOf(DeviceMethod method) => CodeOf(method).FrameBlocks;

    private bool FitsInline(MethodCode code, Frame* caller, long* arguments)
    {
        MethodCode callerCode = _codes[caller->Depth];
        int depth = (int)(arguments - (caller->Fp + callerCode.FirstTemp)) + code.ArgumentCount;
        return FitsInline(callerCode.DeviceEvalSlots, depth, code.ArgumentCount, code.LocalCount, code.Method.DeviceMaxStack);
    }

    /// <summary>Ends the current method; true when the invocation that started at <paramref name="baseDepth"/> is over.</summary>
    private bool LeaveMethod(Instruction* i, long* fp, int baseDepth)
    {
        Frame* frame = _frame;
        if (i->Op == Op.RetValue)
        {
            long value = fp[i->A];
            if (i->Imm != 0 && (int)value == StackBase && (value >> 32) >= fp - _stack) throw Fault("returns a pointer into its own frame");
            fp[0] = value;
        }

        PopFrame(frame);
        if (frame->IsConstructor) Counters.MachineryInstructions += CallCosts.ConstructorReturn;
        return Resume(baseDepth);
    }

    private void PopFrame(Frame* frame)
    {
        if (frame->HeapRef != 0) _heap.Release(frame->HeapRef);
        _frame = frame - 1;
    }

    /// <summary>Goes on behind the call that made the frame that just ended.</summary>
    private bool Resume(int baseDepth)
    {
        if (_frame->Depth <= baseDepth) return true;
        _frame->Pc++;
        return false;
    }

    private void CallVirtual(Instruction* i, long* fp)
    {
        DeviceMethod method = _types.Methods[i->Jump];
        long* arguments = fp + i->A;
        int target = *(int*)arguments;
        if (target == 0) throw DeviceThrow.Null();
        if (target < 0)
        {
            CallCoreMethod(method, arguments, i);
            return;
        }

        DeviceMethod body = method;
        if (method.IsVirtual)
        {
            DeviceType type = TypeOf(target);
            body = type.Resolve(method) ?? _types.CoreOverride(type, method) ?? (method.Core is null ? throw Fault($"{type.FullName} has no {method.FullName}") : method);
            Counters.MachineryInstructions += CallCosts.VirtualLookup;
        }

        if (body.Core is not null) CallCoreMethod(body, arguments, i);
        else EnterMethod(body, arguments, i);
    }

    private void NewObject(Instruction* i, long* fp)
    {
        DeviceMethod constructor = _types.Methods[i->Jump];
        long* arguments = fp + i->A;
        int created = AllocateObject(constructor.Owner);
        EnterMethod(constructor, arguments, i, ArgumentMove.InsertFirst, created);
    }

    private void NewCoreObject(Instruction* i, long* fp)
    {
        DeviceMethod constructor = _types.Methods[i->Jump];
        long* arguments = fp + i->A;
        bool madeByBody = constructor.Owner.Storage != Storage.Ref || constructor.Owner == _types.String;
        int created = madeByBody ? 0 : AllocateObject(constructor.Owner);
        MoveArguments(arguments, constructor.Arguments.Count, ArgumentMove.InsertFirst, created);
        RunCore(constructor, arguments);
    }

    /// <summary>ldftn made the delegate object; its creation only gives it a class and a target (CEE_NEWOBJ, special case).</summary>
    private void NewDelegate(Instruction* i, long* fp)
    {
        DeviceMethod constructor = _types.Methods[i->Jump];
        int target = *(int*)(fp + i->A), made = *(int*)(fp + i->A + 1);
        if (made == 0 || _heap.Kind(made) != BlockKind.Delegate) throw DeviceThrow.WrongType();
        DeviceMethod method = _types.Methods[_heap.Auxiliary(made)];
        RequireSameShape(constructor.Owner, method);
        _heap.TypeId(made) = constructor.Owner.Id;
        if (!method.IsStatic) *(int*)(_memory + made + HeapLayout.FirstFieldOffset) = target;
        fp[i->A] = made;
    }

    private void RequireSameShape(DeviceType type, DeviceMethod method)
    {
        DeviceMethod? invoke = type.Methods.Find(candidate => candidate.Name == "Invoke");
        IEnumerable<SlotType> wanted = invoke?.Arguments.Skip(1) ?? [];
        IEnumerable<SlotType> got = method.IsStatic ? method.Arguments : method.Arguments.Skip(1);
        bool same = invoke is null
            ? method.Core is null && method.Arguments.Count == (method.IsStatic ? 0 : 1) && method.Result.Storage == Storage.Void
            : invoke.Result.Storage == method.Result.Storage && wanted.Select(Shape).SequenceEqual(got.Select(Shape));
        if (!same) throw Fault($"a {type.FullName} cannot call {method.FullName}: the signatures differ");
    }

    private static (Storage, Storage) Shape(SlotType type) => (type.Storage, type.Pointee);

    private void CallDelegate(Instruction* i, long* fp)
    {
        long* arguments = fp + i->A;
        int reference = *(int*)arguments;
        if (reference == 0) throw DeviceThrow.Null();
        DeviceMethod invoke = _types.Methods[i->Jump];
        if (_heap.Kind(reference) == BlockKind.DelegateList)
        {
            CallEach(invoke, arguments, reference);
            _frame->Pc = i + 1;
            return;
        }

        DeviceMethod method = DelegateTarget(reference, invoke);
        int target = *(int*)(_memory + reference + HeapLayout.FirstFieldOffset);
        if (method.IsStatic) EnterMethod(method, arguments, i, ArgumentMove.DropFirst);
        else EnterMethod(method, arguments, i, ArgumentMove.ReplaceFirst, target);
    }

    private DeviceMethod DelegateTarget(int reference, DeviceMethod invoke)
    {
        if (_heap.Kind(reference) != BlockKind.Delegate || !TypeOf(reference).Inherits(invoke.Owner)) throw DeviceThrow.WrongType();
        DeviceMethod method = _types.Methods[_heap.Auxiliary(reference)];
        if (method.Core is not null) throw Fault($"a delegate to {method.FullName} of the core library is not modelled");
        return method;
    }

    /// <summary>A multicast delegate calls its targets one after the other from a frame of its own (Execute_DelegateInvoke).</summary>
    private void CallEach(DeviceMethod invoke, long* arguments, int list)
    {
        int count = _heap.Auxiliary(list);
        PushCoreFrame(0, 0);
        Protect(list);
        long* scratch = arguments + invoke.Arguments.Count + 4;
        for (int d = 0; d < count; d++)
        {
            int reference = *(int*)(_memory + _protected[_protectedCount - 1] + HeapLayout.FirstFieldOffset + (d * HeapLayout.BlockBytes));
            DeviceMethod method = DelegateTarget(reference, invoke);
            int put = 0;
            if (!method.IsStatic) scratch[put++] = *(int*)(_memory + reference + HeapLayout.FirstFieldOffset);
            for (int a = 1; a < invoke.Arguments.Count; a++) scratch[put++] = arguments[a];
            RunNested(method, scratch);
        }

        arguments[0] = scratch[0];
        Unprotect();
        PopCoreFrame();
        _frame->MayRestart = IsUnderPressure;
    }

    /// <summary>ToString of an object as the core library calls it: the program's own body where there is one. Gives the text.</summary>
    public int TextOfObject(int reference)
    {
        DeviceMethod toString = _types.ToText;
        DeviceType type = TypeOf(reference);
        DeviceMethod body = type.Resolve(toString) ?? _types.CoreOverride(type, toString) ?? toString;
        long* arguments = _frame->Fp + _codes[_frame->Depth].SlotCount;
        arguments[0] = reference;
        if (body.Core is not null) RunCore(body, arguments);
        else RunNested(body, arguments);
        return (int)arguments[0] is not 0 and int text ? text : throw DeviceThrow.Null();
    }

    /// <summary>Runs a method to its end from inside a core library body.</summary>
    private void RunNested(DeviceMethod method, long* arguments)
    {
        int depth = _frame->Depth;
        EnterMethod(method, arguments, null);
        RunUntil(depth);
    }
}
