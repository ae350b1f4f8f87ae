namespace SparseNas.Simulator.Execution;

/// <summary>
/// Carries an exception of the simulated program from the place where it arises to the search for its handler. Either an exception
/// object that exists already, or the type of one to be made.
/// </summary>
internal sealed class DeviceThrow : Exception
{
    private DeviceThrow(string typeName, int reference)
        : base(typeName) => (TypeName, Reference) = (typeName, reference);

    /// <summary>Type to make, when <see cref="Reference"/> is 0.</summary>
    public string TypeName { get; }

    /// <summary>The exception object, or 0.</summary>
    public int Reference { get; }

    /// <summary>Whether the interpreter noticed an error itself, in contrast to a throw in the program.</summary>
    public bool IsOutOfMemory => TypeName == OutOfMemoryName;

    /// <summary>Whether the exception object has its stack trace.</summary>
    public bool IsTraced { get; private init; }

    public const string OutOfMemoryName = "System.OutOfMemoryException";

    public static DeviceThrow Of(string typeName) => new(typeName, 0);

    /// <summary>An object that the program throws: it gets a stack trace.</summary>
    public static DeviceThrow Object(int reference) => new("", reference);

    /// <summary>An exception on its way that has its stack trace.</summary>
    public static DeviceThrow Traced(int reference) => new("", reference) { IsTraced = true };

    public static DeviceThrow OutOfMemory() => new(OutOfMemoryName, 0);

    /// <summary>1.x has no DivideByZeroException: a plain one is thrown.</summary>
    public static DeviceThrow Divide() => new("System.Exception", 0);

    public static DeviceThrow Null() => new("System.NullReferenceException", 0);

    public static DeviceThrow Index() => new("System.IndexOutOfRangeException", 0);

    public static DeviceThrow Cast() => new("System.InvalidCastException", 0);

    /// <summary>A wrong element type and other confusions: a plain exception (CLR_E_WRONG_TYPE).</summary>
    public static DeviceThrow WrongType() => new("System.Exception", 0);

    public static DeviceThrow Range() => new("System.ArgumentOutOfRangeException", 0);
}
