using System.Reflection.Metadata;
using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>
/// Exceptions in two phases (Thread.cpp, ProcessException): first the whole stack is searched for a handler, then finally blocks run from
/// the inside out and frames are dropped until the handler's frame is on top.
/// </summary>
internal sealed unsafe partial class Interpreter
{
    private readonly List<Unwind> _unwinds = [];
    private bool _filterAccepted;

    /// <summary>A handler, or a finally block on the way to one or to the target of a leave.</summary>
    private sealed class Unwind
    {
        public int Exception;
        public int Depth;

        /// <summary>Frame of the handler that was found; its depth is the base depth when there is none.</summary>
        public int TargetDepth;
        public int TargetClause;

        /// <summary>The clause whose handler runs now.</summary>
        public int Clause;

        /// <summary>IL offset that the search for finally blocks goes out from.</summary>
        public int From;

        /// <summary>IL offset that a leave goes to; -1 for an exception.</summary>
        public int LeaveTo = -1;
        public bool InHandler;
    }

    private int OffsetOf(Frame* frame) => _codes[frame->Depth].Il[_codes[frame->Depth].IlIndexOf(frame->Pc)].Offset;

    /// <summary>The preallocated exception for when nothing else can be allocated.</summary>
    public int OutOfMemoryReference { get; set; }

    /// <summary>The exception object of an error, with the trace of the frames that stand: eight bytes for each (SetStackTrace).</summary>
    public int MakeException(DeviceThrow e)
    {
        if (e.IsTraced) return e.Reference;
        int reference = e.Reference;
        try
        {
            if (reference == 0) reference = AllocateObject(_types.Core(e.TypeName));
        }
        catch (DeviceThrow)
        {
            return OutOfMemoryReference;
        }

        if (!TypeOf(reference).Inherits(_types.Exception)) return reference;
        Protect(reference);
        try
        {
            int trace = AllocateArray(_types.ArrayOf(new SlotType(Storage.U1, _types.Core("System.Byte"))), TraceBytesPerFrame * StandingFrames());
            *(int*)(_memory + FieldOffset(_protectedStore[_protectedCount - 1], 2)) = trace;
        }
        catch (DeviceThrow)
        {
            // SetStackTrace's failure is ignored: the exception goes on without a trace.
        }

        return Unprotect();
    }

    private const int TraceBytesPerFrame = 8;

    private int StandingFrames()
    {
        int frames = _coreFrames.Count(frame => !frame.IsInlined);
        for (Frame* frame = _frame; frame->Depth > 0; frame--) if (!frame->IsInlined) frames++;
        return frames;
    }

    /// <summary>
    /// Memory ran out in a frame that may restart: the device compacts and goes on behind the instruction, whose result is missing
    /// (Execute_Inner calls Execute_IL again, whose instruction pointer has moved on). True when that was done; a result that nothing
    /// could be made of is a fault.
    /// </summary>
    private bool GoesOnWithoutResult(DeviceThrow e)
    {
        if (!e.IsOutOfMemory || e.Reference != 0 || _failedInCore || _frame->Depth == 0 || !_frame->MayRestart) return false;
        _frame->MayRestart = false;
        Compact();
        Instruction* i = _frame->Pc;
        bool hasNullForResult = !_failedAtFrame && (i->Op is Op.LdStr || (i->Op is Op.NewObj or Op.NewCore && _types.Methods[i->Jump].Arguments.Count == 1));
        if (!hasNullForResult) throw Fault("memory ran out; the device compacts its heap and goes on behind this instruction without its result", isOutOfMemory: true);
        _frame->Fp[i->Op == Op.LdStr ? i->D : i->A] = 0;
        _frame->Pc = i + 1;
        return true;
    }

    /// <summary>Finds the handler of an exception and starts on the way to it; none above the base depth passes it on.</summary>
    private void Throw(DeviceThrow e, int baseDepth)
    {
        if (GoesOnWithoutResult(e)) return;
        Unwind unwind = new() { Exception = MakeException(e), From = OffsetOf(_frame), Clause = -1 };
        if (e.Reference == 0) Counters.MachineryInstructions += CallCosts.RaisedError;
        _unwinds.Add(unwind);
        FindHandler(unwind, baseDepth);
        ContinueUnwind(unwind, baseDepth);
    }

    private void FindHandler(Unwind unwind, int baseDepth)
    {
        unwind.TargetDepth = baseDepth;
        unwind.TargetClause = -1;
        for (int depth = _frame->Depth; depth > baseDepth; depth--)
        {
            Frame* frame = _frames + depth;
            int offset = OffsetOf(frame);
            IReadOnlyList<ExceptionClause> clauses = _codes[depth].Method.Clauses;
            Counters.MachineryInstructions += CallCosts.SearchedFrame;
            for (int c = 0; c < clauses.Count; c++)
            {
                Counters.MachineryInstructions += CallCosts.SearchedClause;
                ExceptionClause clause = clauses[c];
                if (offset < clause.TryStart || offset >= clause.TryEnd) continue;
                bool takes = clause.Kind switch
                {
                    ExceptionRegionKind.Catch => IsInstance(unwind.Exception, clause.CatchType),
                    ExceptionRegionKind.Filter => RunFilter(frame, clause, unwind),
                    _ => false,
                };
                if (!takes) continue;
                (unwind.TargetDepth, unwind.TargetClause) = (depth, c);
                return;
            }
        }
    }

    /// <summary>Runs the next finally block on the way, else enters the handler, else passes the exception on.</summary>
    private void ContinueUnwind(Unwind unwind, int baseDepth)
    {
        while (_frame->Depth > baseDepth)
        {
            Frame* frame = _frame;
            MethodCode code = _codes[frame->Depth];
            bool isTarget = frame->Depth == unwind.TargetDepth;
            int next = NextFinally(code, unwind, isTarget ? code.Method.Clauses[unwind.TargetClause].HandlerStart : -1);
            if (next >= 0)
            {
                RunHandler(unwind, next, isException: false);
                return;
            }

            if (isTarget)
            {
                unwind.InHandler = true;
                RunHandler(unwind, unwind.TargetClause, isException: true);
                return;
            }

            AbandonBlock(frame);
            DropUnwinds(frame->Depth, unwind);
            PopFrame(frame);
            if (_frame->Depth > baseDepth) unwind.From = OffsetOf(_frame);
            unwind.Clause = -1;
        }

        _unwinds.Remove(unwind);
        if (baseDepth == 0) throw new UnhandledException(unwind.Exception, this);
        throw DeviceThrow.Traced(unwind.Exception);
    }

    private static int NextFinally(MethodCode code, Unwind unwind, int notAround)
    {
        IReadOnlyList<ExceptionClause> clauses = code.Method.Clauses;
        for (int c = unwind.Clause + 1; c < clauses.Count; c++)
        {
            ExceptionClause clause = clauses[c];
            bool cleansUp = clause.Kind == ExceptionRegionKind.Finally || (clause.Kind == ExceptionRegionKind.Fault && unwind.LeaveTo < 0);
            bool around = unwind.From >= clause.TryStart && unwind.From < clause.TryEnd;
            if (cleansUp && around && !(notAround >= clause.TryStart && notAround < clause.TryEnd)) return c;
        }

        return -1;
    }

    private void RunHandler(Unwind unwind, int clause, bool isException)
    {
        Frame* frame = _frame;
        MethodCode code = _codes[frame->Depth];
        AbandonBlock(frame);
        unwind.Clause = clause;
        unwind.Depth = frame->Depth;
        Counters.MachineryInstructions += CallCosts.EnteredHandler;
        frame->MayRestart = IsUnderPressure;
        if (isException) frame->Fp[code.FirstTemp] = unwind.Exception;
        frame->Pc = CodeAt(code, code.Method.Clauses[clause].HandlerStart);
    }

    private static Instruction* CodeAt(MethodCode code, int offset)
    {
        int il = Array.FindIndex(code.Il, instruction => instruction.Offset == offset);
        return code.Start + code.CodeOfIl[il];
    }

    /// <summary>leave, endfinally and endfilter; true when a filter's invocation is over.</summary>
    private bool LeaveBlock(Instruction* i, long* fp, int baseDepth)
    {
        Frame* frame = _frame;
        if (i->Op == Op.EndFilter) return EndFilter(i, fp, baseDepth);
        MethodCode code = _codes[frame->Depth];
        if (i->Op == Op.Leave)
        {
            int from = OffsetOf(frame), to = code.Il[code.IlIndexOf(frame->Pc)].Targets![0];
            _unwinds.RemoveAll(known => known.InHandler && known.Depth == frame->Depth && Leaves(code.Method.Clauses[known.Clause], from, to));
            Unwind leave = new() { From = from, LeaveTo = to, Depth = frame->Depth, Clause = -1 };
            GoToFinally(code, leave, to, isNew: true);
            return false;
        }

        if (_unwinds.Count == 0 || _unwinds[^1].Depth != frame->Depth) throw Fault("no finally block is running");
        Unwind unwind = _unwinds[^1];
        if (unwind.LeaveTo >= 0) GoToFinally(code, unwind, unwind.LeaveTo, isNew: false);
        else ContinueUnwind(unwind, baseDepth);
        return false;
    }

    private static bool Leaves(ExceptionClause clause, int from, int to) =>
        from >= clause.HandlerStart && from < clause.HandlerEnd && !(to >= clause.HandlerStart && to < clause.HandlerEnd);

    private void GoToFinally(MethodCode code, Unwind leave, int target, bool isNew)
    {
        int next = NextFinally(code, leave, target);
        if (next < 0)
        {
            if (!isNew) _unwinds.Remove(leave);
            _frame->Pc = CodeAt(code, target);
            return;
        }

        leave.Clause = next;
        if (isNew) _unwinds.Add(leave);
        _frame->Pc = CodeAt(code, code.Method.Clauses[next].HandlerStart);
    }

    /// <summary>The exception of the innermost handler that runs in the current frame.</summary>
    private int CurrentHandled()
    {
        for (int u = _unwinds.Count - 1; u >= 0; u--)
        {
            if (_unwinds[u].InHandler && _unwinds[u].Depth == _frame->Depth)
            {
                int exception = _unwinds[u].Exception;
                _unwinds.RemoveAt(u);
                return exception;
            }
        }

        throw Fault("no handler is running");
    }

    private void DropUnwinds(int depth, Unwind except) => _unwinds.RemoveAll(known => known != except && known.Depth >= depth);

    /// <summary>A filter runs in a frame of its own with copies of arguments and locals (ProcessException_Phase1); an exception in it means no.</summary>
    private bool RunFilter(Frame* owner, ExceptionClause clause, Unwind unwind)
    {
        MethodCode code = _codes[owner->Depth];
        int depth = _frame->Depth;
        long* at = _frame->Fp + _codes[depth].SlotCount;
        if (depth + 1 >= _maximumDepth || at + code.SlotCount + 8 >= _stack + _stackSlots) return false;
        try
        {
            int heapRef = AllocateFrame(code.FrameBlocks + code.ArgumentCount);
            Frame* frame = _frame + 1;
            *frame = new Frame { Depth = depth + 1, Fp = at, HeapRef = heapRef, IsManaged = true, Pc = CodeAt(code, clause.FilterStart) };
            new Span<long>(owner->Fp, code.FirstTemp).CopyTo(new Span<long>(at, code.FirstTemp));
            at[code.FirstTemp] = unwind.Exception;
            _codes[frame->Depth] = code;
            _frame = frame;
            _filterOwner = owner;
            RunUntil(depth);
            return _filterAccepted;
        }
        catch (DeviceThrow)
        {
            return false;
        }
    }

    private Frame* _filterOwner;

    private bool EndFilter(Instruction* i, long* fp, int baseDepth)
    {
        if (_filterOwner is null || _frame->Depth != baseDepth + 1) throw Fault("no filter is running");
        _filterAccepted = *(int*)(fp + i->A) == 1;
        int slots = _codes[_frame->Depth].FirstTemp;
        new Span<long>(fp, slots).CopyTo(new Span<long>(_filterOwner->Fp, slots));
        _filterOwner = null;
        PopFrame(_frame);
        return true;
    }

    /// <summary>Takes back the instructions that a frame's current block counted but does not execute.</summary>
    private void AbandonBlock(Frame* frame)
    {
        MethodCode code = _codes[frame->Depth];
        int at = (int)(frame->Pc - code.Start);
        int block = code.BlockOf(at);
        int firstSkipped = code.IlIndex[at] + 1;
        int skipped = code.Blocks[block].First + code.Blocks[block].Count - firstSkipped;
        if (skipped <= 0) return;
        Counters.ExecutedOpcodes -= skipped;
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(Counters.Abandoned, (code, block, firstSkipped), out _)++;
    }

    private void AbandonBlocks(int baseDepth)
    {
        for (int depth = _frame->Depth; depth > baseDepth; depth--) AbandonBlock(_frames + depth);
    }

    /// <summary>Drops every frame, after a fault.</summary>
    public void Abort()
    {
        while (_frame->Depth > 0) PopFrame(_frame);
        ReleaseCoreFrames(0);
        _unwinds.Clear();
        _coreCalls.Clear();
        _protectedCount = 0;
    }
}
