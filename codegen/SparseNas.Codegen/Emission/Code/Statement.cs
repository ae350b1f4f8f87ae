using System.Collections.Immutable;

namespace SparseNas.Codegen.Emission.Code;

/// <summary>A statement of generated code.</summary>
public abstract record Statement
{
    private protected Statement()
    {
    }
}

/// <summary>Statements in order, with their own scope.</summary>
/// <param name="Statements">In order.</param>
public sealed record Block(ImmutableArray<Statement> Statements) : Statement
{
    /// <summary>A block of the given statements; a block within it that declares nothing is merged into it.</summary>
    public static Block Of(params IEnumerable<Statement> statements) => new([.. statements.SelectMany(Flat)]);

    private static IEnumerable<Statement> Flat(Statement statement) =>
        statement is Block inner && !inner.Statements.Any(s => s is Declare) ? inner.Statements : [statement];
}

/// <summary>Brings a variable into the scope of the enclosing block.</summary>
/// <param name="Variable">Which.</param>
/// <param name="Value">Its first value; null when it gets one later.</param>
public sealed record Declare(Variable Variable, Expression? Value) : Statement;

/// <summary>Gives a variable a new value.</summary>
/// <param name="Variable">Which.</param>
/// <param name="Value">The value.</param>
public sealed record Assign(Variable Variable, Expression Value) : Statement;

/// <summary>Writes an element of a byte array; the value is cut to its low byte.</summary>
/// <param name="Array">A variable or static field that refers to bytes.</param>
/// <param name="Index">Position.</param>
/// <param name="Value">What is written. An element of another byte array or a constant needs no conversion.</param>
public sealed record Store(Expression Array, Expression Index, Expression Value) : Statement;

/// <summary>Gives a static field a new value.</summary>
/// <param name="Target">Which.</param>
/// <param name="Value">The value.</param>
public sealed record SetNumber(StaticNumber Target, Expression Value) : Statement;

/// <summary>Calls a static method without parameters or result.</summary>
/// <param name="Method">Its name, with its class where that is another.</param>
public sealed record Call(string Method) : Statement;

/// <summary>Moves bytes within an array; both places may overlap.</summary>
/// <param name="Array">A static field that refers to bytes.</param>
/// <param name="From">First byte.</param>
/// <param name="To">Where it goes.</param>
/// <param name="Bytes">How many.</param>
public sealed record MoveBytes(StaticArray Array, Expression From, Expression To, int Bytes) : Statement;

/// <summary>Sets bytes of an array to 0.</summary>
/// <param name="Array">A static field that refers to bytes.</param>
/// <param name="First">First byte.</param>
/// <param name="Bytes">How many.</param>
public sealed record ClearBytes(StaticArray Array, int First, int Bytes) : Statement;

/// <summary>How two values are compared.</summary>
public enum Comparison
{
    /// <summary>left &lt; right</summary>
    Less,

    /// <summary>left ≤ right</summary>
    LessOrEqual,

    /// <summary>left &gt; right</summary>
    Greater,

    /// <summary>left ≥ right</summary>
    GreaterOrEqual,
}

/// <summary>A comparison of two values.</summary>
/// <param name="Left">Evaluated first.</param>
/// <param name="Comparison">How.</param>
/// <param name="Right">Evaluated second.</param>
public sealed record Condition(Expression Left, Comparison Comparison, Expression Right);

/// <summary>Runs a block where a condition holds, another (if any) where not.</summary>
/// <param name="Condition">The condition.</param>
/// <param name="Then">Where it holds.</param>
/// <param name="Else">Where it does not, or null.</param>
/// <param name="Likelihood">Fraction of evaluations for which it holds: exact where shapes decide, an expectation where data does.</param>
public sealed record If(Condition Condition, Block Then, Block? Else, double Likelihood) : Statement;

/// <summary>for (int counter = First; counter &lt; Limit; counter += Step).</summary>
/// <param name="Counter">Loop variable.</param>
/// <param name="First">First value.</param>
/// <param name="Limit">One past the last value.</param>
/// <param name="Step">Positive step.</param>
/// <param name="Body">What is repeated.</param>
public sealed record For(Variable Counter, int First, int Limit, int Step, Block Body) : Statement
{
    /// <summary>How often the body runs.</summary>
    public int Repetitions => First >= Limit ? 0 : (Limit - First + Step - 1) / Step;

    /// <summary>A loop from 0 in steps of one, or just the body with the counter as a constant when it would run once.</summary>
    public static Statement Times(string name, int count, Func<Expression, IEnumerable<Statement>> body)
    {
        if (count == 1) return Block.Of(body(0));
        Variable counter = Variable.Counter(name);
        return new For(counter, 0, count, 1, Block.Of(body(counter)));
    }
}

/// <summary>A comment line.</summary>
/// <param name="Text">One line.</param>
public sealed record Comment(string Text) : Statement;
