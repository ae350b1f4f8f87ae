using SparseNas.Simulator.Execution;
using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Corlib;

/// <summary>
/// ArrayList: an array of objects of which the first few are in use. A full one moves to an array half as large again
/// (CLR_RT_HeapBlock_ArrayList.cpp).
/// </summary>
internal static partial class CoreLibrary
{
    private const int ItemsField = 0, SizeField = 1, DefaultCapacity = 4;
    private static readonly OpcodeList s_newList = new("ldarg.0*2 call ldc.i4.4 newarr stfld ret*2");

    private static void AddLists()
    {
        const string l = "System.Collections.ArrayList::";
        s_methods[l + ".ctor()"] = new CoreMethod(NewList, 400);
        Managed(l + "get_Count()", "ldarg.0 ldfld ret", 0, 1, call => call.Return(Field(call, SizeField)));
        Native(l + "get_Item(int)", call => call.Return(Item(call, call.Int(1), Field(call, SizeField))));
        Native(l + "set_Item(int,object)", call => Item(call, call.Int(1), Field(call, SizeField)) = call.Reference(2));
        Native(l + "Add(object)", call => Insert(call, Field(call, SizeField), argument: 1), 200);
        Native(l + "Insert(int,object)", call => Insert(call, call.Int(1), argument: 2), 200);
        Native(l + "RemoveAt(int)", call => RemoveAt(call, call.Int(1)), 200);
        Native(l + "Clear()", call =>
        {
            for (int i = Field(call, SizeField) - 1; i >= 0; i--) Item(call, i, i + 1) = 0;
            Field(call, SizeField) = 0;
        });
    }

    private static unsafe ref int Field(CoreCall call, int field) => ref *(int*)(call.Heap.Memory + Interpreter.FieldOffset(call.OwnObject(), field));

    private static unsafe ref int Item(CoreCall call, int index, int size)
    {
        if ((uint)index >= (uint)size) throw DeviceThrow.Range();
        return ref *(int*)(call.Heap.Memory + Interpreter.ElementOffset(Field(call, ItemsField), index));
    }

    private static int NewItems(CoreCall call, int capacity) =>
        call.Machine.AllocateArray(call.Machine.Types.ArrayOf(new SlotType(Storage.Ref, call.Machine.Types.Object)), capacity);

    private static void NewList(CoreCall call)
    {
        call.EnterManaged(0, 3);
        call.EnterManaged(0, 0);
        call.Leave();
        call.Executes(s_newList);
        int items = NewItems(call, DefaultCapacity);
        Field(call, ItemsField) = items;
    }

    private static void Insert(CoreCall call, int index, int argument)
    {
        int size = Field(call, SizeField), capacity = call.Heap.ArrayLength(Field(call, ItemsField));
        if (index < 0 || index > size) throw DeviceThrow.Range();
        if (size == capacity)
        {
            int items = NewItems(call, Math.Max(Math.Max(capacity * 3 / 2, size + 1), DefaultCapacity)), old = Field(call, ItemsField);
            Field(call, ItemsField) = items;
            for (int i = 0; i < size; i++) Item(call, i, size) = OldItem(call, old, i);
        }

        for (int i = size; i > index; i--) Item(call, i, size + 1) = Item(call, i - 1, size);
        Item(call, index, size + 1) = call.Reference(argument);
        Field(call, SizeField) = size + 1;
        if (argument == 1) call.Return(size);
    }

    private static unsafe int OldItem(CoreCall call, int items, int index) => *(int*)(call.Heap.Memory + Interpreter.ElementOffset(items, index));

    private static void RemoveAt(CoreCall call, int index)
    {
        int size = Field(call, SizeField);
        _ = Item(call, index, size);
        for (int i = index; i < size - 1; i++) Item(call, i, size) = Item(call, i + 1, size);
        Item(call, size - 1, size) = 0;
        Field(call, SizeField) = size - 1;
    }
}
