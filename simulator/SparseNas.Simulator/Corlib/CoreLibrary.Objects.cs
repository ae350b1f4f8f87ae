using SparseNas.Simulator.Execution;
using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Corlib;

/// <summary>Objects, types, delegates and exceptions.</summary>
internal static partial class CoreLibrary
{
    private static void AddObjects()
    {
        Managed("System.Object::.ctor()", "ret", 0, 0, _ => { });
        Native("System.Object::GetType()", call => call.Return(TypeObject(call, call.Machine.TypeOf(call.Object(0)))));
        Native("System.Object::GetHashCode()", call => call.Return(HashOf(call, call.Object(0))));
        Native("System.Object::Equals(object)", call => call.Return(ValueEquals(call, call.Object(0), call.Reference(1))));
        Native("System.Object::ReferenceEquals(object,object)", call => call.Return(call.Reference(0) == call.Reference(1)));
        s_methods["System.Object::Equals(object,object)"] = new CoreMethod(EqualObjects, 0);
        Native("System.ValueType::Equals(object)", call => call.Return(ValueEquals(call, call.Object(0), call.Reference(1))));
        Managed("System.Object::ToString()", "ldarg.0 call callvirt ret", 0, 1, call => call.Return(PlainText(call)));
        Native("System.Type::get_Name()", call => call.Return(ReflectedType(call).FullName.Split('.', '+')[^1]));
        Native("System.Reflection.MemberInfo::get_Name()", call => call.Return(ReflectedType(call).FullName.Split('.', '+')[^1]));
        Native("System.Type::get_FullName()", call => call.Return(ReflectedType(call).FullName));
        Native("System.Type::GetTypeFromHandle(System.RuntimeTypeHandle)", call => call.Return(TypeObject(call, call.Machine.Types.Types[call.Int(0)])));
        Native("System.Delegate::Combine(System.Delegate,System.Delegate)", Combine);
        Native("System.Delegate::Remove(System.Delegate,System.Delegate)", RemoveDelegate);
        Native("System.Delegate::get_Target()", call => call.Return(DelegateTarget(call)));
    }

    private static readonly OpcodeList s_sameObject = new("ldarg.0 ldarg.1 bne.un.s ldc.i4.1 ret");
    private static readonly OpcodeList s_firstIsNull = new("ldarg.0*2 ldarg.1 bne.un.s brfalse.s ldc.i4.0 ret");
    private static readonly OpcodeList s_secondIsNull = new("ldarg.0*2 ldarg.1*2 bne.un.s brfalse.s brtrue.s ldc.i4.0 ret");
    private static readonly OpcodeList s_askFirst = new("ldarg.0*3 ldarg.1*3 bne.un.s brfalse.s brtrue.s callvirt ret");

    /// <summary>Equals of two objects asks the first one, after the shortcuts; an application's override is not called from here.</summary>
    private static void EqualObjects(CoreCall call)
    {
        call.Enter(0, 2);
        int first = call.Reference(0), second = call.Reference(1);
        if (first != 0 && call.Machine.TypeOf(first).Declares("Equals", "bool(object)")) throw call.Machine.Unmodelled("object.Equals of two objects whose type overrides Equals");
        call.Executes(first == second ? s_sameObject : first == 0 ? s_firstIsNull : second == 0 ? s_secondIsNull : s_askFirst);
        bool asks = first != second && first != 0 && second != 0;
        if (asks) call.RunNative(native => native.Return(ValueEquals(native, native.Reference(0), native.Reference(1))));
        else call.Return(first == second);
    }

    private static int TypeObject(CoreCall call, DeviceType type) => call.Machine.Allocated(BlockKind.Reflection, type, 1);

    private static unsafe DeviceType ReflectedType(CoreCall call)
    {
        int reference = call.Object(0);
        return call.Heap.Kind(reference) == BlockKind.Reflection && call.Heap.Auxiliary(reference) == 0 ? call.Machine.Types.Types[call.Heap.TypeId(reference)] : throw DeviceThrow.WrongType();
    }

    private static unsafe int HashOf(CoreCall call, int reference) => call.Heap.Kind(reference) switch
    {
        BlockKind.Boxed => *(int*)(call.Heap.Memory + Interpreter.FieldOffset(reference, 0)),
        _ => reference / HeapLayout.BlockBytes,
    };

    /// <summary>Boxed values and texts compare by content, other objects by identity.</summary>
    private static unsafe bool ValueEquals(CoreCall call, int a, int b)
    {
        if (a == b) return true;
        if (a == 0 || b == 0) return false;
        DeviceHeap heap = call.Heap;
        bool textA = heap.Kind(a) is BlockKind.Text or BlockKind.Literal, textB = heap.Kind(b) is BlockKind.Text or BlockKind.Literal;
        if (textA || textB) return textA && textB && call.Machine.TextOf(a) == call.Machine.TextOf(b);
        if (heap.Kind(a) != heap.Kind(b) || heap.Kind(a) is not (BlockKind.Boxed or BlockKind.Struct) || heap.TypeId(a) != heap.TypeId(b)) return false;
        DeviceType type = call.Machine.TypeOf(a);
        if (heap.Kind(a) == BlockKind.Boxed) return BoxedBits(call, a, type) == BoxedBits(call, b, type);
        for (int f = 0; f < type.Fields.Count; f++)
        {
            long left = *(long*)(heap.Memory + Interpreter.FieldOffset(a, f)), right = *(long*)(heap.Memory + Interpreter.FieldOffset(b, f));
            bool same = type.Fields[f].Storage switch
            {
                Storage.Ref or Storage.Struct => ValueEquals(call, (int)left, (int)right),
                Storage.I8 or Storage.U8 or Storage.R8 => left == right,
                _ => (int)left == (int)right,
            };
            if (!same) return false;
        }

        return true;
    }

    private static unsafe long BoxedBits(CoreCall call, int reference, DeviceType type)
    {
        long value = *(long*)(call.Heap.Memory + Interpreter.FieldOffset(reference, 0));
        return type.Storage.ElementBytes() == 8 ? value : (int)value;
    }

    /// <summary>What <c>ToString</c> gives for an object without an override of its own.</summary>
    private static string PlainText(CoreCall call)
    {
        int reference = call.Object(0);
        return call.Heap.Kind(reference) switch
        {
            BlockKind.Text or BlockKind.Literal => call.Machine.TextOf(reference),
            BlockKind.Boxed => FormatBoxed(call, reference),
            _ => call.Machine.TypeOf(reference).FullName,
        };
    }

    private static unsafe int DelegateTarget(CoreCall call)
    {
        int reference = call.Object(0);
        return call.Heap.Kind(reference) == BlockKind.Delegate ? *(int*)(call.Heap.Memory + Interpreter.FieldOffset(reference, 0)) : 0;
    }

    private static unsafe List<int> Targets(CoreCall call, int reference)
    {
        if (reference == 0) return [];
        if (call.Heap.Kind(reference) == BlockKind.Delegate) return [reference];
        if (call.Heap.Kind(reference) != BlockKind.DelegateList) throw DeviceThrow.WrongType();
        List<int> targets = [];
        for (int d = 0; d < call.Heap.Auxiliary(reference); d++) targets.Add(*(int*)(call.Heap.Memory + Interpreter.FieldOffset(reference, d)));
        return targets;
    }

    private static void Combine(CoreCall call) => MakeList(call, [.. Targets(call, call.Reference(0)), .. Targets(call, call.Reference(1))]);

    private static void RemoveDelegate(CoreCall call)
    {
        List<int> targets = Targets(call, call.Reference(0));
        foreach (int removed in Targets(call, call.Reference(1)))
        {
            int at = targets.FindLastIndex(known => SameTarget(call, known, removed));
            if (at >= 0) targets.RemoveAt(at);
        }

        MakeList(call, targets);
    }

    private static unsafe bool SameTarget(CoreCall call, int a, int b) =>
        call.Heap.Auxiliary(a) == call.Heap.Auxiliary(b) && *(int*)(call.Heap.Memory + Interpreter.FieldOffset(a, 0)) == *(int*)(call.Heap.Memory + Interpreter.FieldOffset(b, 0));

    /// <summary>A list of delegates: two blocks of header and one for each target (CLR_RT_HeapBlock_Delegate_List).</summary>
    private static unsafe void MakeList(CoreCall call, List<int> targets)
    {
        if (targets.Count < 2)
        {
            call.Return(targets.Count == 0 ? 0 : targets[0]);
            return;
        }

        int list = call.Machine.Allocated(BlockKind.DelegateList, call.Machine.TypeOf(targets[0]), 2 + targets.Count);
        call.Heap.Auxiliary(list) = targets.Count;
        for (int d = 0; d < targets.Count; d++) *(int*)(call.Heap.Memory + Interpreter.FieldOffset(list, d)) = targets[d];
        call.Return(list);
    }

    private static readonly OpcodeList s_exceptionBase = new("ldarg.0 call ret*2");
    private static readonly OpcodeList s_exceptionMessage = new("ldarg.0*2 call ldarg.1 stfld ret*2");
    private static readonly OpcodeList s_exceptionInner = new("ldarg.0*3 call ldarg.1 stfld ldarg.2 stfld ret*2");
    private static readonly OpcodeList s_derived = new("ldarg.0 call ret");
    private static readonly OpcodeList s_derivedMessage = new("ldarg.0 ldarg.1 call ret");
    private static readonly OpcodeList s_derivedInner = new("ldarg.0 ldarg.1 ldarg.2 call ret");
    private static readonly OpcodeList s_messageIsNull = new("ldarg.0*2 ldfld brtrue.s ldstr call callvirt call ret");
    private static readonly OpcodeList s_messageIsSet = new("ldarg.0*2 ldfld*2 brtrue.s ret");

    private static void AddExceptions()
    {
        s_methods["System.Exception::get_Message()"] = new CoreMethod(ExceptionMessage, CallCost.Managed);
        Managed("System.Exception::get_InnerException()", "ldarg.0 ldfld ret", 0, 1, call => call.Return(ExceptionField(call, 1)));
        Managed("System.Exception::ToString()", "ldarg.0*3 callvirt call*2 ret", 2, 2, call =>
        {
            string type = call.Machine.TypeOf(call.Object(0)).FullName;
            int message = ExceptionField(call, 0);
            call.Return(message == 0 ? type : type + ": " + call.Machine.TextOf(message));
        });
    }

    private static unsafe int ExceptionField(CoreCall call, int field)
    {
        int reference = call.Object(0);
        return call.Machine.TypeOf(reference).Inherits(call.Machine.Types.Exception) ? *(int*)(call.Heap.Memory + Interpreter.FieldOffset(reference, field)) : throw DeviceThrow.WrongType();
    }

    private static void ExceptionMessage(CoreCall call)
    {
        call.Enter(0, 2);
        int message = ExceptionField(call, 0);
        call.Executes(message == 0 ? s_messageIsNull : s_messageIsSet);
        if (message != 0)
        {
            call.Return(message);
            return;
        }

        call.Machine.Protect(call.Machine.AllocateLiteral("Exception was thrown: "));
        call.RunNative(native => native.Machine.Protect(TypeObject(native, native.Machine.TypeOf(native.Object(0)))));
        string type = call.Machine.TypeOf(call.Object(0)).FullName;
        call.RunNative(native => native.Machine.Protect(native.Machine.AllocateText(type)));
        call.RunNative(native => native.Return("Exception was thrown: " + type));
    }

    /// <summary>Constructors of exceptions run one managed constructor for each type down from System.Object.</summary>
    private static CoreMethod? FindConstructor(DeviceType owner, string member)
    {
        (OpcodeList Derived, OpcodeList Base)? opcodes = member switch
        {
            ".ctor()" => (s_derived, s_exceptionBase),
            ".ctor(string)" => (s_derivedMessage, s_exceptionMessage),
            ".ctor(string,System.Exception)" => (s_derivedInner, s_exceptionInner),
            _ => null,
        };
        if (opcodes is not { } lists || !CoreSurface.Instance.Has(owner.FullName, member)) return null;
        int levels = 0;
        for (DeviceType? type = owner; type is not null && type.FullName != "System.Exception"; type = type.Base)
        {
            if (type.FullName == "System.Object") return null;
            levels++;
        }

        return new CoreMethod(
            call =>
            {
                for (int level = 0; level < levels; level++) call.EnterManaged(0, 3);
                call.EnterManaged(0, 3);
                call.EnterManaged(0, 0);
                for (int level = 0; level < levels; level++) call.Executes(lists.Derived);
                call.Executes(lists.Base);
                SetException(call);
            },
            CallCost.Managed);
    }

    private static unsafe void SetException(CoreCall call)
    {
        int reference = call.OwnObject();
        for (int a = 1; a < call.Method.Arguments.Count; a++) *(int*)(call.Heap.Memory + Interpreter.FieldOffset(reference, a - 1)) = call.Reference(a);
    }
}
