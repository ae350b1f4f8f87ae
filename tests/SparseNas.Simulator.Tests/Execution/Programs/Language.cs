// Operators, indexers, using, pattern tests, jagged arrays, jumps.
using System;

public static class Case
{
    sealed class Bits
    {
        int v;
        public int this[int i]
        {
            get
            {
                return (v >> i) & 1;
            }

            set
            {
                if (value != 0)
                    v |= 1 << i;
                else
                    v &= ~(1 << i);
            }
        }

        public static Bits operator +(Bits a, Bits b)
        {
            Bits r = new Bits();
            r.v = a.v | b.v;
            return r;
        }

        public static implicit operator int (Bits b)
        {
            return b.v;
        }

        public static bool operator ==(Bits a, Bits b)
        {
            return a.v == b.v;
        }

        public static bool operator !=(Bits a, Bits b)
        {
            return !(a == b);
        }

        public override bool Equals(object o)
        {
            return o is Bits && ((Bits)o).v == v;
        }

        public override int GetHashCode()
        {
            return v;
        }
    }

    class Res : IDisposable
    {
        public static int Live;
        public Res()
        {
            Live++;
        }

        public void Dispose()
        {
            Live--;
        }
    }

    static int Use()
    {
        using (Res r = new Res())
        {
            return Res.Live;
        }
    }

    static int Throws(string w)
    {
        try
        {
            if (w == "a")
                throw new ArgumentException("x");
            if (w == "n")
                throw new ArgumentNullException("p");
            if (w == "r")
                throw new ArgumentOutOfRangeException();
            if (w == "i")
                throw new InvalidOperationException("io");
            if (w == "s")
                throw new NotSupportedException();
            if (w == "f")
                throw new FormatException("f");
            if (w == "m")
                throw new NotImplementedException();
        }
        catch (ArgumentNullException e)
        {
            return 1;
        }
        catch (ArgumentOutOfRangeException)
        {
            return 2;
        }
        catch (ArgumentException e)
        {
            return 3 + e.Message.Length;
        }
        catch (InvalidOperationException e)
        {
            return 100 + e.Message.Length;
        }
        catch (FormatException e)
        {
            return 200 + e.Message.Length;
        }
        catch (SystemException)
        {
            return 300;
        }

        return -1;
    }

    static long Fact(int n)
    {
        return n <= 1 ? 1 : n * Fact(n - 1);
    }

    static int Parse(string s)
    {
        try
        {
            return int.Parse(s);
        }
        catch (Exception)
        {
            return -99;
        }
    }

    static object Boxed(int k)
    {
        switch (k)
        {
            case 0:
                return (byte)5;
            case 1:
                return 6L;
            case 2:
                return 1.5f;
            case 3:
                return "t";
            case 4:
                return 'c';
            case 5:
                return new int[2];
            default:
                return null;
        }
    }

    public static int Run()
    {
        int h = 1;
        Bits a = new Bits(), b = new Bits();
        a[3] = 1;
        b[5] = 1;
        b[3] = 1;
        b[3] = 0;
        Bits c = a + b;
        h = h * 31 + c + c[5] + c[4];
        h = h * 31 + (a == b ? 1 : 0) + (a != b ? 2 : 0) + (a.Equals(a + a) ? 4 : 0) + (c.Equals("x") ? 8 : 0);
        h = h * 31 + Use() + Res.Live * 7;
        foreach (string w in new string[]
        {
            "a",
            "n",
            "r",
            "i",
            "s",
            "f",
            "m",
            "z"
        }

        )
            h = h * 31 + Throws(w);
        h = h * 31 + (int)Fact(12) + (int)(Fact(20) >> 32);
        h = h * 31 + Parse("123") + Parse("-77") + Parse("x");
        for (int k = 0; k < 7; k++)
        {
            object o = Boxed(k);
            if (o is byte)
                h = h * 31 + (byte)o;
            else if (o is long)
                h = h * 31 + (int)(long)o;
            else if (o is float)
                h = h * 31 + (int)((float)o * 2);
            else if (o is string)
                h = h * 31 + ((string)o).Length;
            else if (o is char)
                h = h * 31 + (char)o;
            else if (o is int[])
                h = h * 31 + (o as int[]).Length;
            else if (o == null)
                h = h * 31 + 77;
        }

        object s1 = "ab", s2 = "a" + "b".Substring(0);
        h = h * 31 + (s1.Equals(s2) ? 1 : 0);
        string n = null;
        h = h * 31 + ("x" + n + "y").Length;
        h = h * 31 + (n == null ? 1 : 0) + (n == "" ? 2 : 0);
        uint u = 5;
        u -= 6;
        h = h * 31 + (int)(u >> 28);
        long m = 1;
        for (int i = 0; i < 70; i += 9)
            m = m * 3 + (1L << i);
        h = h * 31 + (int)m + (int)(m >> 33);
        ulong q = (ulong)m;
        h = h * 31 + (int)(q % 1000) + (int)(q / 3 >> 20);
        double x = 0;
        for (int i = 1; i < 20; i++)
            x += 1.0 / i;
        h = h * 31 + (int)(x * 1000000);
        float y = 0;
        for (int i = 1; i < 20; i++)
            y += 1f / i;
        h = h * 31 + (int)(y * 1000);
        char ch = 'A';
        ch = (char)(ch + 1);
        h = h * 31 + ch + char.MaxValue + (ch == 'B' ? 1 : 0);
        int[][] jag = new int[3][];
        for (int i = 0; i < 3; i++)
        {
            jag[i] = new int[i + 1];
            for (int j = 0; j <= i; j++)
                jag[i][j] = i * j;
        }

        h = h * 31 + jag[2][1] + jag[1].Length;
        int lab = 0;
        for (int i = 0; i < 5; i++)
        {
            for (int j = 0; j < 5; j++)
            {
                if (j == 3)
                    goto next;
                if (i == 4)
                    goto end;
                lab += i * j;
            }

            next:
                ;
        }

        end:
            h = h * 31 + lab;
        bool f = true;
        f &= false;
        f |= true;
        f ^= true;
        h += f ? 1 : 2;
        h = h * 31 + (5 & 3 | 4 ^ 1) + (~5) + (-7 / 2) + (-7 % 3);
        return h;
    }
}
