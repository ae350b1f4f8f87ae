// Texts: joining, searching, cutting, formatting.
using System;

public static class Case
{
    class P
    {
        public int X;
        public override string ToString()
        {
            return "P" + X.ToString();
        }
    }

    struct S
    {
        public int V;
        public override string ToString()
        {
            return "S" + V.ToString();
        }
    }

    enum Kind : byte
    {
        A,
        B = 7
    }

    static int Hash(string s)
    {
        int h = 17;
        for (int i = 0; i < s.Length; i++)
            h = h * 31 + s[i];
        return h;
    }

    public static int Run()
    {
        int h = 1;
        P p = new P();
        p.X = 5;
        S s = new S();
        s.V = 9;
        object o = 77;
        object l = 5000000000L;
        object b = true;
        object c = 'x';
        h = h * 31 + Hash("a" + p);
        h = h * 31 + Hash("b" + s);
        h = h * 31 + Hash("c" + o);
        h = h * 31 + Hash("d" + l);
        h = h * 31 + Hash("e" + b + c);
        h = h * 31 + Hash(s.ToString());
        h = h * 31 + Hash(o.ToString());
        string t = "hello world";
        h = h * 31 + t.IndexOf('w') + t.IndexOf("wor") * 3 + t.LastIndexOf('o') * 5;
        h = h * 31 + Hash(t.Substring(3)) + Hash(t.Substring(2, 4));
        h = h * 31 + Hash(t.ToUpper());
        h = h * 31 + (t == "hello" + " world" ? 1 : 2) + (t.Equals("x") ? 4 : 8) + (t != "q" ? 16 : 32);
        string[] parts = "a,b,,c".Split(',');
        h = h * 31 + parts.Length;
        for (int i = 0; i < parts.Length; i++)
            h = h * 31 + Hash(parts[i]);
        h = h * 31 + Hash("  x ".Trim());
        char[] cs = "abc".ToCharArray();
        h = h * 31 + cs[1];
        h = h * 31 + Hash(new string (cs));
        h = h * 31 + Hash(new string ('z', 3));
        h = h * 31 + (string.IsNullOrEmpty("") ? 1 : 0) + (t.StartsWith("he") ? 2 : 0) + (t.EndsWith("ld") ? 4 : 0);
        h = h * 31 + string.Compare("abc", "abd");
        h = h * 31 + "b".CompareTo("a");
        h = h * 31 + Hash(12345.ToString("X8")) + Hash((-5).ToString()) + Hash(123456789012L.ToString()) + Hash(3.5.ToString()) + Hash(1.25f.ToString()) + Hash(((byte)200).ToString()) + Hash(7u.ToString()) + Hash(true.ToString()) + Hash('q'.ToString());
        h = h * 31 + Hash(string.Concat("a", "b", "c", "d"));
        h = h * 31 + Hash(string.Concat(new string[] { "x", "y", "z" }));
        h = h * 31 + "abc".GetHashCode() * 0;
        return h;
    }
}
