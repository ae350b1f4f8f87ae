namespace SparseNas.Codegen.Emission.Code;

/// <summary>
/// An expression of generated code. One tree serves two readers: <see cref="CSharpText"/> prints it as C#, <see cref="IlModel"/> counts the IL
/// that the C# compiler makes of it. So a cost is never a formula beside the code; it is read off the code.
/// </summary>
public abstract record Expression
{
    private protected Expression()
    {
    }

    /// <summary>Type of the value; elements of narrow arrays are <see cref="DeviceType.Int"/>, as on the evaluation stack.</summary>
    public abstract DeviceType Type { get; }

    /// <summary>A 32-bit constant.</summary>
    public static implicit operator Expression(int value) => new IntConstant(value);

    /// <summary>Sum; a zero constant on either side vanishes, constants at the right end join.</summary>
    public static Expression operator +(Expression left, Expression right) => (left, right) switch
    {
        (IntConstant { Value: 0 }, _) => right,
        (_, IntConstant { Value: 0 } or LongConstant { Value: 0 }) => left,
        (IntConstant a, IntConstant b) => new IntConstant(a.Value + b.Value),
        (LongConstant a, LongConstant b) => new LongConstant(a.Value + b.Value),
        (Binary { Operation: Operation.Add, Right: IntConstant a } sum, IntConstant b) => sum.Left + new IntConstant(a.Value + b.Value),
        (_, IntConstant { Value: < 0 and > int.MinValue } b) => new Binary(Operation.Subtract, left, new IntConstant(-b.Value)),
        (_, Negate negated) => new Binary(Operation.Subtract, left, negated.Operand),
        _ => new Binary(Operation.Add, left, right),
    };

    /// <summary>Difference; a zero constant on the right vanishes.</summary>
    public static Expression operator -(Expression left, Expression right) => (left, right) switch
    {
        (_, IntConstant { Value: > int.MinValue } b) => left + new IntConstant(-b.Value),
        (IntConstant { Value: 0 }, _) => new Negate(right),
        _ => new Binary(Operation.Subtract, left, right),
    };

    /// <summary>Product; a factor of one vanishes, a factor of zero leaves nothing else.</summary>
    public static Expression operator *(Expression left, Expression right) => (left, right) switch
    {
        (_, IntConstant { Value: 1 }) => left,
        (_, IntConstant { Value: -1 }) => new Negate(left),
        (IntConstant { Value: 1 }, _) => right,
        (IntConstant a, IntConstant b) => new IntConstant(a.Value * b.Value),
        (LongConstant a, LongConstant b) => new LongConstant(a.Value * b.Value),
        (IntConstant { Value: 0 }, _) or (_, IntConstant { Value: 0 }) => new IntConstant(0),
        _ => new Binary(Operation.Multiply, left, right),
    };

    /// <summary>Quotient, rounded towards zero; a divisor of one vanishes.</summary>
    public static Expression operator /(Expression left, Expression right) => (left, right) switch
    {
        (_, IntConstant { Value: 1 }) => left,
        (IntConstant a, IntConstant { Value: > 1 } b) => new IntConstant(a.Value / b.Value),
        _ => new Binary(Operation.Divide, left, right),
    };

    /// <summary>Arithmetic shift right by a constant.</summary>
    public static Expression operator >>(Expression left, int bits) =>
        bits == 0 ? left : left switch
        {
            IntConstant constant => new IntConstant(constant.Value >> bits),
            LongConstant constant => new LongConstant(constant.Value >> bits),
            _ => new Binary(Operation.ShiftRight, left, new IntConstant(bits)),
        };

    /// <summary>Shift left by a constant.</summary>
    public static Expression operator <<(Expression left, int bits) =>
        bits == 0 ? left : new Binary(Operation.ShiftLeft, left, new IntConstant(bits));

    /// <summary>Bitwise and.</summary>
    public static Expression operator &(Expression left, Expression right) =>
        (left, right) is (IntConstant a, IntConstant b) ? new IntConstant(a.Value & b.Value) : new Binary(Operation.And, left, right);

    /// <summary>The value widened to 64 bits; as it is when it has them.</summary>
    public Expression ToLong() => this switch
    {
        { Type: DeviceType.Long } => this,
        IntConstant constant => new LongConstant(constant.Value),
        _ => new Convert(DeviceType.Long, this),
    };

    /// <summary>The low 32 bits.</summary>
    public Expression ToInt() => this switch
    {
        { Type: DeviceType.Int } => this,
        LongConstant constant => new IntConstant(unchecked((int)constant.Value)),
        _ => new Convert(DeviceType.Int, this),
    };
}

/// <summary>A 32-bit constant.</summary>
/// <param name="Value">Its value.</param>
public sealed record IntConstant(int Value) : Expression
{
    /// <inheritdoc/>
    public override DeviceType Type => DeviceType.Int;
}

/// <summary>A 64-bit constant.</summary>
/// <param name="Value">Its value.</param>
public sealed record LongConstant(long Value) : Expression
{
    /// <inheritdoc/>
    public override DeviceType Type => DeviceType.Long;
}

/// <summary>Reads a local variable.</summary>
/// <param name="Variable">Which.</param>
public sealed record ReadVariable(Variable Variable) : Expression
{
    /// <inheritdoc/>
    public override DeviceType Type => Variable.Type;
}

/// <summary>Reads a static field that holds an array.</summary>
/// <param name="Name">The field.</param>
/// <param name="ArrayType">Its type.</param>
public sealed record StaticArray(string Name, DeviceType ArrayType) : Expression
{
    /// <inheritdoc/>
    public override DeviceType Type => ArrayType;

    /// <summary>An element of the array.</summary>
    public Expression this[Expression index] => new Element(this, index);
}

/// <summary>Reads a static field that holds a number: where in an image the rows have come to.</summary>
/// <param name="Name">The field, with its class.</param>
public sealed record StaticNumber(string Name) : Expression
{
    /// <inheritdoc/>
    public override DeviceType Type => DeviceType.Int;
}

/// <summary>Reads an element of an array.</summary>
/// <param name="Array">A variable or static field of an array type.</param>
/// <param name="Index">Position.</param>
public sealed record Element(Expression Array, Expression Index) : Expression
{
    /// <inheritdoc/>
    public override DeviceType Type => DeviceType.Int;
}

/// <summary>Reads a chunk of a resource into a new array of bytes.</summary>
/// <param name="Resource">Which: a method of the class that reads them.</param>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Bytes.</param>
public sealed record ReadResource(string Resource, Expression Offset, int Length) : Expression
{
    /// <inheritdoc/>
    public override DeviceType Type => DeviceType.Bytes;
}

/// <summary>The operations between two values.</summary>
public enum Operation
{
    /// <summary>left + right</summary>
    Add,

    /// <summary>left − right</summary>
    Subtract,

    /// <summary>left · right</summary>
    Multiply,

    /// <summary>left / right, towards zero</summary>
    Divide,

    /// <summary>left and right, bit by bit</summary>
    And,

    /// <summary>left shifted left</summary>
    ShiftLeft,

    /// <summary>left shifted right, sign kept</summary>
    ShiftRight,
}

/// <summary>Two values joined; both have one type, except that a shift count is 32-bit.</summary>
/// <param name="Operation">How.</param>
/// <param name="Left">Evaluated first.</param>
/// <param name="Right">Evaluated second.</param>
public sealed record Binary(Operation Operation, Expression Left, Expression Right) : Expression
{
    /// <inheritdoc/>
    public override DeviceType Type => Left.Type;
}

/// <summary>−operand.</summary>
/// <param name="Operand">32- or 64-bit value.</param>
public sealed record Negate(Expression Operand) : Expression
{
    /// <inheritdoc/>
    public override DeviceType Type => Operand.Type;
}

/// <summary>A conversion between 32 and 64 bits.</summary>
/// <param name="Target">Int or Long.</param>
/// <param name="Operand">What is converted.</param>
public sealed record Convert(DeviceType Target, Expression Operand) : Expression
{
    /// <inheritdoc/>
    public override DeviceType Type => Target;
}
