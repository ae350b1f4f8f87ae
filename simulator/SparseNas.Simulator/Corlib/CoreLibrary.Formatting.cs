using SparseNas.Simulator.Execution;
using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Corlib;

/// <summary>
/// <c>string.Format</c>, which interpolated strings become, and objects as text. The library appends one character at a time (String.cs), so that a text
/// of n characters leaves n pairs of texts behind: what is allocated and executed here follows it character by character.
/// </summary>
internal static partial class CoreLibrary
{
    private static readonly OpcodeList s_formatStart = new("ldc.i4.0*4 stloc.0 stloc.1 stloc.2 ldarg.0*2 callvirt stloc.3 ldsfld*3 stloc.s*4 brtrue.s br ldloc.s ldloc.3 blt");
    private static readonly OpcodeList s_formatEnd = new("ldloc.s ret");
    private static readonly OpcodeList s_formatNext = new("ldloc.s*2 ldc.i4.1 add stloc.s ldloc.3 blt");
    private static readonly OpcodeList s_formatRead = new("ldsfld stloc.s*1 ldarg.0 ldloc.s callvirt stloc.2 ldloc.2 ldc.i4.s bne.un");
    private static readonly OpcodeList s_formatPlain = new("ldloc.2 ldc.i4.s bne.un.s ldloc.s ldloca.s call*2 stloc.s");
    private static readonly OpcodeList s_formatOpen = new("ldloc.s*2 ldc.i4.1*2 add*2 ldloc.3 bne.un.s ldarg.0 callvirt ldc.i4.s bne.un.s");
    private static readonly OpcodeList s_formatDoubledOpen = new("ldloc.s*2 ldloca.s call*2 stloc.s*2 ldc.i4.1 add br");
    private static readonly OpcodeList s_formatDoubledClose = new("ldloc.2 ldc.i4.s*2 bne.un.s*3 ldloc.s*4 ldc.i4.1*3 add*3 ldloc.3 ldarg.0 callvirt ldloca.s call*2 stloc.s*2 br.s");
    private static readonly OpcodeList s_formatItem = new("ldc.i4.0 stloc.1 ldsfld stloc.s*2 ldloc.s*2 ldc.i4.1 add br.s ldloc.3 blt.s");
    private static readonly OpcodeList s_formatDigit = new("ldarg.0 ldloc.s*4 callvirt stloc.2 ldloc.2*2 ldc.i4.s*2 blt.s*2 bgt.s ldloca.s call*2 stloc.s*2 br.s ldc.i4.1 add ldloc.3");
    private static readonly OpcodeList s_formatNumber = new("ldloc.s*2 callvirt ldc.i4.0 ble.s call br.s ldarg.0 ldc.i4.s call ret ldarg.0 ldc.i4.1*2 ldc.i4*2 conv.i8*2 conv.i4 ldarg.1 ldloca.s call ret");
    private static readonly OpcodeList s_formatIndex = new("stloc.0 ldloc.2 ldc.i4.s bne.un");
    private static readonly OpcodeList s_formatAlign = new("ldarg.0 ldloc.s*3 ldc.i4.1*2 add*2 callvirt ldc.i4.s bne.un.s stloc.s br.s ldloc.3 blt.s stloc.1");
    private static readonly OpcodeList s_formatAlignLeft = new("ldstr stloc.s*2 ldloc.s ldc.i4.1 add br.s"), s_formatAlignRight = new("ldsfld stloc.s");
    private static readonly OpcodeList s_formatHasFormat = new("ldloc.2 ldc.i4.s bne.un.s");
    private static readonly OpcodeList s_formatSpecification = new("ldsfld stloc.s*3 ldloc.s*5 ldc.i4.1 add br.s*2 ldloc.3 blt.s ldarg.0 callvirt*2 stloc.2 ldloc.2 ldc.i4.s beq.s ldc.i4.0 ble.s");
    private static readonly OpcodeList s_formatSpecificationCharacter = new("ldarg.0 ldloc.s*4 callvirt stloc.2 ldloc.2 ldc.i4.s beq.s ldloca.s call*2 stloc.s*2 ldc.i4.1 add ldloc.3 blt.s");
    private static readonly OpcodeList s_formatClose = new("ldloc.2 ldc.i4.s beq.s ldloc.s callvirt ldc.i4.0 ble.s");
    private static readonly OpcodeList s_formatValue = new("ldarg.1*2 ldloc.0*2 ldelem.ref*2 brfalse.s callvirt br.s stloc.s"), s_formatNull = new("ldarg.1 ldloc.0 ldelem.ref brfalse.s ldstr stloc.s");
    private static readonly OpcodeList s_formatJoin = new("ldloc.1*2 ldc.i4.0*2 ble.s bge.s ldloc.s*2 call stloc.s br.s");
    private static readonly OpcodeList s_formatJoinRight = new("ldloc.1*2 ldc.i4.0 ble.s ldloc.s*2 ldc.i4.s callvirt call stloc.s br");
    private static readonly OpcodeList s_formatJoinLeft = new("ldloc.1*3 ldc.i4.0*2 ble.s bge.s ldloc.s*2 call*2 ldc.i4.s callvirt stloc.s br.s");
    private static readonly OpcodeList s_pad = new("ldarg.1*3 ldc.i4.0 bge.s ldarg.0*3 call*3 blt.s ldarg.2 sub newobj ret"), s_padEnough = new("ldarg.1*2 ldc.i4.0 bge.s ldarg.0*2 call blt.s ldarg.0 ret");
    private static readonly OpcodeList s_characterText = new("ldarg.0 ldind.u2 ldc.i4.1 newobj ret");
    private static readonly Dictionary<char, OpcodeList> s_formatEnds = new()
    {
        [','] = new("ldarg.0 ldloc.s callvirt stloc.2 ldloc.2*2 ldc.i4.s*2 blt.s beq.s"),
        [':'] = new("ldarg.0 ldloc.s callvirt stloc.2 ldloc.2*4 ldc.i4.s*4 blt.s bgt.s beq.s*2"),
        ['}'] = new("ldarg.0 ldloc.s callvirt stloc.2 ldloc.2*5 ldc.i4.s*5 blt.s bgt.s beq.s*3"),
    };

    /// <summary>What ends an alignment: it cannot be a comma again, which is not asked for.</summary>
    private static readonly Dictionary<char, OpcodeList> s_formatAlignmentEnds = new()
    {
        [':'] = new("ldarg.0 ldloc.s callvirt stloc.2 ldloc.2*3 ldc.i4.s*3 blt.s bgt.s beq.s"),
        ['}'] = new("ldarg.0 ldloc.s callvirt stloc.2 ldloc.2*4 ldc.i4.s*4 blt.s bgt.s beq.s*2"),
    };

    private static void AddFormatting()
    {
        s_methods["System.String::Format(string,object[])"] = new CoreMethod(Format, CallCost.Managed);
        Managed("System.String::Concat(object[])", "ldarg.0 ldlen conv.i4 ret", 3, 4, call => call.Return(string.Concat(Elements(call, call.Array(0)).Select(item => TextOfObject(call, item)))), 600);
        Managed("System.Enum::ToString()", "ldarg.0*2 call ldstr callvirt*3 ret", 0, 2, call =>
        {
            call.RunNative(native => native.Machine.Protect(TypeObject(native, native.Machine.TypeOf(native.Object(0)))));
            string value = FormatBoxed(call, call.Object(0));
            OpcodeList general = new($"{FormatOpcodes}ldarg.0 ldind.i4 box ldc.i4.1 ldstr call*2 ret");
            call.Machine.Protect(call.Machine.AllocateBoxed(call.Machine.Types.Core("System.Int32"), 0));
            call.Machine.Protect(call.Machine.AllocateLiteral("G"));
            FormatNumber(call, general, value);
        }, 4 * CallCost.Native);
    }

    /// <summary>Position in a format text that is being worked through, and what has been made of it; the device's output text is kept from collection.</summary>
    private sealed class FormatState(string format)
    {
        public string Format { get; } = format;

        public int At { get; set; }

        public string Output { get; set; } = "";

        public char Current => At < Format.Length ? Format[At] : '\0';
    }

    private static void Format(CoreCall call)
    {
        call.Enter(9, 6);
        FormatState state = new(call.Text(0));
        call.Executes(s_formatStart);
        call.Machine.Protect(0);
        for (; state.At < state.Format.Length; state.At++)
        {
            call.Executes(s_formatRead);
            if (state.Current == '{') FormatItem(call, state);
            else if (state.Current == '}') DoubledBrace(call, state, s_formatDoubledClose);
            else
            {
                call.Executes(s_formatPlain);
                Append(call, state, Character(call, state.Current));
            }

            call.Executes(s_formatNext);
        }

        call.Executes(s_formatEnd);
        if (state.Output.Length == 0) call.Return(call.Machine.EmptyText);
        else call.Return(call.Machine.Unprotect());
    }

    private static void DoubledBrace(CoreCall call, FormatState state, OpcodeList executed)
    {
        if (state.At + 1 >= state.Format.Length || state.Format[state.At + 1] != state.Current) throw DeviceThrow.Of("System.ArgumentException");
        call.Executes(executed);
        Append(call, state, Character(call, state.Current));
        state.At++;
    }

    /// <summary>One <c>{index,alignment:format}</c>; the position ends on its closing brace.</summary>
    private static void FormatItem(CoreCall call, FormatState state)
    {
        call.Executes(s_formatOpen);
        if (state.At + 1 < state.Format.Length && state.Format[state.At + 1] == '{')
        {
            DoubledBrace(call, state, s_formatDoubledOpen);
            return;
        }

        state.At++;
        call.Executes(s_formatItem);
        int index = FormatInteger(call, state, s_formatEnds), alignment = 0;
        call.Executes(s_formatIndex);
        if (state.Current == ',')
        {
            call.Executes(s_formatAlign);
            bool left = state.At + 1 < state.Format.Length && state.Format[state.At + 1] == '-';
            call.Executes(left ? s_formatAlignLeft : s_formatAlignRight);
            state.At += left ? 2 : 1;
            alignment = FormatInteger(call, state, s_formatAlignmentEnds) * (left ? -1 : 1);
        }

        call.Executes(s_formatHasFormat);
        string specification = state.Current == ':' ? Specification(call, state) : "";
        if (state.Current != '}') throw DeviceThrow.Of("System.ArgumentException");
        call.Executes(s_formatClose);
        Append(call, state, Aligned(call, FormatValue(call, index, specification), alignment), alignment == 0 ? s_formatJoin : alignment > 0 ? s_formatJoinRight : s_formatJoinLeft);
    }

    /// <summary>Digits up to a character that ends them, gathered in a text and parsed.</summary>
    private static int FormatInteger(CoreCall call, FormatState state, Dictionary<char, OpcodeList> ends)
    {
        string digits = "";
        while (char.IsAsciiDigit(state.Current))
        {
            call.Executes(s_formatDigit);
            _ = Character(call, state.Current);
            digits += state.Current;
            string gathered = digits;
            call.RunNative(native => native.Machine.AllocateText(gathered));
            state.At++;
        }

        if (digits.Length == 0 || !ends.TryGetValue(state.Current, out OpcodeList? end) || !int.TryParse(digits, out int number)) throw DeviceThrow.Of("System.ArgumentException");
        call.Executes(end);
        call.Executes(s_formatNumber);
        return number;
    }

    private static string Specification(CoreCall call, FormatState state)
    {
        call.Executes(s_formatSpecification);
        string gathered = "";
        for (state.At++; state.At < state.Format.Length && state.Current != '}'; state.At++)
        {
            call.Executes(s_formatSpecificationCharacter);
            _ = Character(call, state.Current);
            gathered += state.Current;
            string token = gathered;
            call.RunNative(native => native.Machine.AllocateText(token));
        }

        return gathered.Length > 0 ? gathered : throw DeviceThrow.Of("System.ArgumentException");
    }

    private static string FormatValue(CoreCall call, int index, string specification)
    {
        List<int> arguments = Elements(call, call.Array(1));
        if ((uint)index >= (uint)arguments.Count) throw DeviceThrow.Index();
        int value = arguments[index];
        call.Executes(value == 0 ? s_formatNull : s_formatValue);
        if (value == 0)
        {
            _ = call.Machine.AllocateLiteral("");
            return "";
        }

        if (specification.Length == 0) return call.Machine.TextOf(call.Machine.TextOfObject(value));
        if (call.Heap.Kind(value) != BlockKind.Boxed || call.Machine.TypeOf(value).Storage is Storage.R4 or Storage.R8 or Storage.Bool or Storage.Char) throw call.Machine.Unmodelled($"the format {specification} of a {call.Machine.TypeOf(value).FullName} in string.Format");
        DeviceType type = call.Machine.TypeOf(value);
        return IntegerText(BoxedBits(call, value, type), type.Storage, specification);
    }

    private static string Aligned(CoreCall call, string text, int alignment)
    {
        if (alignment == 0) return text;
        int width = Math.Abs(alignment);
        call.Executes(text.Length < width ? s_pad : s_padEnough);
        if (text.Length >= width) return text;
        call.RunNative(native => native.Machine.AllocateText(new string(' ', width - text.Length)));
        string padded = alignment > 0 ? text.PadLeft(width) : text.PadRight(width);
        call.RunNative(native => native.Machine.AllocateText(padded));
        return padded;
    }

    /// <summary>Char.ToString: a text of one character.</summary>
    private static string Character(CoreCall call, char value)
    {
        call.EnterInstance(2, 1, 0, 2);
        call.Executes(s_characterText);
        string text = value.ToString();
        call.RunNative(native => native.Machine.AllocateText(text));
        call.Leave();
        return text;
    }

    private static void Append(CoreCall call, FormatState state, string text, OpcodeList? executed = null)
    {
        if (executed is not null) call.Executes(executed);
        state.Output += text;
        int joined = 0;
        call.RunNative(native => joined = native.Machine.AllocateText(state.Output));
        _ = call.Machine.Unprotect();
        call.Machine.Protect(joined);
    }
}
