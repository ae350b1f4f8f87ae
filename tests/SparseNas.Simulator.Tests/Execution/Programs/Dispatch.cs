// Virtual calls, interfaces, structures behind them, delegates, closures.
using System;

public static class Case
{
    interface IShape
    {
        int Area();
        int Kind { get; }
    }

    interface INamed
    {
        string Name();
    }

    abstract class Base : IShape
    {
        protected int w;
        static int made;
        public Base(int w)
        {
            this.w = w;
            made++;
        }

        public abstract int Area();
        public virtual int Kind
        {
            get
            {
                return 1;
            }
        }

        public static int Made
        {
            get
            {
                return made;
            }
        }
    }

    class Sq : Base, INamed
    {
        public Sq(int w) : base(w)
        {
        }

        public override int Area()
        {
            return w * w;
        }

        public string Name()
        {
            return "sq";
        }
    }

    class Rect : Sq
    {
        int h;
        public Rect(int w, int h) : base(w)
        {
            this.h = h;
        }

        public override int Area()
        {
            return base.Area() / w * h;
        }

        public override int Kind
        {
            get
            {
                return base.Kind + 1;
            }
        }

        public string Title()
        {
            return "rect";
        }
    }

    class Expl : IShape, INamed
    {
        int IShape.Area()
        {
            return 42;
        }

        int IShape.Kind
        {
            get
            {
                return 9;
            }
        }

        string INamed.Name()
        {
            return "expl";
        }
    }

    struct Pt : IShape
    {
        public int X, Y;
        public Pt(int x, int y)
        {
            X = x;
            Y = y;
        }

        public int Area()
        {
            X++;
            return X * Y;
        }

        public int Kind
        {
            get
            {
                return 5;
            }
        }
    }

    delegate int Op(int a, int b);
    static int Add(int a, int b)
    {
        return a + b;
    }

    static int Mul(int a, int b)
    {
        return a * b;
    }

    class Acc
    {
        public int T;
        public int Plus(int a, int b)
        {
            T += a;
            return T + b;
        }
    }

    static int Apply(Op f, int a, int b)
    {
        return f(a, b);
    }

    public static int Run()
    {
        IShape[] all =
        {
            new Sq(3),
            new Rect(2, 5),
            new Expl(),
            new Pt(3, 4)
        };
        int h = 0;
        for (int i = 0; i < all.Length; i++)
        {
            h = h * 31 + all[i].Area();
            h = h * 31 + all[i].Kind;
            INamed n = all[i] as INamed;
            if (n != null)
                h = h * 31 + n.Name().Length;
            if (all[i] is Rect)
                h += 1000;
        }

        h = h * 31 + all[3].Area();
        Pt p = new Pt(1, 2);
        IShape b = p;
        b.Area();
        b.Area();
        h = h * 31 + p.X + b.Area();
        Op f = Add;
        f += Mul;
        h = h * 31 + f(3, 4);
        f -= Mul;
        h = h * 31 + f(3, 4);
        Acc acc = new Acc();
        Op g = acc.Plus;
        h = h * 31 + g(2, 3) + g(2, 3);
        h = h * 31 + Apply(Mul, 6, 7);
        Op lam = delegate (int x, int y)
        {
            return x - y;
        };
        h = h * 31 + lam(9, 4);
        int cap = 5;
        Op clo = (x, y) => x + y + cap;
        cap = 10;
        h = h * 31 + clo(1, 1);
        h = h * 31 + Base.Made * 0;
        object o1 = new Sq(1), o2 = o1;
        h = h * 31 + (o1 == o2 ? 1 : 0) + (o1.Equals(o2) ? 2 : 0) + (object.ReferenceEquals(o1, new Sq(1)) ? 4 : 0);
        object bi = 5, bj = 5;
        h = h * 31 + (bi.Equals(bj) ? 1 : 0) + (bi == bj ? 2 : 0) + (object.Equals(bi, bj) ? 4 : 0);
        h = h * 31 + new Rect(1, 1).GetType().Name.Length + (f.Target == null ? 1 : 0) + (g.Target == acc ? 2 : 0);
        Type t = typeof(Rect);
        h = h * 31 + (t == new Rect(1, 2).GetType() ? 1 : 0);
        return h;
    }
}
