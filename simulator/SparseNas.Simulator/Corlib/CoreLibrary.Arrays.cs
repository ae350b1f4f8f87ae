using SparseNas.Simulator.Execution;
using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Corlib;

/// <summary>Arrays: bulk moves are native and cheap.</summary>
internal static partial class CoreLibrary
{
    private static readonly OpcodeList s_copyPrefix = new("ldarg.0 ldc.i4.0 ldarg.1 ldc.i4.0 ldarg.2 call ret");

    private static void AddArrays()
    {
        const string a = "System.Array::";
        s_methods[a + "Copy(System.Array,System.Array,int)"] = new CoreMethod(
            call =>
            {
                call.Enter(0, 5);
                call.Executes(s_copyPrefix);
                call.RunNative(static call => CopyElements(call, call.Reference(0), 0, call.Reference(1), 0, call.Int(2)));
            },
            CallCost.Native + 200);
        Native(a + "Copy(System.Array,int,System.Array,int,int)", call => CopyElements(call, call.Reference(0), call.Int(1), call.Reference(2), call.Int(3), call.Int(4)), 200);
        Native(a + "Clear(System.Array,int,int)", ClearElements, 150);
        Native(a + "get_Length()", call => call.Return(call.Heap.ArrayLength(call.Array(0))), 30);
        Managed(a + "Clone()", "ldarg.0*4 ldarg.1 ldarg.2 call*5 callvirt stloc.0 stloc.1 ldloc.0*2 ldloc.1*2 ldc.i4.0*2 ret*2", 2, 3, CloneArray, 400);
        Managed(a + "IndexOf(System.Array,object)", "ldarg.0*3 ldarg.1*2 ldarg.2 ldarg.3 ldc.i4.0 callvirt call*2 ldloca.s brfalse.s ldloc.0 ret*2", 0, 4, call => IndexOf(call), 200);
        Native("System.Runtime.CompilerServices.RuntimeHelpers::InitializeArray(System.Array,System.RuntimeFieldHandle)", InitializeArray, 250);
    }

    /// <summary>
    /// Nothing is checked when nothing is copied. Numbers of one type are moved, references are assigned, structures are copied into the
    /// target's own objects; other element types do not go together (CLR_RT_HeapBlock_Array::Copy).
    /// </summary>
    private static unsafe void CopyElements(CoreCall call, int sourceArgument, int sourceIndex, int targetArgument, int targetIndex, int length)
    {
        if (length == 0) return;
        DeviceHeap heap = call.Heap;
        int source = call.AsArray(sourceArgument), target = call.AsArray(targetArgument);
        if (sourceIndex < 0 || length < 0 || sourceIndex > heap.ArrayLength(source) - length || targetIndex < 0 || targetIndex > heap.ArrayLength(target) - length) throw DeviceThrow.Range();
        ushort tag = *(ushort*)(heap.Memory + source);
        if (tag != *(ushort*)(heap.Memory + target)) throw DeviceThrow.Cast();
        if (tag < ArrayTag.Ref && call.Machine.TypeOf(source) != call.Machine.TypeOf(target)) throw DeviceThrow.Cast();
        if (tag < ArrayTag.Ref)
        {
            int bytes = ArrayTag.ElementBytes(tag);
            byte* from = heap.Memory + source + HeapLayout.ArrayHeaderBytes + ((long)sourceIndex * bytes);
            byte* to = heap.Memory + target + HeapLayout.ArrayHeaderBytes + ((long)targetIndex * bytes);
            Buffer.MemoryCopy(from, to, (long)length * bytes, (long)length * bytes);
            call.Machine.Counters.MachineryInstructions += length * bytes / 4.0;
            return;
        }

        DeviceType element = call.Machine.TypeOf(target).Element!.Value.Type ?? call.Machine.Types.Object;
        bool backward = source == target && sourceIndex < targetIndex;
        for (int e = 0; e < length; e++)
        {
            int step = backward ? length - 1 - e : e;
            int value = *(int*)(heap.Memory + Interpreter.ElementOffset(source, sourceIndex + step));
            int* to = (int*)(heap.Memory + Interpreter.ElementOffset(target, targetIndex + step));
            if (tag == ArrayTag.Struct)
            {
                call.Machine.CopyStruct(*to, value);
                continue;
            }

            if (value != 0 && !call.Machine.IsInstance(value, element)) throw DeviceThrow.Cast();
            *to = value;
        }
    }

    private static unsafe void ClearElements(CoreCall call)
    {
        int array = call.Array(0), index = call.Int(1), length = call.Int(2);
        ushort tag = *(ushort*)(call.Heap.Memory + array);
        if (index < 0 || length < 0 || index > call.Heap.ArrayLength(array) - length) throw DeviceThrow.Range();
        if (tag == ArrayTag.Struct) throw DeviceThrow.WrongType();
        int bytes = ArrayTag.ElementBytes(tag);
        new Span<byte>(call.Heap.Memory + array + HeapLayout.ArrayHeaderBytes + ((long)index * bytes), length * bytes).Clear();
        call.Machine.Counters.MachineryInstructions += length * bytes / 4.0;
    }

    /// <summary>Clone asks for its own type, then for the element type, makes an array of it and copies.</summary>
    private static void CloneArray(CoreCall call)
    {
        Interpreter machine = call.Machine;
        call.RunNative(static _ => { });
        call.RunNative(native => machine.Protect(TypeObject(native, machine.TypeOf(native.Array(0)))));
        call.RunNative(native =>
        {
            int element = TypeObject(native, machine.TypeOf(native.Array(0)));
            _ = machine.Unprotect();
            machine.Protect(element);
        });
        call.RunNative(native =>
        {
            int array = machine.AllocateArray(machine.TypeOf(native.Array(0)), native.Heap.ArrayLength(native.Array(0)));
            _ = machine.Unprotect();
            machine.Protect(array);
        });
        call.EnterManaged(0, 5);
        call.RunNative(static _ => { });
        call.Leave();
        int copy = machine.Unprotect();
        CopyElements(call, call.Array(0), 0, copy, 0, call.Heap.ArrayLength(copy));
        call.Return(copy);
    }

    private static unsafe void IndexOf(CoreCall call)
    {
        call.RunNative(static _ => { });
        call.EnterManaged(3, 5);
        call.RunNative(static _ => { });
        int array = call.Array(0), wanted = call.Reference(1), found = -1;
        ushort tag = *(ushort*)(call.Heap.Memory + array);
        for (int e = 0; e < call.Heap.ArrayLength(array) && found < 0; e++)
        {
            bool same = tag == ArrayTag.Ref
                ? ValueEquals(call, *(int*)(call.Heap.Memory + Interpreter.ElementOffset(array, e)), wanted)
                : wanted != 0 && call.Heap.Kind(wanted) == BlockKind.Boxed && ElementBits(call, array, tag, e) == BoxedBits(call, wanted, call.Machine.TypeOf(wanted));
            if (same) found = e;
        }

        call.Return(found);
    }

    private static unsafe long ElementBits(CoreCall call, int array, ushort tag, int index)
    {
        byte* first = call.Heap.Memory + array + HeapLayout.ArrayHeaderBytes;
        return tag switch
        {
            ArrayTag.I1 => ((sbyte*)first)[index],
            ArrayTag.U1 => first[index],
            ArrayTag.I2 => ((short*)first)[index],
            ArrayTag.U2 => ((ushort*)first)[index],
            ArrayTag.W4 => ((int*)first)[index],
            ArrayTag.W8 => ((long*)first)[index],
            _ => throw DeviceThrow.WrongType(),
        };
    }

    /// <summary>The initialiser is copied from flash into the heap: the bytes cost twice (corlib_native_..._RuntimeHelpers.cpp).</summary>
    private static unsafe void InitializeArray(CoreCall call)
    {
        int array = call.Array(0);
        long field = call.Long(1) - 1;
        ushort tag = *(ushort*)(call.Heap.Memory + array);
        if (field < 0 || field >= call.Machine.Types.Statics.Count || call.Machine.Types.Statics[(int)field].Data is not { IsDefault: false } data || tag >= ArrayTag.Ref) throw DeviceThrow.WrongType();
        int bytes = call.Heap.ArrayLength(array) * ArrayTag.ElementBytes(tag);
        if (data.Length < bytes) throw DeviceThrow.WrongType();
        data.AsSpan()[..bytes].CopyTo(new Span<byte>(call.Heap.Memory + array + HeapLayout.ArrayHeaderBytes, bytes));
        call.Machine.Counters.MachineryInstructions += bytes / 4.0;
    }
}
