using SparseNas.Simulator.Execution;
using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Corlib;

/// <summary>
/// Searching and cutting texts. The native bodies work on a copy of the text as characters, which is garbage afterwards
/// (corlib_native_System_String.cpp, ConvertToCharArray).
/// </summary>
internal static partial class CoreLibrary
{
    private const string WhiteSpace = " \t\n\v\f\r\u0085\u00a0";

    private static void AddTextSearch(string s)
    {
        foreach ((string type, Func<CoreCall, string> wanted, bool any) in new (string, Func<CoreCall, string>, bool)[]
        {
            ("char", call => ((char)call.Int(1)).ToString(), false), ("string", call => call.Text(1), false), ("char[]", call => Characters(call, call.Array(1)), true),
        })
        {
            string name = any ? "IndexOfAny" : "IndexOf", last = "Last" + name;
            Native($"{s}{name}({type})", call => call.Return(Find(call, wanted(call), any, 0, null)), 200);
            Native($"{s}{name}({type},int)", call => call.Return(Find(call, wanted(call), any, call.Int(2), null)), 200);
            Native($"{s}{name}({type},int,int)", call => call.Return(Find(call, wanted(call), any, call.Int(2), call.Int(3))), 200);
            Native($"{s}{last}({type})", call => call.Return(FindLast(call, wanted(call), any, null, null)), 200);
            Native($"{s}{last}({type},int)", call => call.Return(FindLast(call, wanted(call), any, call.Int(2), null)), 200);
            Native($"{s}{last}({type},int,int)", call => call.Return(FindLast(call, wanted(call), any, call.Int(2), call.Int(3))), 200);
        }

        Native(s + "Substring(int)", call => call.Return(Part(call, call.Int(1), call.Text(0).Length - call.Int(1))));
        Native(s + "Substring(int,int)", call => call.Return(Part(call, call.Int(1), call.Int(2))));
        Native(s + "Trim()", call => call.Return(Buffered(call, call.Text(0)).Trim(WhiteSpace.ToCharArray())));
        Native(s + "Trim(char[])", call => call.Return(Buffered(call, call.Text(0)).Trim(TrimSet(call))));
        Native(s + "TrimStart(char[])", call => call.Return(Buffered(call, call.Text(0)).TrimStart(TrimSet(call))));
        Native(s + "TrimEnd(char[])", call => call.Return(Buffered(call, call.Text(0)).TrimEnd(TrimSet(call))));
        Native(s + "ToLower()", call => call.Return(Buffered(call, call.Text(0)).ToLowerInvariant()));
        Native(s + "ToUpper()", call => call.Return(Buffered(call, call.Text(0)).ToUpperInvariant()));
        Native(s + "Split(char[])", call => Split(call, int.MaxValue), 600);
        Native(s + "Split(char[],int)", call => Split(call, call.Int(2)), 600);
        Native(s + "CompareTo(string)", call => call.Return(Math.Sign(string.CompareOrdinal(call.Text(0), call.TextOrEmpty(1)))));
        Native(s + "CompareTo(object)", call => call.Return(Math.Sign(string.CompareOrdinal(call.Text(0), call.TextOrEmpty(1)))));
        AddManagedSearch(s);
    }

    private static readonly OpcodeList s_containsEmpty = new("ldarg.1 ldsfld call brfalse.s ldc.i4.1 ret");
    private static readonly OpcodeList s_contains = new("ldarg.1*2 ldsfld call*2 brfalse.s ldarg.0 ldc.i4.0*2 clt ceq ret");
    private static readonly OpcodeList s_startsWith = new("ldarg.1*6 ldstr call*4 ldarg.0*4 bne.un.s callvirt*3 brtrue.s bge.s ldc.i4.0*2 ceq ret*2 brtrue.s");
    private static readonly OpcodeList s_endsWith = new("ldarg.1*6 ldstr call*5 ldarg.0*5 bne.un.s callvirt*3 brtrue.s blt.s sub ldc.i4.0 ceq ret*2 brtrue.s");

    private static void AddManagedSearch(string s)
    {
        s_methods[s + "Contains(string)"] = new CoreMethod(
            call =>
            {
                call.Enter(0, 2);
                bool empty = call.Text(1).Length == 0;
                call.Executes(empty ? s_containsEmpty : s_contains);
                call.RunNative(native => native.Return(native.Text(0).Contains(native.Text(1), StringComparison.Ordinal)));
            },
            CallCost.Native);
        Managed(s + "StartsWith(string)", s_startsWith, 0, 3, call => call.Return(call.Text(0).StartsWith(call.Text(1), StringComparison.Ordinal)), 3 * CallCost.Native);
        Managed(s + "EndsWith(string)", s_endsWith, 0, 3, call => call.Return(call.Text(0).EndsWith(call.Text(1), StringComparison.Ordinal)), 3 * CallCost.Native);
        s_methods[s + "PadLeft(int,char)"] = new CoreMethod(call => Pad(call, (text, width, fill) => text.PadLeft(width, fill)), 2 * CallCost.Native);
        s_methods[s + "PadRight(int,char)"] = new CoreMethod(call => Pad(call, (text, width, fill) => text.PadRight(width, fill)), 2 * CallCost.Native);
        Managed(s + "Equals(object)", "ldarg.1 isinst stloc.0 ldloc.0*2 brfalse.s ldarg.0 call ret", 1, 2, call => call.Return(ValueEquals(call, call.Object(0), call.Reference(1))));
    }

    /// <summary>A text that is wide enough is given back itself; else the filling is made, and joined with it.</summary>
    private static void Pad(CoreCall call, Func<string, int, char, string> padded)
    {
        call.Enter(0, 4);
        string text = call.Text(0);
        int width = Width(call);
        char fill = (char)call.Int(2);
        call.Executes(text.Length < width ? s_pad : s_padEnough);
        if (text.Length >= width)
        {
            call.Return(call.Object(0));
            return;
        }

        call.RunNative(native => native.Machine.Protect(native.Machine.AllocateText(new string(fill, width - text.Length))));
        call.RunNative(native => native.Return(padded(text, width, fill)));
    }

    private static int Width(CoreCall call) => call.Int(1) >= 0 ? Math.Min(call.Int(1), 1 << 20) : throw DeviceThrow.Range();

    /// <summary>Position of a text or of any of some characters; nothing is found in an empty text.</summary>
    private static int Find(CoreCall call, string wanted, bool any, int start, int? count)
    {
        string text = call.Text(0);
        if (text.Length == 0) return -1;
        if (start < 0 || start > text.Length || (count is { } part && start > text.Length - Math.Max(part, 0))) throw DeviceThrow.Range();
        int length = Math.Max(count ?? (text.Length - start), 0);
        return any ? text.IndexOfAny(wanted.ToCharArray(), start, length) : text.IndexOf(wanted, start, length, StringComparison.Ordinal);
    }

    private static int FindLast(CoreCall call, string wanted, bool any, int? start, int? count)
    {
        string text = call.Text(0);
        if (text.Length == 0) return -1;
        int from = start ?? (text.Length - 1);
        if (from < 0 || from > text.Length) throw DeviceThrow.Range();
        from = Math.Min(from, text.Length - 1);
        int length = Math.Max(count ?? (from + 1), 0);
        if (length > from + 1) return -1;
        return any ? text.LastIndexOfAny(wanted.ToCharArray(), from, length) : text.LastIndexOf(wanted, from, length, StringComparison.Ordinal);
    }

    /// <summary>A text that a native body works on: the characters are an array of their own for a while.</summary>
    private static string Buffered(CoreCall call, string text)
    {
        call.Machine.Protect(call.Machine.NewBuffer(Storage.Char, "System.Char", text.Length));
        return text;
    }

    private static string Part(CoreCall call, int start, int length)
    {
        string text = Buffered(call, call.Text(0));
        return start >= 0 && length >= 0 && (long)start + length <= text.Length ? text.Substring(start, length) : throw DeviceThrow.Range();
    }

    private static char[] TrimSet(CoreCall call)
    {
        string set = call.Reference(1) == 0 ? "" : Characters(call, call.Array(1));
        return (set.Length == 0 ? WhiteSpace : set).ToCharArray();
    }

    private static unsafe void Split(CoreCall call, int most)
    {
        if (most < 0) throw DeviceThrow.Range();
        char[] separators = TrimSet(call);
        string[] parts = most == 0 ? [] : Buffered(call, call.Text(0)).Split(separators, most);
        Interpreter machine = call.Machine;
        machine.Protect(machine.AllocateArray(machine.Types.ArrayOf(new SlotType(Storage.Ref, machine.Types.String)), parts.Length));
        for (int p = 0; p < parts.Length; p++)
        {
            int text = machine.AllocateText(parts[p]);
            *(int*)(call.Heap.Memory + Interpreter.ElementOffset(machine.Protected, p)) = text;
        }

        call.Return(machine.Unprotect());
    }
}
