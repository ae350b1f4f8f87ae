using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace SparseNas.Codegen.Emission.Code;

/// <summary>
/// Counts the IL that the C# compiler (Roslyn, optimising) makes of a method, without compiling it: instruction for instruction, which a test
/// holds against compiled assemblies. Rules from Roslyn: variables take slots in order of their scopes, and a scope that ends gives its slots back
/// for the same type (LocalSlotManager); a loop tests at its end; a branch is short when it reaches (ILBuilder); a 64-bit constant that fits
/// 32 bits is a 32-bit one and a conversion.
/// </summary>
public sealed class IlModel
{
    private const int OneByteOpcodes = 256;
    private const int ShortReach = 127;
    private const int TokenSaving = 2;

    private readonly double[] executed = new double[OneByteOpcodes];
    private readonly int[] written = new int[OneByteOpcodes];
    private readonly Dictionary<Variable, int> slots = [];
    private readonly Dictionary<DeviceType, Stack<int>> freeSlots = [];
    private readonly HashSet<int> valueSlots = [];
    private int bytes, savedBytes, locals, depth, maxDepth, longestBranch;
    private double weight = 1;

    private IlModel()
    {
    }

    /// <summary>Counts one method; the device's <c>ret</c> is included.</summary>
    public static IlCount Count(Method method)
    {
        IlModel model = new();
        model.Visit(method.Body);
        model.Op(ILOpCode.Ret, 1, 0);
        return new IlCount(
            [.. model.executed], [.. model.written], model.bytes - model.savedBytes, model.locals, model.valueSlots.Count, model.maxDepth, model.longestBranch);
    }

    /// <summary>Whether storing <paramref name="value"/> into bytes needs a conversion.</summary>
    internal static bool NeedsByteConversion(Expression value) => value switch
    {
        IntConstant { Value: >= 0 and <= 255 } => false,
        Element { Array.Type: DeviceType.Bytes } => false,
        _ => true,
    };

    private void Visit(Statement statement)
    {
        switch (statement)
        {
            case Comment: break;
            case Block s: Visit(s); break;
            case Declare s:
                Visit(s.Value);
                StoreLocal(slots[s.Variable]);
                break;
            case Assign s:
                Visit(s.Value);
                StoreLocal(slots[s.Variable]);
                break;
            case Store s:
                Visit(s.Array);
                Visit(s.Index);
                Visit(s.Value);
                if (NeedsByteConversion(s.Value)) Op(ILOpCode.Conv_u1, 1, 0);
                Op(ILOpCode.Stelem_i1, 1, -3);
                break;
            case If s: Visit(s); break;
            case For s: Visit(s); break;
            default: throw new InvalidOperationException($"Statement '{statement.GetType().Name}' is not counted here.");
        }
    }

    private void Visit(Block block)
    {
        Variable[] own = [.. block.Statements.OfType<Declare>().Select(declare => declare.Variable)];
        foreach (Variable variable in own) TakeSlot(variable);
        foreach (Statement statement in block.Statements) Visit(statement);
        foreach (Variable variable in own) FreeSlot(variable);
    }

    private void Visit(If s)
    {
        Visit(s.Condition.Left);
        Visit(s.Condition.Right);
        depth -= 2;
        double outer = weight;
        int start = bytes;
        weight = outer * s.Likelihood;
        Visit(s.Then);
        int thenBytes = bytes - start;
        if (s.Else is not null)
        {
            start = bytes;
            weight = outer * (1 - s.Likelihood);
            Visit(s.Else);
            int elseBytes = bytes - start;
            weight = outer * s.Likelihood;
            thenBytes += Branch(ILOpCode.Br_s, elseBytes, 0);
        }

        weight = outer;
        Branch(Negated(s.Condition.Comparison), thenBytes, 0);
    }

    private void Visit(For s)
    {
        TakeSlot(s.Counter);
        int slot = slots[s.Counter];
        LoadConstant(s.First);
        StoreLocal(slot);
        double outer = weight;
        int start = bytes;
        weight = outer * s.Repetitions;
        Visit(s.Body);
        LoadLocal(slot);
        LoadConstant(s.Step);
        Op(ILOpCode.Add, 1, -1);
        StoreLocal(slot);
        int bodyBytes = bytes - start;
        weight = outer * (s.Repetitions + 1);
        LoadLocal(slot);
        LoadConstant(s.Limit);
        Branch(ILOpCode.Blt_s, -(bytes - start + 2), -2);
        weight = outer;
        Branch(ILOpCode.Br_s, bodyBytes, 0);
        FreeSlot(s.Counter);
    }

    private void Visit(Expression expression)
    {
        switch (expression)
        {
            case IntConstant e: LoadConstant(e.Value); break;
            case LongConstant e: LoadConstant(e.Value); break;
            case ReadVariable e: LoadLocal(slots[e.Variable]); break;
            case StaticArray:
                Op(ILOpCode.Ldsfld, 5, 1);
                savedBytes += TokenSaving;
                break;
            case Element e:
                Visit(e.Array);
                Visit(e.Index);
                Op(LoadElement(e.Array.Type), 1, -1);
                break;
            case Negate e:
                Visit(e.Operand);
                Op(ILOpCode.Neg, 1, 0);
                break;
            case Convert e:
                Visit(e.Operand);
                Op(e.Target == DeviceType.Int ? ILOpCode.Conv_i4 : IsUnsigned(e.Operand) ? ILOpCode.Conv_u8 : ILOpCode.Conv_i8, 1, 0);
                break;
            case Binary e:
                Visit(e.Left);
                Visit(e.Right);
                Op(Arithmetic(e.Operation), 1, -1);
                break;
            default: throw new InvalidOperationException($"Expression '{expression.GetType().Name}' is not counted here.");
        }
    }

    private static bool IsUnsigned(Expression operand) => operand is Element { Array.Type: DeviceType.Bytes };

    private void LoadConstant(int value)
    {
        if (value is >= -1 and <= 8) Op(ILOpCode.Ldc_i4_0 + (byte)value, 1, 1);
        else if (value is >= sbyte.MinValue and <= sbyte.MaxValue) Op(ILOpCode.Ldc_i4_s, 2, 1);
        else Op(ILOpCode.Ldc_i4, 5, 1);
    }

    private void LoadConstant(long value)
    {
        if (value is >= int.MinValue and <= int.MaxValue)
        {
            LoadConstant((int)value);
            Op(ILOpCode.Conv_i8, 1, 0);
        }
        else if (value is >= 0 and <= uint.MaxValue)
        {
            LoadConstant(unchecked((int)(uint)value));
            Op(ILOpCode.Conv_u8, 1, 0);
        }
        else
        {
            Op(ILOpCode.Ldc_i8, 9, 1);
        }
    }

    private void LoadLocal(int slot)
    {
        if (slot <= 3) Op(ILOpCode.Ldloc_0 + (byte)slot, 1, 1);
        else Op(ILOpCode.Ldloc_s, 2, 1);
    }

    private void StoreLocal(int slot)
    {
        if (slot <= 3) Op(ILOpCode.Stloc_0 + (byte)slot, 1, -1);
        else Op(ILOpCode.Stloc_s, 2, -1);
    }

    /// <summary>Adds a branch over <paramref name="distance"/> bytes and returns its own size.</summary>
    private int Branch(ILOpCode shortForm, int distance, int stack)
    {
        longestBranch = Math.Max(longestBranch, Math.Abs(distance));
        if (distance is >= -ShortReach - 1 and <= ShortReach)
        {
            Op(shortForm, 2, stack);
            return 2;
        }

        Op(Long(shortForm), 5, stack);
        savedBytes += TokenSaving;
        return 5;
    }

    private void Op(ILOpCode opcode, int size, int stack)
    {
        executed[(int)opcode] += weight;
        written[(int)opcode]++;
        bytes += size;
        depth += stack;
        maxDepth = Math.Max(maxDepth, depth);
    }

    private void TakeSlot(Variable variable)
    {
        int slot = freeSlots.TryGetValue(variable.Type, out Stack<int>? free) && free.Count > 0 ? free.Pop() : locals++;
        slots[variable] = slot;
        if (variable.Role == VariableRole.NetworkValue) valueSlots.Add(slot);
    }

    private void FreeSlot(Variable variable)
    {
        if (!freeSlots.TryGetValue(variable.Type, out Stack<int>? free)) freeSlots[variable.Type] = free = new();
        free.Push(slots[variable]);
    }

    private static ILOpCode LoadElement(DeviceType array) => array switch
    {
        DeviceType.Bytes => ILOpCode.Ldelem_u1,
        DeviceType.SBytes => ILOpCode.Ldelem_i1,
        DeviceType.Shorts => ILOpCode.Ldelem_i2,
        DeviceType.Ints => ILOpCode.Ldelem_i4,
        _ => throw new ArgumentOutOfRangeException(nameof(array), array, "not an array type"),
    };

    private static ILOpCode Arithmetic(Operation operation) => operation switch
    {
        Operation.Add => ILOpCode.Add,
        Operation.Subtract => ILOpCode.Sub,
        Operation.Multiply => ILOpCode.Mul,
        Operation.Divide => ILOpCode.Div,
        Operation.And => ILOpCode.And,
        Operation.ShiftLeft => ILOpCode.Shl,
        Operation.ShiftRight => ILOpCode.Shr,
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "unknown operation"),
    };

    /// <summary>The branch that leaves when the comparison does not hold.</summary>
    private static ILOpCode Negated(Comparison comparison) => comparison switch
    {
        Comparison.Less => ILOpCode.Bge_s,
        Comparison.LessOrEqual => ILOpCode.Bgt_s,
        Comparison.Greater => ILOpCode.Ble_s,
        Comparison.GreaterOrEqual => ILOpCode.Blt_s,
        _ => throw new ArgumentOutOfRangeException(nameof(comparison), comparison, "unknown comparison"),
    };

    private static ILOpCode Long(ILOpCode shortForm) => shortForm switch
    {
        ILOpCode.Br_s => ILOpCode.Br,
        ILOpCode.Blt_s => ILOpCode.Blt,
        ILOpCode.Bge_s => ILOpCode.Bge,
        ILOpCode.Bgt_s => ILOpCode.Bgt,
        ILOpCode.Ble_s => ILOpCode.Ble,
        _ => throw new ArgumentOutOfRangeException(nameof(shortForm), shortForm, "not a short branch"),
    };
}
