// Spans and points of time: arithmetic, comparison, boxes, arrays.
using System;

public static class Case
{
    static TimeSpan kept = new TimeSpan(7);
    static TimeSpan Twice(TimeSpan t)
    {
        return t + t;
    }

    public static int Run()
    {
        TimeSpan a = new TimeSpan(15000000);
        TimeSpan b = Twice(a);
        int h = (int)b.Ticks;
        h = h * 31 + (int)b.TotalMilliseconds;
        h = h * 31 + (a < b ? 1 : 0) + (a == b ? 2 : 0) + (b >= a ? 4 : 0);
        h = h * 31 + (int)(b - a).Ticks + (int)kept.Ticks;
        DateTime t0 = DateTime.UtcNow;
        DateTime t1 = t0.AddTicks(50);
        h = h * 31 + (int)(t1 - t0).Ticks + (t1 > t0 ? 1 : 0) + (t1 == t0 ? 2 : 0);
        object o = a;
        h = h * 31 + (int)((TimeSpan)o).Ticks;
        TimeSpan[] arr = new TimeSpan[2];
        arr[1] = b;
        h = h * 31 + (int)arr[1].Ticks + (int)arr[0].Ticks;
        return h;
    }
}
