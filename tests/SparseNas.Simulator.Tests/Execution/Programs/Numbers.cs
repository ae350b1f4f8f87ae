// Arithmetic and conversions of every number type, where both agree.
using System;

public static class Case
{
    static int F(float f)
    {
        return BitConverter.ToInt32(BitConverter.GetBytes(f), 0);
    }

    static long D(double d)
    {
        return BitConverter.ToInt64(BitConverter.GetBytes(d), 0);
    }

    static int H(long l)
    {
        return (int)(l ^ (l >> 32));
    }

    public static int Run()
    {
        int h = 1;
        long a = 123456789012345L, b = -987654321L;
        ulong u = 0xFFFFFFFFFFFFFFF0UL, v = 12345678901234567UL;
        uint x = 0xF0000000u, y = 7;
        int n = -7;
        h = h * 31 + H(a / b) + H(a % b) + H(a * b) + H(a + b) + H(a - b) + H(a >> 5) + H(a << 9) + H(b >> 3) + H(~a) + H(-b);
        h = h * 31 + H((long)(u / v)) + H((long)(u % v)) + H((long)(u >> 7)) + H((long)(u * v));
        h = h * 31 + (int)(x / y) + (int)(x % y) + (int)(x >> 3) + (int)(x * y);
        h = h * 31 + (x > y ? 1 : 0) + (u > v ? 2 : 0) + ((int)x < n ? 4 : 0) + (a > b ? 8 : 0) + (x >= 0xF0000000u ? 16 : 0) + (u <= v ? 32 : 0);
        h = h * 31 + n / 2 + n % 2 + (n >> 1) + (int)((uint)n >> 1) + (n << 30);
        float f = 1.1f, g = -3.7f;
        double d = 2.718281828, e = -1e10;
        h = h * 31 + F(f + g) + F(f * g) + F(f / g) + F(f - g) + F(-f);
        h = h * 31 + H(D(d + e)) + H(D(d * e)) + H(D(d / e)) + H(D(d - e)) + H(D(-d));
        h = h * 31 + (int)f + (int)g + (int)d + H((long)e) + (int)(f * 100) + (sbyte)(int)g + (short)d + (int)(uint)d;
        h = h * 31 + F((float)d) + H(D(f)) + F(n) + H(D(n)) + F(a) + H(D(a)) + H(D(x)) + F(x) + H(D(u)) + F((float)u);
        h = h * 31 + (f > g ? 1 : 0) + (d < e ? 2 : 0) + (f == 1.1f ? 4 : 0) + (d != e ? 8 : 0) + (f >= g ? 16 : 0);
        h = h * 31 + H(D(f % 0.3f)) + H(D(d % 0.7)) + H((long)(ulong)1e18);
        byte by = 250;
        by += 10;
        sbyte sb = 127;
        sb++;
        short sh = short.MaxValue;
        sh++;
        ushort us = 0;
        us--;
        char ch = 'a';
        ch += (char)2;
        h = h * 31 + by + sb + sh + us + ch;
        h = h * 31 + (int)(long)int.MinValue + unchecked((int)0xFFFFFFFFu) + unchecked((byte)300) % 7 + (sbyte)by;
        bool q = f > 0 & d > 0 ^ e > 0 | n < 0;
        h = h * 31 + (q ? 1 : 0);
        int i = 0;
        h = h * 31 + i++ + ++i + i-- - --i;
        h ^= h >> 13;
        h *= 0x5bd1e995;
        h ^= (int)((uint)h >> 15);
        int sft = 35;
        h = h * 31 + (1 << sft) + (int)(1L << sft) + (n >> sft) + (int)(0x80000000u >> sft);
        h = h * 31 + int.MaxValue;
        uint ci = 700, cj = 3;
        long ck = 1L << 40;
        checked
        {
            ci = ci - cj;
            ci = ci * cj + 1;
            ck = ck - ci;
            ck += (int)ci + (short)(ci & 0xFFF) + (int)(ulong)(ck & 0xFFFFFF);
        }

        h = h * 31 + (int)ck + (int)(ck >> 20);

        return h;
    }
}
