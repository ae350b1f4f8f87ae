using SparseNas.Simulator.Execution;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Corlib;

/// <summary>
/// Points in time and spans: both are 64-bit numbers of 100 ns, kept in a slot like a <c>long</c>. What firmware needs to measure times.
/// </summary>
internal static partial class CoreLibrary
{
    private const string TicksOfTime = " ldarg.0 ldfld ldc.i8*2 and add ret", TicksOfSpan = " ldarg.0 ldfld ret", NewSpan = " ldarg.0 ldarg.1 stfld ret";
    private const string NewTime = " ldarg.1*4 ldc.i8*4 blt.s ble.s sub starg.s ldarg.0*3 stfld*2 ldfld or ret";
    private const string Difference = "ldarg.0 call*2 ldarga.s sub newobj ret" + TicksOfTime + TicksOfTime + NewSpan;

    private static void AddTimes()
    {
        const string d = "System.DateTime::", t = "System.TimeSpan::", time = "System.DateTime", span = "System.TimeSpan";
        Managed(d + "get_Ticks()", TicksOfTime, 0, 2, call => call.Return(call.This(Storage.I8)));
        Managed(d + $"Subtract({time})", Difference, 0, 2, call => call.Return(call.This(Storage.I8) - call.Long(1)));
        Managed(d + $"op_Subtraction({time},{time})", "ldarga.s ldarg.1 call ret " + Difference, 0, 2, call => call.Return(call.Long(0) - call.Long(1)));
        Managed(d + $"op_Addition({time},{span})", "ldarga.s*2 call*2 add newobj ret" + TicksOfTime + TicksOfSpan + NewTime, 0, 2, call => call.Return(call.Long(0) + call.Long(1)));
        Managed(d + $"op_Subtraction({time},{span})", "ldarga.s*2 call*2 sub newobj ret" + TicksOfTime + TicksOfSpan + NewTime, 0, 2, call => call.Return(call.Long(0) - call.Long(1)));
        Managed(d + "AddTicks(long)", "ldarg.0 call ldarg.1 add newobj ret" + TicksOfTime + NewTime, 0, 2, call => call.Return(call.This(Storage.I8) + call.Long(1)));
        Managed(t + "get_Ticks()", TicksOfSpan, 0, 1, call => call.Return(call.This(Storage.I8)));
        Managed(t + ".ctor(long)", NewSpan, 0, 2, call => MakeInPlace(call, call.Long(1)));
        foreach ((string unit, long ticks) in new[] { ("Milliseconds", 10_000L), ("Seconds", 10_000_000L), ("Minutes", 600_000_000L), ("Hours", 36_000_000_000L), ("Days", 864_000_000_000L) })
        {
            string load = ticks <= int.MaxValue ? "ldc.i4 conv.i8" : "ldc.i8";
            Managed(t + $"From{unit}(long)", $"{load} ldarg.0 mul newobj ret" + NewSpan, 0, 2, call => call.Return(call.Long(0) * ticks));
            string limits = unit == "Milliseconds" ? "ldarg.0 ldfld conv.r8 ldc.r8*3 mul stloc.0 ldloc.0*3 ble.un.s bge.un.s ret" : "ldarg.0 ldfld conv.r8 ldc.r8 mul ret";
            Managed(t + $"get_Total{unit}()", limits, unit == "Milliseconds" ? 1 : 0, 2, call => call.Return(BitConverter.DoubleToInt64Bits(call.This(Storage.I8) * (1.0 / ticks))));
        }

        Managed(t + $"op_Addition({span},{span})", "ldarg.0 ldfld*2 ldarg.1 add newobj ret" + NewSpan, 0, 2, call => call.Return(call.Long(0) + call.Long(1)));
        Managed(t + $"op_Subtraction({span},{span})", "ldarg.0 ldfld*2 ldarg.1 sub newobj ret" + NewSpan, 0, 2, call => call.Return(call.Long(0) - call.Long(1)));
        AddTimeComparisons(d, time, t, span);
    }

    private static readonly OpcodeList s_compareEqual = new("ldarga.s*2 call*2 stloc.0 stloc.1 ldloc.0*2 ldloc.1*2 ble.s bge.s ldc.i4.0 ret" + TicksOfTime + TicksOfTime);
    private static readonly OpcodeList s_compareLess = new("ldarga.s*2 call*2 stloc.0 stloc.1 ldloc.0*2 ldloc.1*2 ble.s bge.s ldc.i4.m1 ret" + TicksOfTime + TicksOfTime);
    private static readonly OpcodeList s_compareGreater = new("ldarga.s*2 call*2 stloc.0 stloc.1 ldloc.0 ldloc.1 ble.s ldc.i4.1 ret" + TicksOfTime + TicksOfTime);

    private static void AddTimeComparisons(string d, string time, string t, string span)
    {
        foreach ((string name, string opcodes, Func<int, bool> holds) in new (string, string, Func<int, bool>)[]
        {
            ("Equality", "ceq", order => order == 0), ("Inequality", "ceq*2 ldc.i4.0", order => order != 0), ("LessThan", "clt", order => order < 0),
            ("LessThanOrEqual", "cgt ldc.i4.0 ceq", order => order <= 0), ("GreaterThan", "cgt", order => order > 0), ("GreaterThanOrEqual", "clt ldc.i4.0 ceq", order => order >= 0),
        })
        {
            Managed(t + $"op_{name}({span},{span})", $"ldarg.0 ldfld*2 ldarg.1 {opcodes} ret", 0, 2, call => call.Return(holds(call.Long(0).CompareTo(call.Long(1)))));
            Managed(d + $"op_{name}({time},{time})", $"ldarg.0 ldarg.1 call ldc.i4.0 {opcodes} ret", 0, 2, call =>
            {
                int order = call.Long(0).CompareTo(call.Long(1));
                call.EnterManaged(2, 2);
                call.Executes(order == 0 ? s_compareEqual : order < 0 ? s_compareLess : s_compareGreater);
                call.Return(holds(order));
            });
        }
    }

    /// <summary>A constructor that makes a new value (newobj) or fills a variable that exists (call on its address).</summary>
    private static unsafe void MakeInPlace(CoreCall call, long value)
    {
        if (call.Long(0) == 0) call.Return(value);
        else *(long*)call.Machine.Dereference(call.Long(0), out _) = value;
    }
}
