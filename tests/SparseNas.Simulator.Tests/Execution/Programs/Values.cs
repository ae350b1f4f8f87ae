// Values, enums, structs in structs, delegate chains, nested finally and narrow arithmetic, where both agree.
using System;

public static class Case
{
    [Flags]
    enum F : ushort
    {
        None,
        A = 1,
        B = 2,
        C = 4
    }

    enum E : long
    {
        Big = 1L << 40,
        Neg = -3
    }

    struct In
    {
        public byte B;
        public ulong U;
    }

    struct Out
    {
        public In I;
        public In J;
        public static Out operator +(Out a, Out b)
        {
            Out r = a;
            r.I.U += b.I.U;
            return r;
        }
    }

    class Lazy
    {
        Out o;
        public Out O
        {
            get
            {
                return o;
            }

            set
            {
                o = value;
            }
        }

        public In this[int i]
        {
            get
            {
                return i == 0 ? o.I : o.J;
            }
        }

        public static int Count;
        public Lazy Next
        {
            get
            {
                Count++;
                return this;
            }
        }
    }

    static readonly Out Start = MakeOut(3);
    static Out MakeOut(int k)
    {
        Out o = new Out();
        o.I.B = (byte)k;
        o.I.U = (ulong)k << 35;
        o.J = o.I;
        o.J.B++;
        return o;
    }

    static int Sw(string s)
    {
        switch (s)
        {
            case "a":
                return 1;
            case "bb":
                return 2;
            case "ccc":
                return 3;
            case "dddd":
                return 4;
            case "eeeee":
                return 5;
            case "ffffff":
                return 6;
            case "ggggggg":
                return 7;
            default:
                return 0;
        }
    }

    static int Sl(long v)
    {
        switch (v)
        {
            case 1:
                return 1;
            case 5000000000L:
                return 2;
            default:
                return 3;
        }
    }

    static void Fill(int[] a, int v)
    {
        for (int i = a.Length - 1; i >= 0; --i)
            a[i] = v--;
    }

    static int Rec(int n, ref int depth, int[] memo)
    {
        depth++;
        if (memo[n] != 0)
            return memo[n];
        return memo[n] = n < 2 ? 1 : Rec(n - 1, ref depth, memo) + Rec(n - 2, ref depth, memo);
    }

    delegate void Act();
    static int acted;
    static Act Chain(int k)
    {
        Act a = null;
        for (int i = 0; i < k; i++)
        {
            int j = i;
            a += () => acted = acted * 3 + j;
        }

        return a;
    }

    delegate T2 Fn(int x);
    struct T2
    {
        public int V;
    }

    static T2 Mk(int x)
    {
        T2 t;
        t.V = x * 2;
        return t;
    }

    static int Try(int k)
    {
        int r = 0;
        for (int i = 0; i < 3; i++)
        {
            try
            {
                try
                {
                    if (i == k)
                        throw new Exception("e" + i);
                    r += 1;
                }
                finally
                {
                    r += 10;
                    if (i == 1 && k == 9)
                        r += 1000;
                }
            }
            catch (Exception e)
            {
                r += e.Message.Length * 100;
                if (i == 2)
                    return r;
            }
        }

        return r;
    }

    static object Null()
    {
        return null;
    }

    public static int Run()
    {
        int h = 1;
        acted = 0;
        Lazy.Count = 0;
        F f = F.A | F.C;
        f &= ~F.A;
        f ^= F.B;
        h = h * 31 + (int)f + ((f & F.C) != 0 ? 1 : 0) + (f == (F.B | F.C) ? 2 : 0);
        E e = E.Big;
        h = h * 31 + (int)((long)e >> 38) + (int)E.Neg;
        object oe = e;
        h = h * 31 + (int)((long)(E)oe >> 39) + (oe.Equals(E.Big) ? 1 : 0);
        Out a = Start, b = a + Start;
        a.I.B = 9;
        h = h * 31 + Start.I.B + a.I.B + b.J.B + (int)(b.I.U >> 34);
        Lazy l = new Lazy();
        l.O = b;
        Out c = l.O;
        c.I.B = 77;
        h = h * 31 + l.O.I.B + c.I.B + l[0].B + l[1].B + (int)(l.Next.Next.O.I.U >> 35) + Lazy.Count;
        Out[] arr =
        {
            a,
            b
        };
        arr[0].J.U = 5;
        arr[1] = arr[0];
        arr[0].J.U++;
        h = h * 31 + (int)arr[1].J.U + (int)arr[0].J.U;
        In[] ins = new In[2];
        ins[1] = arr[0].J;
        ins[1].B = 200;
        h = h * 31 + ins[1].B + arr[0].J.B;
        foreach (string s in new[]
        {
            "a",
            "ccc",
            "ggggggg",
            "zz",
            ""
        }

        )
            h = h * 31 + Sw(s);
        h = h * 31 + Sl(5000000000L) + Sl(1) + Sl(-1);
        int[] arr2 = new int[7];
        Fill(arr2, 40);
        foreach (int x in arr2)
            h = h * 31 + x;
        int d = 0;
        h = h * 31 + Rec(15, ref d, new int[20]) + d;
        Act ch = Chain(4);
        ch();
        h = h * 31 + acted;
        Fn fn = Mk;
        h = h * 31 + fn(21).V;
        for (int k = 0; k < 4; k++)
            h = h * 31 + Try(k);
        h = h * 31 + Try(9);
        string str = null;
        h = h * 31 + (str == null ? 5 : 6);
        object n = Null();
        h = h * 31 + (n is string ? 1 : 2) + (n as string == null ? 3 : 4);
        long acc = 0;
        unchecked
        {
            for (uint u = 4294967290; u > 5; u++)
                acc += u;
        }

        h = h * 31 + (int)acc + (int)(acc >> 32);
        double dd = 0.1 + 0.2;
        h = h * 31 + (dd == 0.3 ? 1 : 2) + (int)(dd * 1e9);
        float ff = 16777216f;
        ff += 1f;
        h = h * 31 + (int)ff;
        decimalFree:
            h = h * 31 + (int)(-7.9) + (int)7.9f + (int)((long)-1e15 >> 20) + (int)(1e15 % 1000);
        sbyte sb = (sbyte)(h & 0x7f);
        sb <<= 1;
        h = h * 31 + sb + (sb >> 1) + (byte)sb;
        if (h == 12345)
            goto decimalFree;
        ushort us = 40000;
        us *= 2;
        h = h * 31 + us + (short)us;
        char cc = (char)65;
        cc += 'b';
        h = h * 31 + cc;
        int tern = h < 0 ? -1 : h > 0 ? 1 : 0;
        return h + tern;
    }
}
