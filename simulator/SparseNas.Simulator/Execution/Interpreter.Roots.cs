using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>What the collector can reach: statics, frames, pending exceptions, objects of the runtime.</summary>
internal sealed unsafe partial class Interpreter
{
    private const int ProtectedCapacity = 1 << 14;
    private readonly int[] _protectedStore = GC.AllocateArray<int>(ProtectedCapacity, pinned: true);
    private readonly int[] _permanentStore = GC.AllocateArray<int>(256, pinned: true);
    private int _protectedCount;
    private int _permanentCount;

    private Span<int> _protected => _protectedStore;

    /// <summary>Keeps an object alive that no slot refers to yet.</summary>
    public void Protect(int reference)
    {
        if (_protectedCount == ProtectedCapacity) throw Fault("structures are nested too deeply");
        _protectedStore[_protectedCount++] = reference;
    }

    /// <summary>How many objects are protected; set back to give up those protected since.</summary>
    public int ProtectedCount
    {
        get => _protectedCount;
        set => _protectedCount = value;
    }

    /// <summary>The object that was protected last, where it is now.</summary>
    public int Protected => _protectedStore[_protectedCount - 1];

    /// <summary>Gives up the last protection; the object may have moved since.</summary>
    public int Unprotect() => _protectedStore[--_protectedCount];

    /// <summary>Keeps an object alive for good: what the runtime and the core library's statics hold.</summary>
    /// <returns>A number to replace it by.</returns>
    public int KeepForever(int reference)
    {
        _permanentStore[_permanentCount] = reference;
        return _permanentCount++;
    }

    /// <summary>Keeps another object in place of one that was to be kept for good.</summary>
    public void Replace(int kept, int reference) => _permanentStore[kept] = reference;

    void IHeapRoots.VisitRoots(DeviceHeap.SlotVisitor visit)
    {
        foreach (StaticField field in _types.Statics)
        {
            if (field.Index < _staticCount && field.Type.Storage.IsReference()) visit((int*)(_statics + field.Index));
        }

        fixed (int* held = _protectedStore) for (int p = 0; p < _protectedCount; p++) visit(held + p);
        fixed (int* held = _permanentStore) for (int p = 0; p < _permanentCount; p++) visit(held + p);
        foreach (Unwind unwind in _unwinds) fixed (int* exception = &unwind.Exception) visit(exception);
        for (Frame* frame = _frames + 1; frame <= _frame; frame++) VisitFrame(frame, visit);
    }

    private void VisitFrame(Frame* frame, DeviceHeap.SlotVisitor visit)
    {
        MethodCode code = _codes[frame->Depth];
        foreach (int slot in code.ReferenceSlots) visit((int*)(frame->Fp + slot));
        foreach (int slot in code.PointerSlots) VisitPointer(frame->Fp + slot, visit);
        long limit = frame < _frame ? (frame + 1)->Fp - frame->Fp : long.MaxValue;
        foreach (ActiveCoreCall call in _coreCalls)
        {
            if (call.Depth != frame->Depth) continue;
            limit = Math.Min(limit, call.ArgumentSlot);
            for (int a = 0; a < call.Method.Arguments.Count; a++)
            {
                if (call.Method.Arguments[a].Storage.OnStack() is StackKind.Ref or StackKind.ByRef) VisitPointer(frame->Fp + call.ArgumentSlot + a, visit);
            }
        }

        if (!code.LiveTemps.TryGetValue((int)(frame->Pc - code.Start), out (int Slot, bool Pointer)[]? live)) return;
        foreach ((int slot, bool _) in live)
        {
            if (slot < limit) VisitPointer(frame->Fp + slot, visit);
        }
    }

    /// <summary>A pointer into the stack or to a static has a negative base and keeps nothing alive.</summary>
    private static void VisitPointer(long* slot, DeviceHeap.SlotVisitor visit)
    {
        if (*(int*)slot > 0) visit((int*)slot);
    }

    void IHeapRoots.VisitFields(int reference, DeviceHeap.SlotVisitor visit)
    {
        switch (_heap.Kind(reference))
        {
            case BlockKind.Object or BlockKind.Struct:
                List<SlotType> fields = _types.Types[_heap.TypeId(reference)].Fields;
                for (int f = 0; f < fields.Count; f++) if (fields[f].Storage.IsReference()) visit((int*)(_memory + FieldOffset(reference, f)));
                break;
            case BlockKind.Array when ArrayTag.Of(_types.Types[_heap.TypeId(reference)].Element!.Value.Storage) >= ArrayTag.Ref:
                int length = _heap.ArrayLength(reference);
                for (int e = 0; e < length; e++) visit((int*)(_memory + ElementOffset(reference, e)));
                break;
            case BlockKind.Delegate:
                visit((int*)(_memory + FieldOffset(reference, 0)));
                break;
            case BlockKind.DelegateList:
                for (int d = 0; d < _heap.Auxiliary(reference); d++) visit((int*)(_memory + FieldOffset(reference, d)));
                break;
            default: break;
        }
    }
}
