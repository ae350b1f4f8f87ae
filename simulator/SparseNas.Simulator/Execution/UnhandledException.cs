namespace SparseNas.Simulator.Execution;

/// <summary>An exception of the simulated program that no handler took.</summary>
internal sealed class UnhandledException(int reference, Interpreter interpreter) : Exception
{
    /// <summary>Full name of the exception's type.</summary>
    public string TypeName { get; } = reference == 0 ? "System.NullReferenceException" : interpreter.TypeOf(reference).FullName;

    /// <summary>The exception object.</summary>
    public int Reference { get; } = reference;
}
