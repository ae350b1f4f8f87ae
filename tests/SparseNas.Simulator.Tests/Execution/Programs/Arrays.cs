// Arrays, structures, references to variables, switches.
using System;

public static class Case
{
    struct V
    {
        public int A;
        public long B;
        public float C;
        public V(int a)
        {
            A = a;
            B = a * 10L;
            C = a / 2f;
        }

        public int Sum()
        {
            return A + (int)B + (int)C;
        }
    }

    class Node
    {
        public Node Next;
        public int Val;
        public int[] Data =
        {
            1,
            2,
            3
        };
    }

    static int s0 = 5;
    static readonly int[] Tab =
    {
        3,
        1,
        4,
        1,
        5,
        9,
        2,
        6
    };
    static readonly string[] Names =
    {
        "x",
        "yy",
        "zzz"
    };
    static readonly sbyte[][] J =
    {
        new sbyte[]
        {
            1,
            -2
        },
        new sbyte[]
        {
            3
        },
        new sbyte[0]
    };
    static void Swap(ref int a, ref int b)
    {
        int t = a;
        a = b;
        b = t;
    }

    static void Out(int k, out int r, out string s)
    {
        r = k * 2;
        s = k > 2 ? "big" : "small";
    }

    static ref int Pick(int[] a, int i)
    {
        return ref a[i];
    }

    static int Sum(params int[] v)
    {
        int s = 0;
        foreach (int x in v)
            s += x;
        return s;
    }

    static int Opt(int a, int b = 3, int c = 4)
    {
        return a * 100 + b * 10 + c;
    }

    static V Make(int i)
    {
        V v = new V(i);
        v.A++;
        return v;
    }

    static void Mut(V v)
    {
        v.A = 99;
    }

    static void MutR(ref V v)
    {
        v.A = 77;
        v.B++;
    }

    public static int Run()
    {
        int[] a = (int[])Tab.Clone();
        for (int i = 0; i < a.Length; i++)
            for (int j = 0; j + 1 < a.Length - i; j++)
                if (a[j] > a[j + 1])
                    Swap(ref a[j], ref a[j + 1]);
        int h = 0;
        foreach (int x in a)
            h = h * 31 + x;
        foreach (string n in Names)
            h = h * 31 + n.Length;
        foreach (sbyte[] r in J)
            foreach (sbyte x in r)
                h = h * 31 + x;
        int o;
        string st;
        Out(3, out o, out st);
        h = h * 31 + o + st.Length;
        Pick(a, 2) += 100;
        ref int rr = ref Pick(a, 3);
        rr = 55;
        h = h * 31 + a[2] + a[3];
        h = h * 31 + Sum(1, 2, 3) + Sum() + Opt(1) + Opt(1, c: 9);
        V v = Make(4);
        Mut(v);
        h = h * 31 + v.Sum();
        MutR(ref v);
        h = h * 31 + v.Sum();
        V[] vs = new V[3];
        vs[1] = v;
        vs[1].A = 5;
        vs[2] = vs[1];
        vs[2].B = 1;
        h = h * 31 + vs[1].Sum() + vs[2].Sum() + v.Sum() + vs[0].Sum();
        MutR(ref vs[0]);
        h = h * 31 + vs[0].A;
        V w = v;
        w.A = 1;
        h = h * 31 + v.A + w.A + (v.Equals(w) ? 1 : 0) + (v.Equals(v) ? 2 : 0);
        Node head = null;
        for (int i = 0; i < 5; i++)
        {
            Node n = new Node();
            n.Next = head;
            n.Val = i * i;
            head = n;
        }

        for (Node n = head; n != null; n = n.Next)
            h = h * 31 + n.Val + n.Data[n.Val % 3];
        long[] la = new long[3];
        la[1] = 1L << 40;
        la[1] |= 3;
        double[] da =
        {
            1.5,
            2.5
        };
        da[0] *= da[1];
        float[] fa = new float[2];
        fa[1] += 0.5f;
        bool[] ba =
        {
            true,
            false
        };
        char[] ca =
        {
            'a',
            'b'
        };
        ushort[] ua =
        {
            65535
        };
        ua[0]++;
        uint[] uia =
        {
            4000000000
        };
        ulong[] ula =
        {
            ulong.MaxValue
        };
        short[] sa =
        {
            -3
        };
        object[] oa =
        {
            1,
            "s",
            null,
            2.5,
            'c'
        };
        h = h * 31 + (int)(la[1] >> 38) + (int)da[0] + (int)(fa[1] * 4) + (ba[0] ? 1 : 0) + ca[1] + ua[0] + (int)(uia[0] >> 4) + (int)(ula[0] >> 60) + sa[0] + (int)oa[0] + ((string)oa[1]).Length + (oa[2] == null ? 1 : 0) + (int)(double)oa[3] + (char)oa[4];
        Array.Copy(a, 1, a, 3, 4);
        Array.Clear(a, 0, 2);
        foreach (int x in a)
            h = h * 31 + x;
        h = h * 31 + Array.IndexOf(a, 55);
        switch (st)
        {
            case "big":
                h += 5;
                break;
            case "small":
                h += 6;
                break;
            default:
                h += 7;
                break;
        }

        switch (h & 7)
        {
            case 0:
            case 1:
                h += 3;
                break;
            case 2:
                h -= 9;
                goto case 5;
            case 5:
                h ^= 3;
                break;
            case 7:
                h--;
                break;
            default:
                h *= 3;
                break;
        }

        return h + s0;
    }
}
