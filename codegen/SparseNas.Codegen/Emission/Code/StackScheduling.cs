namespace SparseNas.Codegen.Emission.Code;

/// <summary>What the compiler does at one access to a local variable.</summary>
internal enum LocalAccess
{
    /// <summary>Loads or stores a slot.</summary>
    Slot,

    /// <summary>The value lies on the evaluation stack: a write leaves it there, the last read takes it.</summary>
    Stays,

    /// <summary>A read that is not the last: the value on the stack is doubled.</summary>
    Duplicate,

    /// <summary>A written value that nothing reads.</summary>
    Discard,
}

/// <summary>
/// Which local variables the C# compiler keeps on the evaluation stack instead of in slots: the rules of Roslyn's Optimizer.cs
/// (StackOptimizerPass1, RemoveIntersectingLocals). A variable qualifies when every read finds it on top of an otherwise empty stack, and when its
/// spans from write to read to read nest with those of other such variables and with the branches between them. Nothing stays on the stack
/// across the labels of a loop.
/// </summary>
internal sealed class StackScheduling
{
    /// <summary>Spans after which the compiler gives up.</summary>
    private const int MostSpans = 5000;

    private readonly List<(Variable Variable, int Counter, bool IsWrite)> accesses = [];
    private readonly Dictionary<Variable, Life> lives = [];
    private readonly List<Span> control = [];
    private Span loops = new(0);
    private int counter, depth;
    private Variable? top;

    private StackScheduling()
    {
    }

    /// <summary>Decides for one method: what each access does, in the order in which the compiler visits them, and which variables need no slot.</summary>
    public static (IReadOnlyList<LocalAccess> Accesses, IReadOnlySet<Variable> OnStack) Of(Method method)
    {
        StackScheduling scheduling = new();
        scheduling.control.Add(scheduling.loops);
        scheduling.Visit(method.Body);
        HashSet<Variable> onStack = scheduling.Select();
        return ([.. scheduling.accesses.Select(access => scheduling.Decide(access, onStack))], onStack);
    }

    private LocalAccess Decide((Variable Variable, int Counter, bool IsWrite) access, HashSet<Variable> scheduled)
    {
        if (!scheduled.Contains(access.Variable)) return LocalAccess.Slot;
        bool isLast = lives[access.Variable].Spans.Any(span => span.Start == access.Counter && span.End == access.Counter);
        return (access.IsWrite, isLast) switch
        {
            (true, true) => LocalAccess.Discard,
            (false, false) => LocalAccess.Duplicate,
            _ => LocalAccess.Stays,
        };
    }

    /// <summary>Short spans first; a variable with a span that crosses one already taken, or a branch, keeps its slot.</summary>
    private HashSet<Variable> Select()
    {
        Span[] branches = [.. control.Where(span => span.Start != span.End)];
        HashSet<Variable> candidates = [.. lives.Where(pair => !pair.Value.NeedsSlot).Select(pair => pair.Key)];
        List<Span> taken = [];
        foreach ((Variable variable, Span span) in candidates.SelectMany(variable => lives[variable].Spans.Select(span => (variable, span)))
            .OrderBy(pair => pair.span.End - pair.span.Start).ThenBy(pair => pair.span.End).ToArray())
        {
            if (!candidates.Contains(variable)) continue;
            if (branches.Length + taken.Count > MostSpans || Crosses(span, branches, taken)) candidates.Remove(variable);
            else if (span.Start != span.End) taken.Add(span);
        }

        return candidates;
    }

    private static bool Crosses(Span span, Span[] branches, List<Span> taken)
    {
        foreach (Span branch in branches)
        {
            if (span.Includes(branch.Start) != span.Includes(branch.End)) return true;
        }

        foreach (Span other in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(taken))
        {
            if (span.Contains(other.Start) != span.Contains(other.End)) return true;
        }

        return false;
    }

    private void Visit(Statement statement)
    {
        switch (statement)
        {
            case Comment: break;
            case Block s:
                foreach (Statement inner in s.Statements) Visit(inner);
                counter++;
                break;
            case Declare { Value: null } s: lives[s.Variable] = new Life(); break;
            case Declare s: Write(s.Variable, s.Value!); break;
            case Assign s: Write(s.Variable, s.Value); break;
            case Store s:
                Visit(s.Array);
                Visit(s.Index);
                counter++;
                Visit(s.Value);
                if (IlModel.NeedsByteConversion(s.Value)) counter++;
                counter += 2;   // the assignment, the statement
                depth = 0;
                break;
            case If s: Visit(s); break;
            case For s: Visit(s); break;
            case SetNumber s:
                Visit(s.Value);
                counter += 3;   // the field, the assignment, the statement
                depth = 0;
                break;
            case Call: counter += 2; break;
            case ClearBytes s: VisitArguments([s.Array, s.First, s.Bytes]); break;
            case MoveBytes s: VisitArguments([s.Array, s.From, s.Array, s.To, s.Bytes]); break;
            default: throw new InvalidOperationException($"Statement '{statement.GetType().Name}' is not scheduled here.");
        }
    }

    private void VisitArguments(ReadOnlySpan<Expression> arguments)
    {
        foreach (Expression argument in arguments) Visit(argument);
        counter += 2;   // the call, the statement
        depth = 0;
    }

    private void Visit(If s)
    {
        Test(s.Condition.Left, s.Condition.Right);
        Span skip = Branch();
        Visit(s.Then);
        if (s.Else is null)
        {
            Label(skip);
            counter++;
            return;
        }

        Span end = Branch();
        Label(skip);
        Visit(s.Else);
        Label(end);
        counter++;
    }

    private void Label(Span branch) => branch.End = counter++;

    private void Visit(For s)
    {
        Write(s.Counter, s.First);
        Span toTest = Branch();
        LoopLabel();
        Visit(s.Body);
        LoopLabel();
        Write(s.Counter, (Expression)s.Counter + s.Step);
        Label(toTest);
        Test(s.Counter, s.Limit);
        counter++;
        LoopLabel();
        counter++;
    }

    private void Test(Expression left, Expression right)
    {
        Visit(left);
        Visit(right);
        counter++;
        depth = 0;
    }

    private Span Branch()
    {
        Span span = new(counter++);
        control.Add(span);
        return span;
    }

    /// <summary>A label that a jump back may reach: whatever lies on the stack may not cross it.</summary>
    private void LoopLabel()
    {
        loops.End = counter;
        loops = Branch();
    }

    private void Write(Variable variable, Expression value)
    {
        if (!lives.TryGetValue(variable, out Life? life)) lives[variable] = life = new Life();
        counter++;   // the target
        Visit(value);
        accesses.Add((variable, counter, true));
        if (depth != 1) life.NeedsSlot = true;
        if (!life.NeedsSlot) life.Spans.Add(new Span(counter));
        counter += 2;   // the assignment, the statement
        depth = 0;
    }

    private void Visit(Expression expression)
    {
        int before = depth;
        switch (expression)
        {
            case IntConstant or LongConstant: break;
            case StaticArray or StaticNumber: counter++; break;   // a receiver that is not there counts too
            case ReadVariable e: Read(e.Variable); break;
            case Element e:
                Visit(e.Array);
                Visit(e.Index);
                break;
            case ReadResource e:
                Visit(e.Offset);
                counter++;   // the length
                break;
            case Negate e: Visit(e.Operand); break;
            case Convert e: Visit(e.Operand); break;
            case Binary e:
                Visit(e.Left);
                Visit(e.Right);
                break;
            default: throw new InvalidOperationException($"Expression '{expression.GetType().Name}' is not scheduled here.");
        }

        counter++;
        depth = before + 1;
        top = (expression as ReadVariable)?.Variable;
    }

    private void Read(Variable variable)
    {
        Life life = lives[variable];
        accesses.Add((variable, counter, false));
        if (life.NeedsSlot) return;
        bool isOnTop = depth > 0 && ReferenceEquals(top, variable);
        if (life.Spans.Count == 0 || (depth != 0 && !isOnTop))
        {
            life.NeedsSlot = true;
            return;
        }

        life.Spans[^1].End = counter;
        life.Spans.Add(new Span(counter));
    }

    /// <summary>What is known of a variable: its spans so far, unless it needs a slot.</summary>
    private sealed class Life
    {
        public List<Span> Spans { get; } = [];

        public bool NeedsSlot { get; set; }
    }

    /// <summary>From a write, read or branch to the next read or to the label.</summary>
    private sealed class Span(int start)
    {
        public int Start { get; } = start;

        public int End { get; set; } = start;

        public bool Contains(int at) => Start < at && End > at;

        public bool Includes(int at) => Start <= at && End >= at;
    }
}
