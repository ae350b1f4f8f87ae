using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace SparseNas.Codegen.Emission.Code;

/// <summary>
/// Counts the IL that the C# compiler (Roslyn, optimising) makes of a method, without compiling it: instruction for instruction, which a test
/// holds against compiled assemblies. Rules from Roslyn: variables take slots in order of their scopes unless they stay on the evaluation
/// stack (<see cref="StackScheduling"/>); a loop tests at its end; a branch is short when it reaches (ILBuilder); a 64-bit constant that fits
/// 32 bits is a 32-bit one and a conversion.
/// </summary>
public sealed class IlModel
{
    private const int OneByteOpcodes = 256;
    private const int ShortReach = 127;
    private const int TokenSaving = 2;

    /// <summary>ARM instructions that a native call takes beyond its opcode (opcode-costs-measured.tsv).</summary>
    private const double NativeCallInstructions = 260;

    private static readonly ILOpCode[] ReadInstructions =
    [
        ILOpCode.Ldsfld, ILOpCode.Ldc_i4, ILOpCode.Box, ILOpCode.Ldarg_0, ILOpCode.Ldarg_1, ILOpCode.Call, ILOpCode.Castclass, ILOpCode.Ret,
        ILOpCode.Ldarg_0, ILOpCode.Stloc_0, ILOpCode.Br_s, ILOpCode.Ldloc_0, ILOpCode.Ldloc_0, ILOpCode.Brtrue_s, ILOpCode.Ldarg_1, ILOpCode.Ldarg_2,
        ILOpCode.Ldarg_3, ILOpCode.Callvirt, ILOpCode.Stloc_1, ILOpCode.Ldloc_1, ILOpCode.Ldloc_1, ILOpCode.Brfalse_s, ILOpCode.Ret,
    ];

    private readonly double[] executed = new double[OneByteOpcodes];
    private readonly int[] written = new int[OneByteOpcodes];
    private readonly Dictionary<Variable, int> slots = [];
    private readonly IReadOnlyList<LocalAccess> accesses;
    private readonly IReadOnlySet<Variable> onStack;
    private int access, valueLocals;
    private int bytes, savedBytes, locals, depth, maxDepth, longestBranch;
    private double weight = 1, machinery;

    private IlModel(Method method)
    {
        (accesses, onStack) = StackScheduling.Of(method);
    }

    /// <summary>Counts one method; the device's <c>ret</c> is included.</summary>
    public static IlCount Count(Method method)
    {
        IlModel model = new(method);
        model.Visit(method.Body);
        model.Op(ILOpCode.Ret, 1, 0);
        return new IlCount(
            [.. model.executed], [.. model.written], model.bytes - model.savedBytes, model.locals, model.valueLocals, model.maxDepth, model.longestBranch) { Machinery = model.machinery };
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
            case Declare { Value: null }: break;
            case Declare s: Give(s.Variable, s.Value!); break;
            case Assign s: Give(s.Variable, s.Value); break;
            case Store s:
                Visit(s.Array);
                Visit(s.Index);
                Visit(s.Value);
                if (NeedsByteConversion(s.Value)) Op(ILOpCode.Conv_u1, 1, 0);
                Op(ILOpCode.Stelem_i1, 1, -3);
                break;
            case If s: Visit(s); break;
            case For s: Visit(s); break;
            case SetNumber s:
                Visit(s.Value);
                Token(ILOpCode.Stsfld, -1);
                break;
            case Call:
                double outer = weight;
                weight = 0;   // the callee's own count includes its call
                Token(ILOpCode.Call, 0);
                weight = outer;
                break;
            case ClearBytes s:
                Visit(s.Array);
                LoadConstant(s.First);
                LoadConstant(s.Bytes);
                Token(ILOpCode.Call, -3);
                break;
            case MoveBytes s:
                Visit(s.Array);
                Visit(s.From);
                Visit(s.Array);
                Visit(s.To);
                LoadConstant(s.Bytes);
                Token(ILOpCode.Call, -5);
                break;
            default: throw new InvalidOperationException($"Statement '{statement.GetType().Name}' is not counted here.");
        }
    }

    private void Give(Variable variable, Expression value)
    {
        if (onStack.Contains(variable) && accesses[access + Reads(value)] == LocalAccess.Discard)
        {
            VisitUnused(value);
            access++;
            return;
        }

        Visit(value);
        Write(variable);
    }

    private static int Reads(Expression expression) => expression switch
    {
        ReadVariable => 1,
        Element e => Reads(e.Array) + Reads(e.Index),
        ReadResource e => Reads(e.Offset),
        Negate e => Reads(e.Operand),
        Convert e => Reads(e.Operand),
        Binary e => Reads(e.Left) + Reads(e.Right),
        _ => 0,
    };

    /// <summary>An expression whose value nothing reads: only what can fail remains.</summary>
    private void VisitUnused(Expression expression)
    {
        switch (expression)
        {
            case IntConstant or LongConstant: break;
            case ReadVariable: access++; break;
            case Negate e: VisitUnused(e.Operand); break;
            case Convert e: VisitUnused(e.Operand); break;
            case Binary { Operation: not Operation.Divide } e:
                VisitUnused(e.Left);
                VisitUnused(e.Right);
                break;
            default:
                Visit(expression);
                Op(ILOpCode.Pop, 1, -1);
                break;
        }
    }

    private void Visit(Block block)
    {
        foreach (Declare declare in block.Statements.OfType<Declare>()) TakeSlot(declare.Variable);
        foreach (Statement statement in block.Statements) Visit(statement);
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
        LoadConstant(s.First);
        Write(s.Counter);
        double outer = weight;
        int start = bytes;
        weight = outer * s.Repetitions;
        Visit(s.Body);
        Read(s.Counter);
        LoadConstant(s.Step);
        Op(ILOpCode.Add, 1, -1);
        Write(s.Counter);
        int bodyBytes = bytes - start;
        weight = outer * (s.Repetitions + 1);
        Read(s.Counter);
        LoadConstant(s.Limit);
        Branch(ILOpCode.Blt_s, -(bytes - start + 2), -2);
        weight = outer;
        Branch(ILOpCode.Br_s, bodyBytes, 0);
    }

    private void Visit(Expression expression)
    {
        switch (expression)
        {
            case IntConstant e: LoadConstant(e.Value); break;
            case LongConstant e: LoadConstant(e.Value); break;
            case ReadVariable e: Read(e.Variable); break;
            case StaticArray or StaticNumber: Token(ILOpCode.Ldsfld, 1); break;
            case Element e:
                Visit(e.Array);
                Visit(e.Index);
                Op(LoadElement(e.Array.Type), 1, -1);
                break;
            case ReadResource e:
                Visit(e.Offset);
                LoadConstant(e.Length);
                Op(ILOpCode.Call, 5, -1);
                savedBytes += TokenSaving;
                ReadChunk(e.Length);
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

    /// <summary>
    /// What a read executes elsewhere: the model's method, the resource utility and the manager's look-up (ResourceManager.cs), two native calls and
    /// the copy of the bytes, four at a time.
    /// </summary>
    private void ReadChunk(int bytesRead)
    {
        foreach (ILOpCode opcode in ReadInstructions) executed[(int)opcode] += weight;
        machinery += weight * ((2 * NativeCallInstructions) + (bytesRead / 4.0));
    }

    private static bool IsUnsigned(Expression operand) => operand is Element { Array.Type: DeviceType.Bytes };

    private void LoadConstant(int value)
    {
        if (value is >= -1 and <= 8) Op((ILOpCode)((int)ILOpCode.Ldc_i4_0 + value), 1, 1);
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

    private void Read(Variable variable)
    {
        switch (accesses[access++])
        {
            case LocalAccess.Slot:
                int slot = slots[variable];
                if (slot <= 3) Op(ILOpCode.Ldloc_0 + (byte)slot, 1, 1);
                else Op(ILOpCode.Ldloc_s, 2, 1);
                break;
            case LocalAccess.Duplicate: Op(ILOpCode.Dup, 1, 1); break;
        }
    }

    private void Write(Variable variable)
    {
        switch (accesses[access++])
        {
            case LocalAccess.Slot:
                int slot = slots[variable];
                if (slot <= 3) Op(ILOpCode.Stloc_0 + (byte)slot, 1, -1);
                else Op(ILOpCode.Stloc_s, 2, -1);
                break;
        }
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

    /// <summary>An instruction with a token: four bytes for the compiler, two on the device.</summary>
    private void Token(ILOpCode opcode, int stack)
    {
        Op(opcode, 5, stack);
        savedBytes += TokenSaving;
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
        if (onStack.Contains(variable)) return;
        slots[variable] = locals++;
        if (variable.Role == VariableRole.NetworkValue) valueLocals++;
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
