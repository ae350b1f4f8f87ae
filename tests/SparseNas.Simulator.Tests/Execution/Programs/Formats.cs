// Interpolated texts, conversions, dates and spans, lists: where both agree.
using System;
using System.Collections;

public static class Case
{
    class Own
    {
        readonly int n;
        public Own(int n)
        {
            this.n = n;
        }

        public override string ToString()
        {
            return "own" + n.ToString();
        }
    }

    static int Fold(int h, string text)
    {
        foreach (char c in text.ToCharArray())
            h = h * 31 + c;
        return h;
    }

    static int Texts(int h)
    {
        int n = -42;
        long big = 1L << 40;
        object nothing = null;
        h = Fold(h, $"n={n}, twice {n * 2}; {{braces}} {big}{true}{'c'}");
        h = Fold(h, string.Format("{0}|{1,6}|{2,-6}|{3}", 7, "ab", "cd", new Own(3)));
        h = Fold(h, string.Format("{0:X4} {1:D5} [{2}]", 255, 42, nothing));
        h = Fold(h, string.Format("{1} {0} {1}", "x", 5));
        h = Fold(h, string.Concat(new object[] { 1, "a", null, 'b', new Own(9) }));
        h = Fold(h, string.Concat(new Own(1), 2));
        return h;
    }

    static int Conversions(int h)
    {
        h = h * 31 + Convert.ToByte("200") + Convert.ToSByte("-100") + Convert.ToInt16("-30000") + Convert.ToUInt16("60000");
        h = h * 31 + (int)Convert.ToUInt32("4000000000") + (int)(Convert.ToUInt64("18446744073709551615") >> 60) + Convert.ToInt32("7f", 16) + Convert.ToByte("fe", 16);
        h = h * 31 + byte.Parse("7") + short.Parse("-8") + (int)uint.Parse("9") + (int)long.Parse("-10") + (int)(double.Parse("2.5") * 2) + (int)(float.Parse("-1.5e2"));
        h = h * 31 + (Convert.ToBoolean((byte)3) ? 1 : 0) + Convert.ToByte(true) + Convert.ToChar((ushort)65);
        try
        {
            h += int.Parse("x");
        }
        catch (FormatException)
        {
            h = h * 31 + 1;
        }

        return h;
    }

    static int Times(int h)
    {
        DateTime t = new DateTime(2026, 2, 27, 23, 59, 58);
        h = h * 31 + t.Year + t.Month * 3 + t.Day * 5 + t.Hour * 7 + t.Minute * 11 + t.Second * 13 + (int)t.DayOfWeek * 17 + t.DayOfYear + t.Millisecond;
        t = t.AddDays(2).AddHours(1.5).AddMinutes(-3).AddSeconds(4).AddMilliseconds(250);
        h = h * 31 + t.Year + t.Month * 3 + t.Day * 5 + t.Hour * 7 + t.Minute * 11 + t.Second * 13 + t.Millisecond + (int)(t.Ticks >> 20);
        TimeSpan s = t - new DateTime(2026, 1, 1);
        h = h * 31 + s.Days + s.Hours * 3 + s.Minutes * 5 + s.Seconds * 7 + s.Milliseconds + (int)s.TotalHours;
        TimeSpan u = new TimeSpan(1, 2, 3) + new TimeSpan(4, 5, 6, 7) - new TimeSpan(0, 0, 0, 0, 900);
        h = h * 31 + (int)(u.Ticks >> 10) + TimeSpan.Compare(s, u) + (int)TimeSpan.FromTicks(77).Ticks + DateTime.DaysInMonth(2024, 2);
        h = h * 31 + (int)(t.Date.Ticks >> 30) + (int)t.TimeOfDay.TotalSeconds + (t > t.Date ? 1 : 0);
        try
        {
            h += new DateTime(2026, 13, 1).Day;
        }
        catch (ArgumentOutOfRangeException)
        {
            h = h * 31 + 2;
        }

        return h;
    }

    public static int Run()
    {
        return Times(Conversions(Texts(1)));
    }
}
