using System.Globalization;
using System.Text;

namespace SparseNas.Codegen.Emission.Code;

/// <summary>Prints generated code as C# 7.3 that a person can read: four blanks, LF, one comment per idea, long sums over several lines.</summary>
public sealed class CSharpText
{
    private const int LineLength = 132;
    private const int AndRank = 1, ShiftRank = 2, SumRank = 3, ProductRank = 4, UnaryRank = 5;

    private readonly StringBuilder text = new();
    private readonly WeightMemory weights;
    private int depth;

    /// <summary>Starts at a depth of indentation.</summary>
    /// <param name="depth">Levels of four blanks.</param>
    /// <param name="weights">Where tables of weights lie on the device.</param>
    public CSharpText(int depth = 0, WeightMemory weights = WeightMemory.Heap) => (this.depth, this.weights) = (depth, weights);

    /// <summary>What was printed so far.</summary>
    public override string ToString() => text.ToString();

    /// <summary>Prints one line; an empty one has no blanks.</summary>
    public CSharpText Line(string line = "")
    {
        if (line.Length > 0) text.Append(' ', depth * 4).Append(line);
        text.Append('\n');
        return this;
    }

    /// <summary>Prints a brace and goes one level deeper.</summary>
    public CSharpText Open()
    {
        Line("{");
        depth++;
        return this;
    }

    /// <summary>Comes back one level and prints a brace.</summary>
    public CSharpText Close(string after = "")
    {
        depth--;
        return Line("}" + after);
    }

    /// <summary>Prints a method with its comment.</summary>
    public CSharpText Method(Method method)
    {
        foreach (string line in method.Summary) Line("// " + line);
        Line($"public static void {method.Name}()");
        return Body(method.Body);
    }

    /// <summary>Prints a table, sixteen or more values to a line.</summary>
    public CSharpText Table(Table table)
    {
        Line(IsInFlash(table.Type)
            ? $"private static {Keyword(table.Type)} {table.Name} => new {table.Type.Keyword()}"
            : $"private static readonly {table.Type.Keyword()} {table.Name} =").Open();
        StringBuilder line = new();
        for (int index = 0; index < table.Values.Length; index++)
        {
            line.Append(Number(table.Values[index])).Append(index == table.Values.Length - 1 ? "" : ", ");
            if (line.Length < LineLength - 16 && index < table.Values.Length - 1) continue;
            Line(line.ToString().TrimEnd());
            line.Clear();
        }

        return Close(";");
    }

    /// <summary>
    /// The compiler leaves only arrays of one-byte elements in the image, and weights are all the signed ones. A span is read like an array: no other
    /// line changes.
    /// </summary>
    private bool IsInFlash(DeviceType type) => weights == WeightMemory.Flash && type == DeviceType.SBytes;

    private string Keyword(DeviceType type) => IsInFlash(type) ? "System.ReadOnlySpan<sbyte>" : type.Keyword();

    private CSharpText Body(Block block)
    {
        Open();
        foreach (Statement statement in block.Statements) Print(statement);
        return Close();
    }

    private void Print(Statement statement)
    {
        switch (statement)
        {
            case Block s: Body(s); break;
            case Comment s: Line("// " + s.Text); break;
            case Declare { Value: null } s: Line($"{Keyword(s.Variable.Type)} {s.Variable.Name};"); break;
            case Declare s: Assignment($"{Keyword(s.Variable.Type)} {s.Variable.Name} = ", s.Value!); break;
            case Assign s: Print(s); break;
            case Store s: Assignment($"{Text(s.Array)}[{Text(s.Index)}] = ", s.Value, IlModel.NeedsByteConversion(s.Value)); break;
            case If s: Print(s); break;
            case SetNumber { Value: Binary { Operation: Operation.Add, Left: StaticNumber left, Right: var added } } s when left == s.Target:
                Line(added is IntConstant { Value: 1 } ? $"{left.Name}++;" : $"{left.Name} += {Text(added)};");
                break;
            case SetNumber s: Line($"{s.Target.Name} = {Text(s.Value)};"); break;
            case Call s: Line($"{s.Method}();"); break;
            case ClearBytes s: Line($"Array.Clear({s.Array.Name}, {Number(s.First)}, {Number(s.Bytes)});"); break;
            case MoveBytes s: Line($"Array.Copy({s.Array.Name}, {Text(s.From)}, {s.Array.Name}, {Text(s.To)}, {Number(s.Bytes)});"); break;
            case For s:
                string counter = s.Counter.Name;
                string step = s.Step == 1 ? $"{counter}++" : $"{counter} += {Number(s.Step)}";
                Line($"for (int {counter} = {Number(s.First)}; {counter} < {Number(s.Limit)}; {step})");
                Body(s.Body);
                break;
            default: throw new InvalidOperationException($"Statement '{statement.GetType().Name}' is not printed here.");
        }
    }

    private void Print(Assign assign)
    {
        if (assign.Value is Binary { Left: ReadVariable left } value && ReferenceEquals(left.Variable, assign.Variable))
        {
            Assignment($"{assign.Variable.Name} {Symbol(value.Operation)}= ", value.Right);
            return;
        }

        Assignment($"{assign.Variable.Name} = ", assign.Value);
    }

    private void Print(If s)
    {
        Line($"if ({Text(s.Condition.Left, ShiftRank)} {Symbol(s.Condition.Comparison)} {Text(s.Condition.Right, ShiftRank)})");
        Body(s.Then);
        if (s.Else is null) return;
        Line("else");
        Body(s.Else);
    }

    /// <summary>One statement; a sum too long for a line is broken before its terms.</summary>
    private void Assignment(string target, Expression value, bool toByte = false)
    {
        string head = target + (toByte ? "(byte)" : "");
        string whole = head + (toByte ? Text(value, UnaryRank) : Text(value)) + ";";
        if (whole.Length + (depth * 4) <= LineLength || toByte || value is not Binary { Operation: Operation.Add or Operation.Subtract })
        {
            Line(whole);
            return;
        }

        List<string> terms = [];
        Expression rest = value;
        while (rest is Binary { Operation: Operation.Add or Operation.Subtract } sum)
        {
            terms.Add($"{Symbol(sum.Operation)} {Text(sum.Right, SumRank + 1)}");
            rest = sum.Left;
        }

        terms.Add(Text(rest, SumRank));
        terms.Reverse();
        StringBuilder line = new(head);
        line.Append(terms[0]);
        depth++;
        int indent = -1;
        for (int index = 1; index < terms.Count; index++)
        {
            if (line.Length + terms[index].Length + ((depth + indent) * 4) > LineLength - 2)
            {
                depth += indent;
                Line(line.ToString());
                depth -= indent;
                indent = 0;
                line.Clear().Append(terms[index]);
                continue;
            }

            line.Append(' ').Append(terms[index]);
        }

        depth += indent;
        Line(line.Append(';').ToString());
        depth -= indent;
        depth--;
    }

    private static string Text(Expression expression, int rank = 0)
    {
        (int own, string result) = expression switch
        {
            IntConstant e => (UnaryRank, Number(e.Value)),
            LongConstant e => (UnaryRank, Number(e.Value) + "L"),
            ReadVariable e => (UnaryRank, e.Variable.Name),
            StaticArray e => (UnaryRank, e.Name),
            StaticNumber e => (UnaryRank, e.Name),
            Element e => (UnaryRank, $"{Text(e.Array)}[{Text(e.Index)}]"),
            ReadResource e => (UnaryRank, $"{ModelWeightsFile.ClassName}.{e.Resource}({Text(e.Offset)}, {Number(e.Length)})"),
            Negate e => (UnaryRank, "-" + Text(e.Operand, UnaryRank)),
            Convert e => (UnaryRank, $"({e.Target.Keyword()}){Text(e.Operand, UnaryRank)}"),
            Binary e => (Rank(e.Operation), $"{Text(e.Left, Rank(e.Operation))} {Symbol(e.Operation)} {Text(e.Right, Rank(e.Operation) + 1)}"),
            _ => throw new InvalidOperationException($"Expression '{expression.GetType().Name}' is not printed here."),
        };
        return own < rank ? $"({result})" : result;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static int Rank(Operation operation) => operation switch
    {
        Operation.And => AndRank,
        Operation.ShiftLeft or Operation.ShiftRight => ShiftRank,
        Operation.Add or Operation.Subtract => SumRank,
        Operation.Multiply or Operation.Divide => ProductRank,
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "unknown operation"),
    };

    private static string Symbol(Operation operation) => operation switch
    {
        Operation.Add => "+",
        Operation.Subtract => "-",
        Operation.Multiply => "*",
        Operation.Divide => "/",
        Operation.And => "&",
        Operation.ShiftLeft => "<<",
        Operation.ShiftRight => ">>",
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "unknown operation"),
    };

    private static string Symbol(Comparison comparison) => comparison switch
    {
        Comparison.Less => "<",
        Comparison.LessOrEqual => "<=",
        Comparison.Greater => ">",
        Comparison.GreaterOrEqual => ">=",
        _ => throw new ArgumentOutOfRangeException(nameof(comparison), comparison, "unknown comparison"),
    };
}

/// <summary>Where tables of weights lie on the device.</summary>
public enum WeightMemory
{
    /// <summary>In arrays: the initialiser in flash, the array on the heap. The only way of 1.x.</summary>
    Heap,

    /// <summary>In the image alone, read through <c>ReadOnlySpan</c>: 2.x preview.</summary>
    Flash,
}
