using System.Collections.Immutable;

namespace SparseNas.Codegen.Emission.Code;

/// <summary>Leaves out variables that nothing reads, so that strategies need not foresee which of their variables a layer uses.</summary>
internal static class Tidy
{
    /// <summary>The block without declarations of, and assignments to, variables that are never read.</summary>
    public static Block Of(Block block)
    {
        HashSet<Variable> read = [];
        Collect(block, read);
        return Keep(block, read);
    }

    private static Block Keep(Block block, HashSet<Variable> read) => new([.. block.Statements.Select(statement => Keep(statement, read)).OfType<Statement>()]);

    private static Statement? Keep(Statement statement, HashSet<Variable> read) => statement switch
    {
        Declare s => read.Contains(s.Variable) ? s : null,
        Assign s => read.Contains(s.Variable) ? s : null,
        Block s => Keep(s, read),
        For s => s with { Body = Keep(s.Body, read) },
        If s => s with { Then = Keep(s.Then, read), Else = s.Else is null ? null : Keep(s.Else, read) },
        _ => statement,
    };

    private static void Collect(Statement statement, HashSet<Variable> read)
    {
        switch (statement)
        {
            case Declare { Value: { } value }: Collect(value, read); break;
            case Assign s when s.Value is not Binary { Left: ReadVariable left } || !ReferenceEquals(left.Variable, s.Variable): Collect(s.Value, read); break;
            case Assign { Value: Binary step }: Collect(step.Right, read); break;   // x += … reads x only for itself
            case Store s:
                Collect(s.Array, read);
                Collect(s.Index, read);
                Collect(s.Value, read);
                break;
            case SetNumber s: Collect(s.Value, read); break;
            case MoveBytes s:
                Collect(s.From, read);
                Collect(s.To, read);
                break;
            case Block s:
                foreach (Statement inner in s.Statements) Collect(inner, read);
                break;
            case For s: Collect(s.Body, read); break;
            case If s:
                Collect(s.Condition.Left, read);
                Collect(s.Condition.Right, read);
                Collect(s.Then, read);
                if (s.Else is not null) Collect(s.Else, read);
                break;
        }
    }

    private static void Collect(Expression expression, HashSet<Variable> read)
    {
        switch (expression)
        {
            case ReadVariable e: read.Add(e.Variable); break;
            case Element e:
                Collect(e.Array, read);
                Collect(e.Index, read);
                break;
            case ReadResource e: Collect(e.Offset, read); break;
            case Negate e: Collect(e.Operand, read); break;
            case Convert e: Collect(e.Operand, read); break;
            case Binary e:
                Collect(e.Left, read);
                Collect(e.Right, read);
                break;
        }
    }
}
