using System.Globalization;
using SparseNas.Simulator.Execution;
using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Corlib;

/// <summary>Numbers as text.</summary>
internal static partial class CoreLibrary
{
    /// <summary>What every ToString of a number executes: NumberFormatInfo.CurrentInfo and Number.Format with its four symbols.</summary>
    private const string FormatOpcodes = "ldarg.0*7 callvirt*5 call*3 ret*8 ldfld*6 brtrue.s*2 ldarg.3*4 ldarg.1 ldarg.2 ldloc.0*2 stloc.0 ";

    /// <summary>A floating number asks for the infinities and for NaN first; float asks through double.</summary>
    private const string RealOpcodes = "ldarg.0*5 ldstr call*6 brfalse.s*3 box ldc.i4.0 ldarg.1 ret*2 ";

    private static void AddNumbers()
    {
        foreach ((string name, Storage storage) in new[]
        {
            ("SByte", Storage.I1), ("Byte", Storage.U1), ("Int16", Storage.I2), ("UInt16", Storage.U2), ("Int32", Storage.I4), ("UInt32", Storage.U4),
            ("Int64", Storage.I8), ("UInt64", Storage.U8),
        })
        {
            string load = storage switch { Storage.I1 => "ldind.i1", Storage.U1 => "ldind.u1", Storage.I2 => "ldind.i2", Storage.U2 => "ldind.u2", Storage.I4 => "ldind.i4", Storage.U4 => "ldind.u4", _ => "ldind.i8" };
            OpcodeList general = new($"{FormatOpcodes}ldarg.0 {load} box ldc.i4.1 ldstr call*2 ret"), chosen = new($"{FormatOpcodes}ldarg.0 {load} box ldc.i4.1 ldarg.1 call*2 ret");
            s_methods[$"System.{name}::ToString()"] = new CoreMethod(call => FormatInteger(call, general, IntegerText(call.This(storage), storage, "G")), 1200);
            s_methods[$"System.{name}::ToString(string)"] = new CoreMethod(call => FormatInteger(call, chosen, IntegerText(call.This(storage), storage, call.TextOrEmpty(1))), 1500);
        }

        OpcodeList fromDouble = new($"{FormatOpcodes}{RealOpcodes}ldind.r8*4"), fromSingle = new($"{FormatOpcodes}{RealOpcodes}ldind.r4*4 ldarg.0*3 conv.r8*3 call*3 ret*3");

        s_methods["System.Single::ToString()"] = new CoreMethod(call => FormatReal(call, fromSingle, RealText(BitConverter.Int32BitsToSingle((int)call.This(Storage.R4)), 7)), 4000);
        s_methods["System.Double::ToString()"] = new CoreMethod(call => FormatReal(call, fromDouble, RealText(BitConverter.Int64BitsToDouble(call.This(Storage.R8)), 15)), 6000);
        Managed("System.Boolean::ToString()", "ldarg.0 ldind.u1 brtrue.s ldsfld ret", 0, 1, call => call.Return(call.Machine.CoreText(call.This(Storage.Bool) != 0 ? "True" : "False")));
        Managed("System.Char::ToString()", "ldarg.0 ldind.u2 ldc.i4.1 newobj ret", 0, 2, call => call.Return(((char)call.This(Storage.Char)).ToString()));
        Managed("System.Char::ToLower()", "ldc.i4.s ldarg.0 ldind.u2 bgt.s ldarg.0 ldind.u2 ret", 0, 2, call => call.Return(char.ToLowerInvariant((char)call.This(Storage.Char))));
        Managed("System.Char::ToUpper()", "ldc.i4.s ldarg.0 ldind.u2 bgt.s ldarg.0 ldind.u2 ret", 0, 2, call => call.Return(char.ToUpperInvariant((char)call.This(Storage.Char))));
        foreach ((string name, Func<double, bool> holds) in new (string, Func<double, bool>)[]
        {
            ("IsNaN", double.IsNaN), ("IsInfinity", double.IsInfinity), ("IsPositiveInfinity", double.IsPositiveInfinity), ("IsNegativeInfinity", double.IsNegativeInfinity),
        })
        {
            Native($"System.Double::{name}(double)", call => call.Return(holds(call.Double(0))));
            Managed($"System.Single::{name}(float)", "ldarg.0 conv.r8 call ret", 0, 1, call => call.RunNative(native => native.Return(holds(native.Single(0)))), CallCost.Native);
        }

        AddParsing();
    }

    /// <summary>
    /// ToString boxes the number, looks the culture up in managed code and lets Number.Format make the digits natively. Frames and objects are
    /// those of the library's own code (Int32.cs, Number.cs, NumberFormatInfo.cs, CultureInfo.cs), because they decide how much heap it takes to
    /// print a number. The first use makes the culture's objects, which stay; the
    /// instructions of that one time are not counted, so that counts are those of the steady state.
    /// </summary>
    private static void FormatInteger(CoreCall call, OpcodeList executed, string text)
    {
        Interpreter machine = call.Machine;
        call.Enter(0, 4);
        machine.Protect(machine.AllocateBoxed(machine.Types.Core("System.Int32"), 0));
        if (call.Method.Arguments.Count == 1) machine.Protect(machine.AllocateLiteral("G"));
        FormatNumber(call, executed, text);
    }

    private static void FormatReal(CoreCall call, OpcodeList executed, string text)
    {
        Interpreter machine = call.Machine;
        call.Enter(0, 2);
        machine.Protect(machine.AllocateLiteral("G"));
        call.EnterInstance(2, 2, 0, 4);
        for (int question = 0; question < 3; question++) call.RunNative(static _ => { });
        machine.Protect(machine.AllocateBoxed(machine.Types.Core("System.Double"), 0));
        FormatNumber(call, executed, text);
    }

    private static void FormatNumber(CoreCall call, OpcodeList executed, string text)
    {
        call.EnterManaged(0, 1);
        CurrentCulture(call);
        NumberFormatOf(call);
        call.Leave();
        call.Executes(executed);
        call.EnterManaged(0, 7);
        for (int symbol = 4; symbol <= 7; symbol++)
        {
            call.EnterInstance(symbol, 1, 0, 1);
            call.Leave();
        }

        call.RunNative(native => native.Return(text));
    }

    /// <summary>CultureInfo.CurrentUICulture: a native lookup, and a new object of five fields the first time.</summary>
    private static void CurrentCulture(CoreCall call)
    {
        Interpreter machine = call.Machine;
        call.EnterManaged(1, 1);
        call.RunNative(static _ => { });
        if (!machine.HasCulture)
        {
            machine.Protect(machine.AllocateLiteral(""));
            machine.Protect(machine.Allocated(BlockKind.Reflection, machine.Types.Object, HeapLayout.ObjectBlocks(5)));
            call.EnterManaged(0, 2);
            machine.Protect(machine.AllocateLiteral(""));
            call.EnterManaged(0, 0);
            call.Leave();
            call.Leave();
            call.RunNative(static _ => { });
            for (int kept = 0; kept < 3; kept++) _ = machine.KeepForever(machine.Unprotect());
            machine.HasCulture = true;
        }

        call.Leave();
    }

    /// <summary>CultureInfo.NumberFormat: the first time an object of six fields, an array and four literals.</summary>
    private static void NumberFormatOf(CoreCall call)
    {
        Interpreter machine = call.Machine;
        call.EnterInstance(1, 1, 0, 2);
        if (!machine.HasNumberFormat)
        {
            machine.Protect(machine.Allocated(BlockKind.Reflection, machine.Types.Object, HeapLayout.ObjectBlocks(6)));
            call.EnterManaged(0, 5);
            machine.Protect(machine.NewCoreArray(Storage.I4, "System.Int32", 1));
            for (int literal = 0; literal < 4; literal++) machine.Protect(machine.AllocateLiteral("+-.,"[literal].ToString()));
            call.EnterManaged(0, 0);
            call.Leave();
            call.Leave();
            for (int kept = 0; kept < 6; kept++) _ = machine.KeepForever(machine.Unprotect());
            machine.HasNumberFormat = true;
        }

        call.Leave();
    }

    private static string FormatBoxed(CoreCall call, int reference)
    {
        DeviceType type = call.Machine.TypeOf(reference);
        long bits = BoxedBits(call, reference, type);
        return type.Storage switch
        {
            Storage.Bool => bits != 0 ? "True" : "False",
            Storage.Char => ((char)bits).ToString(),
            Storage.R4 => RealText(BitConverter.Int32BitsToSingle((int)bits), 7),
            Storage.R8 => RealText(BitConverter.Int64BitsToDouble(bits), 15),
            _ => IntegerText(bits, type.Storage, "G"),
        };
    }

    private static string IntegerText(long value, Storage storage, string format)
    {
        bool known = format.Length == 0 || "GgDdXxNnFf".Contains(format[0], StringComparison.Ordinal);
        if (!known) throw DeviceThrow.Of("System.ArgumentException");
        if (format.Length == 0) format = "G";
        return storage switch
        {
            Storage.I1 => ((sbyte)value).ToString(format, CultureInfo.InvariantCulture),
            Storage.U1 => ((byte)value).ToString(format, CultureInfo.InvariantCulture),
            Storage.I2 => ((short)value).ToString(format, CultureInfo.InvariantCulture),
            Storage.U2 => ((ushort)value).ToString(format, CultureInfo.InvariantCulture),
            Storage.I4 => ((int)value).ToString(format, CultureInfo.InvariantCulture),
            Storage.U4 => ((uint)value).ToString(format, CultureInfo.InvariantCulture),
            Storage.U8 => ((ulong)value).ToString(format, CultureInfo.InvariantCulture),
            _ => value.ToString(format, CultureInfo.InvariantCulture),
        };
    }

    private static string RealText(double value, int digits) => value.ToString("G" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
