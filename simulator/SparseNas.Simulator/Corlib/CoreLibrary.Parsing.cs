using System.Globalization;
using SparseNas.Simulator.Execution;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Corlib;

/// <summary>Texts as numbers, and the other conversions of <c>System.Convert</c> (Convert.cs, corlib_native_System_Convert.cpp).</summary>
internal static partial class CoreLibrary
{
    /// <summary>Parse goes through Convert to one native routine with the limits of the type; every integer type casts its 64-bit result.</summary>
    private static void AddParsing()
    {
        foreach ((string name, string limits, string cast, long low, ulong high) in new (string, string, string, long, ulong)[]
        {
            ("SByte", "ldc.i4.1*2 ldc.i4.s*2 conv.i8*2", "conv.i1", sbyte.MinValue, (ulong)sbyte.MaxValue),
            ("Byte", "ldc.i4.0*2 ldc.i4.1 ldc.i4 conv.i8*2", "conv.u1", 0, byte.MaxValue),
            ("Int16", "ldc.i4.1*2 ldc.i4*2 conv.i8*2", "conv.i2", short.MinValue, (ulong)short.MaxValue),
            ("UInt16", "ldc.i4.0*2 ldc.i4.1 ldc.i4 conv.i8*2", "conv.u2", 0, ushort.MaxValue),
            ("Int32", "ldc.i4.1*2 ldc.i4*2 conv.i8*2", "conv.i4", int.MinValue, int.MaxValue),
            ("UInt32", "ldc.i4.0*2 ldc.i4.1 ldc.i4.m1 conv.i8 conv.u8", "conv.u4", 0, uint.MaxValue),
            ("Int64", "ldc.i4.1*2 ldc.i8*2", "", long.MinValue, long.MaxValue),
            ("UInt64", "ldc.i4.0*3 ldc.i4.1 conv.i8*2", "", 0, ulong.MaxValue),
        })
        {
            string convert = $"ldarg.0 {limits} ldarg.1 ldloca.s call {cast} ret";
            Managed($"System.Convert::To{name}(string,int)", convert, 1, 7, call => Parse(call, low, high, call.Int(1)), CallCost.Native);
            s_methods[$"System.{name}::Parse(string)"] = new CoreMethod(call => ParseThroughConvert(call, new OpcodeList("ldarg.0 ldc.i4.s call ret " + convert), low, high), 2 * CallCost.Native);
        }

        const string real = "ldarg.0 ldc.i4.1 ldloca.s call ret";
        Managed("System.Convert::ToDouble(string)", real, 1, 3, call => ParseReal(call, value => BitConverter.DoubleToInt64Bits(value)), CallCost.Native);
        Managed("System.Convert::ToSingle(string)", real + " conv.r4", 1, 3, call => ParseReal(call, SingleBits), CallCost.Native);
        Managed("System.Double::Parse(string)", "ldarg.0 call ret " + real, 0, 1, call => ParseReal(call, value => BitConverter.DoubleToInt64Bits(value)), CallCost.Native);
        Managed("System.Single::Parse(string)", "ldarg.0 call ret " + real + " conv.r4", 0, 1, call => ParseReal(call, SingleBits), CallCost.Native);
        Managed("System.Convert::ToBoolean(byte)", "ldarg.0 ldc.i4.0 cgt.un ret", 0, 2, call => call.Return((byte)call.Int(0) != 0));
        Managed("System.Convert::ToByte(bool)", "ldarg.0 ldc.i4.0 cgt.un conv.u1 ret", 0, 2, call => call.Return(call.Int(0) != 0));
        Managed("System.Convert::ToChar(ushort)", "ldarg.0 ret", 0, 1, call => call.Return(call.Int(0)));
    }

    private static long SingleBits(double value) => BitConverter.SingleToInt32Bits((float)value);

    private static void ParseThroughConvert(CoreCall call, OpcodeList executed, long low, ulong high)
    {
        call.Enter(0, 2);
        call.EnterManaged(1, 7);
        call.Executes(executed);
        Parse(call, low, high, 10);
    }

    /// <summary>A null text is an ArgumentNullException, anything that is no number of the type a FormatException or, when too large, an ArgumentOutOfRangeException.</summary>
    private static void Parse(CoreCall call, long low, ulong high, int fromBase)
    {
        if (fromBase is not (10 or 16)) throw call.Machine.Unmodelled($"parsing to base {fromBase}");
        call.RunNative(native =>
        {
            if (native.Reference(0) == 0) throw DeviceThrow.Of("System.ArgumentNullException");
            string text = native.Text(0).Trim(' ');
            if (fromBase == 16) text = "0" + (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text);
            NumberStyles style = fromBase == 16 ? NumberStyles.AllowHexSpecifier : NumberStyles.AllowLeadingSign;
            if (!System.Numerics.BigInteger.TryParse(text, style, CultureInfo.InvariantCulture, out System.Numerics.BigInteger value)) throw DeviceThrow.Of("System.FormatException");
            System.Numerics.BigInteger wrap = 2 * (new System.Numerics.BigInteger(high) + 1);
            if (fromBase == 16 && low < 0 && value > high && value < wrap) value -= wrap;
            if (value < low || value > high) throw DeviceThrow.Range();
            native.Return(unchecked((long)(ulong)(value & ulong.MaxValue)));
        });
    }

    private static void ParseReal(CoreCall call, Func<double, long> bits) => call.RunNative(native =>
    {
        if (native.Reference(0) == 0) throw DeviceThrow.Of("System.ArgumentNullException");
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        native.Return(double.TryParse(native.Text(0).Trim(), style, CultureInfo.InvariantCulture, out double value) ? bits(value) : throw DeviceThrow.Of("System.FormatException"));
    });
}
