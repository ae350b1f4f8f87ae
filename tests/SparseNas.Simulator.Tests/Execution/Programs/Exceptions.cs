// Exceptions: filters, nested finally blocks, rethrown and replaced ones.
using System;

public static class Case
{
    class MyEx : Exception
    {
        public int Code;
        public MyEx(int c) : base("my")
        {
            Code = c;
        }
    }

    class MyEx2 : MyEx
    {
        public MyEx2() : base(3)
        {
        }
    }

    static int trace;
    static void Thrower(int k)
    {
        try
        {
            trace = trace * 7 + 1;
            if (k == 0)
                throw new MyEx(5);
            if (k == 1)
                throw new MyEx2();
            if (k == 2)
                throw new ArgumentException("bad");
            if (k == 3)
            {
                int[] a = new int[2];
                a[k] = 1;
            }

            if (k == 4)
            {
                object o = null;
                o.ToString();
            }

            if (k == 5)
            {
                object o = "s";
                trace += ((int[])o).Length;
            }

            if (k == 6)
                throw new InvalidOperationException();
            trace = trace * 7 + 2;
        }
        finally
        {
            trace = trace * 7 + 3;
        }
    }

    static int Nest(int k)
    {
        int r = 0;
        try
        {
            try
            {
                try
                {
                    Thrower(k);
                    r = 1;
                }
                catch (MyEx2 e)
                {
                    r = 10 + e.Code;
                    throw;
                }
                finally
                {
                    trace = trace * 5 + 4;
                }
            }
            catch (MyEx e)when (e.Code > 4)
            {
                r += 100 + e.Message.Length;
            }
            catch (ArgumentException e)
            {
                r += 1000;
                try
                {
                    throw new Exception("inner", e);
                }
                catch (Exception x)
                {
                    r += x.InnerException == e ? 7 : 9;
                }
            }
        }
        catch (IndexOutOfRangeException)
        {
            r += 2000;
        }
        catch (NullReferenceException)
        {
            r += 3000;
        }
        catch (InvalidCastException)
        {
            r += 4000;
        }
        catch (Exception e)
        {
            r += 5000 + (e is MyEx ? 1 : 0);
        }
        finally
        {
            trace ^= 0x55;
        }

        return r;
    }

    static int Loop()
    {
        int n = 0;
        for (int i = 0; i < 10; i++)
        {
            try
            {
                if (i == 3)
                    continue;
                if (i == 7)
                    break;
                n += i;
            }
            finally
            {
                n += 100;
            }
        }

        return n;
    }

    static int Ret()
    {
        try
        {
            return 1;
        }
        finally
        {
            trace++;
        }
    }

    static int Deep(int d)
    {
        if (d == 0)
            throw new MyEx(9);
        try
        {
            return Deep(d - 1);
        }
        finally
        {
            trace += d;
        }
    }

    public static int Run()
    {
        trace = 1;
        int h = 0;
        for (int k = 0; k < 8; k++)
            h = h * 31 + Nest(k);
        h = h * 31 + Loop();
        h = h * 31 + Ret();
        try
        {
            Deep(5);
        }
        catch (MyEx e)
        {
            h = h * 31 + e.Code;
        }

        try
        {
            try
            {
                throw new MyEx(1);
            }
            finally
            {
                throw new MyEx(2);
            }
        }
        catch (MyEx e)
        {
            h = h * 31 + e.Code;
        }

        return h * 31 + trace;
    }
}
