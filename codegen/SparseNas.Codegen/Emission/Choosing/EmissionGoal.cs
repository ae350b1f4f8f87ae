namespace SparseNas.Codegen.Emission.Choosing;

/// <summary>What a user wants of generated code.</summary>
public enum EmissionGoal
{
    /// <summary>Plain loops everywhere: the naive twin, for comparison.</summary>
    Plain,

    /// <summary>The fewest cycles within all budgets; where none limits working memory, with a modest part of it in locals.</summary>
    Auto,

    /// <summary>The fewest bytes of image, heap and locals together.</summary>
    Small,

    /// <summary>The fewest cycles within all budgets, whatever locals take.</summary>
    Fast,
}

/// <summary>What generated code may take of a board.</summary>
/// <param name="ImageBytes">Flash for the model's byte code, initialisers and resources.</param>
/// <param name="HeapBytes">Managed heap for arena, tables and the largest stack frame.</param>
/// <param name="WorkingMemoryBytes">Arena and locals that hold values together. The code with the fewest locals is always allowed.</param>
public sealed record EmissionBudget(long ImageBytes, long HeapBytes, long WorkingMemoryBytes = long.MaxValue)
{
    /// <summary>No limit but the device's own.</summary>
    public static EmissionBudget Unlimited { get; } = new(long.MaxValue, long.MaxValue);

    /// <summary>Whether the board's firmware reads resources in chunks, so that weights may stay in flash.</summary>
    public bool MayReadResources { get; init; }
}

/// <summary>No choice of strategies fits the budget.</summary>
public sealed class EmissionBudgetException(string message) : Exception(message);
