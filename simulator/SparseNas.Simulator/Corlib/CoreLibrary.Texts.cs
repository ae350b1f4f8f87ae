using SparseNas.Simulator.Execution;
using SparseNas.Simulator.Heap;

namespace SparseNas.Simulator.Corlib;

/// <summary>Texts. They are UTF-8 on the device; positions count characters.</summary>
internal static partial class CoreLibrary
{
    private static void AddTexts()
    {
        const string s = "System.String::";
        Native(s + "get_Length()", call => call.Return(call.Text(0).Length));
        Native(s + "get_Chars(int)", call =>
        {
            string text = call.Text(0);
            call.Return((uint)call.Int(1) < (uint)text.Length ? text[call.Int(1)] : throw DeviceThrow.Range());
        });
        Native(s + "op_Equality(string,string)", call => call.Return(SameText(call)));
        Native(s + "op_Inequality(string,string)", call => call.Return(!SameText(call)));
        Native(s + "Equals(string,string)", call => call.Return(SameText(call)));
        Native(s + "Compare(string,string)", call => call.Return(string.CompareOrdinal(call.TextOrEmpty(0), call.TextOrEmpty(1))));
        Native(s + "Concat(string,string)", call => call.Return(call.TextOrEmpty(0) + call.TextOrEmpty(1)), 300);
        Native(s + "Concat(string,string,string)", call => call.Return(call.TextOrEmpty(0) + call.TextOrEmpty(1) + call.TextOrEmpty(2)), 400);
        Native(s + "Concat(string,string,string,string)", call => call.Return(call.TextOrEmpty(0) + call.TextOrEmpty(1) + call.TextOrEmpty(2) + call.TextOrEmpty(3)), 500);
        Native(s + "Concat(string[])", call => call.Return(string.Concat(Elements(call, call.Array(0)).Select(text => text == 0 ? "" : call.Machine.TextOf(text)))), 600);
        Native(s + ".ctor(char,int)", call => call.Return(new string((char)call.Int(1), call.Int(2) >= 0 ? call.Int(2) : throw DeviceThrow.Range())));
        Native(s + ".ctor(char[])", call => call.Return(Characters(call, call.Array(1))));
        Native(s + "ToCharArray()", call => ToCharacters(call, call.Text(0)));
        Managed(s + "ToString()", "ldarg.0 ret", 0, 1, call => call.Return(call.Object(0)));
        s_methods[s + "IsNullOrEmpty(string)"] = new CoreMethod(IsNullOrEmpty, 0);
        Native(s + ".ctor(char[],int,int)", call =>
        {
            string all = Characters(call, call.Array(1));
            call.Return(call.Int(2) >= 0 && call.Int(3) >= 0 && call.Int(2) <= all.Length - call.Int(3) ? all.Substring(call.Int(2), call.Int(3)) : throw DeviceThrow.Range());
        });
        Native(s + "ToCharArray(int,int)", call => ToCharacters(call, call.Int(1) >= 0 && call.Int(2) >= 0 && call.Int(1) <= call.Text(0).Length - call.Int(2) ? call.Text(0).Substring(call.Int(1), call.Int(2)) : throw DeviceThrow.Range()));
        AddTextSearch(s);
        AddConcatOfObjects(s);
    }

    /// <summary>Concatenation of objects calls ToString of each, then joins the texts.</summary>
    private static void AddConcatOfObjects(string s)
    {
        Managed(s + "Concat(object)", "ldarg.0*2 brtrue.s callvirt ret", 0, 1, call => call.Return(TextOfObject(call, call.Reference(0))));
        Managed(s + "Concat(object,object)", "ldarg.0*2 brtrue.s ldarg.1*2 brtrue.s callvirt*2 call ret", 0, 2, call => call.Return(TextOfObject(call, call.Reference(0)) + TextOfObject(call, call.Reference(1))));
        Managed(s + "Concat(object,object,object)", "ldarg.0*2 brtrue.s ldarg.1*2 brtrue.s ldarg.2*2 brtrue.s callvirt*3 call ret", 0, 3, call =>
            call.Return(TextOfObject(call, call.Reference(0)) + TextOfObject(call, call.Reference(1)) + TextOfObject(call, call.Reference(2))));
    }

    private static string TextOfObject(CoreCall call, int reference) => reference == 0 ? "" : call.Machine.TextOf(call.Machine.TextOfObject(reference));

    private static bool SameText(CoreCall call)
    {
        int a = call.Reference(0), b = call.Reference(1);
        return a == b || (a != 0 && b != 0 && call.Machine.TextOf(a) == call.Machine.TextOf(b));
    }

    private static readonly OpcodeList s_isNull = new("ldarg.0 brfalse.s ldc.i4.1 ret");
    private static readonly OpcodeList s_isEmpty = new("ldarg.0*2 brfalse.s callvirt ldc.i4.0 ceq ret");

    private static void IsNullOrEmpty(CoreCall call)
    {
        call.Enter(0, 2);
        bool isNull = call.Reference(0) == 0;
        call.Executes(isNull ? s_isNull : s_isEmpty);
        if (isNull) call.Return(true);
        else call.RunNative(native => native.Return(native.Text(0).Length == 0));
    }

    private static unsafe List<int> Elements(CoreCall call, int array)
    {
        if (*(ushort*)(call.Heap.Memory + array) != ArrayTag.Ref) throw DeviceThrow.WrongType();
        List<int> elements = [];
        for (int e = 0; e < call.Heap.ArrayLength(array); e++) elements.Add(*(int*)(call.Heap.Memory + Interpreter.ElementOffset(array, e)));
        return elements;
    }

    private static unsafe string Characters(CoreCall call, int array)
    {
        if (*(ushort*)(call.Heap.Memory + array) != ArrayTag.U2) throw DeviceThrow.WrongType();
        return new string((char*)(call.Heap.Memory + array + HeapLayout.ArrayHeaderBytes), 0, call.Heap.ArrayLength(array));
    }

    private static unsafe void ToCharacters(CoreCall call, string text)
    {
        int array = call.Machine.AllocateArray(call.Machine.Types.ArrayOf(new Loading.SlotType(Loading.Storage.Char, call.Machine.Types.Core("System.Char"))), text.Length);
        text.AsSpan().CopyTo(new Span<char>(call.Heap.Memory + array + HeapLayout.ArrayHeaderBytes, text.Length));
        call.Return(array);
    }
}
