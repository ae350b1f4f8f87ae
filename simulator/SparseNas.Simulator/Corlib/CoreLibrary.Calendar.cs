using SparseNas.Simulator.Execution;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Corlib;

/// <summary>Parts of a date and of a span, and what makes them from parts (DateTime.cs, TimeSpan.cs and their native halves).</summary>
internal static partial class CoreLibrary
{
    /// <summary>First and last moment that the device knows: the years 1601 to 3000.</summary>
    private const long FirstTicks = 504_911_232_000_000_000, LastTicks = 946_708_127_999_999_999;

    private static void AddCalendar()
    {
        const string d = "System.DateTime::", t = "System.TimeSpan::";
        foreach ((string part, string load, Func<DateTime, int> of) in new (string, string, Func<DateTime, int>)[]
        {
            ("Year", "ldc.i4.0", time => time.Year), ("Month", "ldc.i4.1", time => time.Month), ("Day", "ldc.i4.2", time => time.Day), ("DayOfWeek", "ldc.i4.3", time => (int)time.DayOfWeek),
            ("DayOfYear", "ldc.i4.4", time => time.DayOfYear), ("Hour", "ldc.i4.5", time => time.Hour), ("Minute", "ldc.i4.6", time => time.Minute), ("Second", "ldc.i4.7", time => time.Second),
            ("Millisecond", "ldc.i4.8", time => time.Millisecond),
        })
        {
            Managed(d + $"get_{part}()", $"ldarg.0 {load} call ret", 0, 2, call =>
            {
                int value = of(Moment(call.This(Storage.I8)));
                call.RunNative(native => native.Return(value));
            }, CallCost.Native + 300);
        }

        Managed(d + "get_Date()", "ldarg.0*2 call*2 ldc.i8 rem sub newobj ret" + TicksOfTime + TicksOfTime + NewTime, 0, 4, call => call.Return(Moment(call.This(Storage.I8)).Date.Ticks));
        Managed(d + "get_TimeOfDay()", "ldarg.0 call ldc.i8 rem newobj ret" + TicksOfTime + NewSpan, 0, 2, call => call.Return(Moment(call.This(Storage.I8)).TimeOfDay.Ticks));
        Managed(d + ".ctor(long)", NewTime, 0, 3, call => MakeInPlace(call, Checked(call.Long(1))));
        Managed(d + ".ctor(int,int,int)", "ldarg.0*2 ldarg.1*2 ldarg.2*2 ldarg.3*2 ldc.i4.0*4 ldarg.s*3 call*2 ret*2", 0, 8, call => MakeDate(call, 3), CallCost.Native + 400);
        Managed(d + ".ctor(int,int,int,int,int,int)", "ldarg.0 ldarg.1 ldarg.2 ldarg.3 ldarg.s*3 ldc.i4.0 call ret", 0, 8, call => MakeDate(call, 6), CallCost.Native + 400);
        Native(d + ".ctor(int,int,int,int,int,int,int)", call => MakeDate(call, 7), 400);
        Native(d + "DaysInMonth(int,int)", call => call.Return(call.Int(1) is >= 1 and <= 12 && call.Int(0) is >= 1601 and <= 3000 ? DateTime.DaysInMonth(call.Int(0), call.Int(1)) : throw DeviceThrow.Range()));
        foreach ((string unit, string load, double milliseconds) in new[] { ("Milliseconds", "ldc.i4.1", 1d), ("Seconds", "ldc.i4", 1e3), ("Minutes", "ldc.i4", 6e4), ("Hours", "ldc.i4", 3.6e6), ("Days", "ldc.i4", 8.64e7) })
        {
            string add = "ldarg.0*2 ldarg.1*3 ldarg.2 " + load + " call*2 ret*2 conv.r8 mul*2 ldc.r8*3 bge.s add*2 conv.i8 newobj" + TicksOfTime + NewTime;
            Managed(d + $"Add{unit}(double)", add, 0, 3, call =>
            {
                double ticks = (call.Double(1) * milliseconds * 10_000) + (call.Double(1) >= 0 ? 0.5 : -0.5);
                call.Return(Checked(call.This(Storage.I8) + (long)ticks));
            });
        }

        AddSpanParts(t);
    }

    private static void AddSpanParts(string t)
    {
        const string ticks = "ldarg.0 ldfld ";
        foreach ((string part, string opcodes, Func<TimeSpan, int> of) in new (string, string, Func<TimeSpan, int>)[]
        {
            ("Days", "ldc.i8 div", span => span.Days), ("Hours", "ldc.i8 div ldc.i4.s conv.i8 rem", span => span.Hours), ("Minutes", "ldc.i4 conv.i8*2 div ldc.i4.s rem", span => span.Minutes),
            ("Seconds", "ldc.i4 conv.i8*2 div ldc.i4.s rem", span => span.Seconds), ("Milliseconds", "ldc.i4*2 conv.i8*2 div rem", span => span.Milliseconds),
        })
        {
            Managed(t + $"get_{part}()", $"{ticks}{opcodes} conv.i4 ret", 0, 2, call => call.Return(of(new TimeSpan(call.This(Storage.I8)))));
        }

        Managed(t + "FromTicks(long)", "ldarg.0 newobj ret" + NewSpan, 0, 2, call => call.Return(call.Long(0)));
        Native(t + ".ctor(int,int,int)", call => MakeInPlace(call, new TimeSpan(call.Int(1), call.Int(2), call.Int(3)).Ticks));
        Native(t + ".ctor(int,int,int,int)", call => MakeInPlace(call, new TimeSpan(call.Int(1), call.Int(2), call.Int(3), call.Int(4)).Ticks));
        Native(t + ".ctor(int,int,int,int,int)", call => MakeInPlace(call, new TimeSpan(call.Int(1), call.Int(2), call.Int(3), call.Int(4), call.Int(5)).Ticks));
        Native(t + "Compare(System.TimeSpan,System.TimeSpan)", call => call.Return(call.Long(0).CompareTo(call.Long(1))));
        Native(t + "Equals(System.TimeSpan,System.TimeSpan)", call => call.Return(call.Long(0) == call.Long(1)));
    }

    private static DateTime Moment(long ticks) => new(Math.Clamp(ticks, 0, DateTime.MaxValue.Ticks), DateTimeKind.Utc);

    /// <summary>A moment outside the device's years is an ArgumentOutOfRangeException.</summary>
    private static long Checked(long ticks) => ticks is >= FirstTicks and <= LastTicks ? ticks : throw DeviceThrow.Range();

    private static void MakeDate(CoreCall call, int parts)
    {
        Span<int> given = stackalloc int[7];
        given.Clear();
        for (int p = 0; p < parts; p++) given[p] = call.Int(p + 1);
        long ticks;
        try
        {
            ticks = Checked(new DateTime(given[0], given[1], given[2], given[3], given[4], given[5], given[6], DateTimeKind.Utc).Ticks);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw DeviceThrow.Range();
        }

        MakeInPlace(call, ticks);
    }
}
