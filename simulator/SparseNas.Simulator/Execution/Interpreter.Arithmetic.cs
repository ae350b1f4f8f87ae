using SparseNas.Simulator.Heap;

namespace SparseNas.Simulator.Execution;

/// <summary>Comparisons and the rarer arithmetic, with the runtime's own rules for zero divisors and floating values.</summary>
internal sealed unsafe partial class Interpreter
{
    private static bool Holds(Condition condition, long a, long b) => condition switch
    {
        Condition.Eq => a == b,
        Condition.Ne => a != b,
        Condition.Lt => a < b,
        Condition.Le => a <= b,
        Condition.Gt => a > b,
        Condition.Ge => a >= b,
        Condition.LtUn => (ulong)a < (ulong)b,
        Condition.LeUn => (ulong)a <= (ulong)b,
        Condition.GtUn => (ulong)a > (ulong)b,
        _ => (ulong)a >= (ulong)b,
    };

    private static bool Holds(Condition condition, int a, int b) => condition switch
    {
        Condition.LtUn => (uint)a < (uint)b,
        Condition.LeUn => (uint)a <= (uint)b,
        Condition.GtUn => (uint)a > (uint)b,
        Condition.GeUn => (uint)a >= (uint)b,
        _ => Holds(condition, (long)a, b),
    };

    /// <summary>A condition over the sign of a comparison; the unsigned forms mean the same (Compare_Values ignores them for floats).</summary>
    private static bool HoldsOrder(Condition condition, int order) => condition switch
    {
        Condition.Eq => order == 0,
        Condition.Ne => order != 0,
        Condition.Lt or Condition.LtUn => order < 0,
        Condition.Le or Condition.LeUn => order <= 0,
        Condition.Gt or Condition.GtUn => order > 0,
        _ => order >= 0,
    };

    /// <summary>NaN counts as greater than everything; any two infinities are equal (CLR_RT_HeapBlock::Compare_Values).</summary>
    private static int Order(double a, double b)
    {
        if (double.IsNaN(a) || double.IsNaN(b)) return 1;
        if (double.IsInfinity(a) && double.IsInfinity(b)) return 0;
        return a > b ? 1 : a < b ? -1 : 0;
    }

    /// <summary>Texts compare by content, delegates by method and target, everything else by address.</summary>
    private int OrderReferences(int a, int b)
    {
        if (a == b) return 0;
        if (a == 0) return -1;
        if (b == 0) return 1;
        BlockKind kindA = _heap.Kind(a), kindB = _heap.Kind(b);
        bool texts = kindA is BlockKind.Text or BlockKind.Literal && kindB is BlockKind.Text or BlockKind.Literal;
        if (texts) return string.CompareOrdinal(TextOf(a), TextOf(b));
        if (kindA == BlockKind.Delegate && kindB == BlockKind.Delegate)
        {
            int methods = _heap.Auxiliary(a).CompareTo(_heap.Auxiliary(b));
            return methods != 0 ? methods : OrderReferences(*(int*)(_memory + a + HeapLayout.FirstFieldOffset), *(int*)(_memory + b + HeapLayout.FirstFieldOffset));
        }

        if (kindA == BlockKind.Reflection && kindB == BlockKind.Reflection) return (_heap.TypeId(a), _heap.Auxiliary(a)).CompareTo((_heap.TypeId(b), _heap.Auxiliary(b)));
        return kindA == BlockKind.DelegateList && kindB == BlockKind.DelegateList ? OrderLists(a, b) : a.CompareTo(b);
    }

    /// <summary>Lists of delegates compare delegate by delegate, then by length.</summary>
    private int OrderLists(int a, int b)
    {
        int lengthA = _heap.Auxiliary(a), lengthB = _heap.Auxiliary(b);
        for (int d = 0; d < Math.Min(lengthA, lengthB); d++)
        {
            int order = OrderReferences(*(int*)(_memory + FieldOffset(a, d)), *(int*)(_memory + FieldOffset(b, d)));
            if (order != 0) return order;
        }

        return lengthA.CompareTo(lengthB);
    }

    private static int Divide(int a, int b) => b switch { 0 => throw DeviceThrow.Divide(), -1 => unchecked(-a), _ => a / b };

    private static long Divide(long a, long b) => b switch { 0 => throw DeviceThrow.Divide(), -1 => unchecked(-a), _ => a / b };

    private static T NonZero<T>(T divisor)
        where T : struct, IEquatable<T> => divisor.Equals(default) ? throw DeviceThrow.Divide() : divisor;

    private static float NonZero(float divisor) => divisor == 0 ? throw DeviceThrow.Divide() : divisor;

    private static double NonZero(double divisor) => divisor == 0 ? throw DeviceThrow.Divide() : divisor;

    private static void Calculate(Instruction* i, long* fp)
    {
        ref int d4 = ref *(int*)(fp + i->D), a4 = ref *(int*)(fp + i->A), b4 = ref *(int*)(fp + i->B);
        ref long d8 = ref fp[i->D], a8 = ref fp[i->A], b8 = ref fp[i->B];
        ref float df = ref *(float*)(fp + i->D), af = ref *(float*)(fp + i->A), bf = ref *(float*)(fp + i->B);
        ref double dd = ref *(double*)(fp + i->D), ad = ref *(double*)(fp + i->A), bd = ref *(double*)(fp + i->B);
        switch (i->Op)
        {
            case Op.DivI4: d4 = Divide(a4, b4); break;
            case Op.DivUnI4: d4 = (int)((uint)a4 / (uint)NonZero(b4)); break;
            case Op.RemI4: d4 = NonZero(b4) == -1 ? 0 : a4 % b4; break;
            case Op.RemUnI4: d4 = (int)((uint)a4 % (uint)NonZero(b4)); break;
            case Op.DivI8: d8 = Divide(a8, b8); break;
            case Op.DivUnI8: d8 = (long)((ulong)a8 / (ulong)NonZero(b8)); break;
            case Op.RemI8: d8 = NonZero(b8) == -1 ? 0 : a8 % b8; break;
            case Op.RemUnI8: d8 = (long)((ulong)a8 % (ulong)NonZero(b8)); break;
            case Op.AddR4: df = af + bf; break;
            case Op.SubR4: df = af - bf; break;
            case Op.MulR4: df = af * bf; break;
            case Op.DivR4: df = af / NonZero(bf); break;
            case Op.RemR4: df = af % NonZero(bf); break;
            case Op.NegR4: df = -af; break;
            case Op.AddR8: dd = ad + bd; break;
            case Op.SubR8: dd = ad - bd; break;
            case Op.MulR8: dd = ad * bd; break;
            case Op.DivR8: dd = ad / NonZero(bd); break;
            case Op.RemR8: dd = ad % NonZero(bd); break;
            case Op.NegR8: dd = -ad; break;
            case Op.I8ToR4: df = (float)(double)a8; break;
            case Op.I8ToR8: dd = a8; break;
            case Op.U8ToR4: df = (float)(double)(ulong)a8; break;
            case Op.U8ToR8: dd = (ulong)a8; break;
            case Op.R4ToR8: dd = af; break;
            case Op.R8ToR4: df = (float)ad; break;
            case Op.R4ToI8: d8 = ToInteger(af); break;
            case Op.R8ToI8: d8 = ToInteger(ad); break;
            default: throw new InvalidOperationException($"{i->Op} is not arithmetic");
        }
    }

    /// <summary>Out of range gives what the ARM helper gives: all ones above, the smallest value below, zero for NaN.</summary>
    private static long ToInteger(double value) => value switch
    {
        >= 9223372036854775808.0 => -1,
        <= -9223372036854775808.0 => long.MinValue,
        _ => (long)value,
    };
}
