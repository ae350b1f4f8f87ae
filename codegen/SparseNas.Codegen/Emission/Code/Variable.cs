namespace SparseNas.Codegen.Emission.Code;

/// <summary>What a local variable is for; locals that hold network values are working memory.</summary>
public enum VariableRole
{
    /// <summary>Loop counters, positions and array references.</summary>
    Bookkeeping,

    /// <summary>An activation or an accumulator: 12 bytes of working memory.</summary>
    NetworkValue,
}

/// <summary>A local variable of a generated method. Identity matters, not the name: two blocks may each have their own <c>sum</c>.</summary>
/// <param name="name">Identifier in the generated source.</param>
/// <param name="type">Its type.</param>
/// <param name="role">What it holds.</param>
public sealed class Variable(string name, DeviceType type, VariableRole role)
{
    /// <summary>Identifier in the generated source.</summary>
    public string Name { get; } = name;

    /// <summary>Its type.</summary>
    public DeviceType Type { get; } = type;

    /// <summary>What it holds.</summary>
    public VariableRole Role { get; } = role;

    /// <summary>A counter, position or other number that is no network value.</summary>
    public static Variable Counter(string name) => new(name, DeviceType.Int, VariableRole.Bookkeeping);

    /// <summary>A reference to an array.</summary>
    public static Variable Array(string name, DeviceType type) => new(name, type, VariableRole.Bookkeeping);

    /// <summary>An activation or accumulator.</summary>
    public static Variable Value(string name, DeviceType type = DeviceType.Int) => new(name, type, VariableRole.NetworkValue);

    /// <summary>Reads the variable.</summary>
    public static implicit operator Expression(Variable variable) => new ReadVariable(variable);

    /// <summary>The variable's value shifted right.</summary>
    public Expression Shifted(int bits) => (Expression)this >> bits;

    /// <summary>An element of the array that the variable refers to.</summary>
    public Expression this[Expression index] => new Element(new ReadVariable(this), index);
}
