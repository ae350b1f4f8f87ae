namespace SparseNas.Codegen.Emission.Choosing;

/// <summary>What a user wants of generated code.</summary>
public enum EmissionGoal
{
    /// <summary>Plain loops everywhere: the naive twin, for comparison.</summary>
    Plain,

    /// <summary>The fewest cycles with modest working memory in locals and within all budgets.</summary>
    Auto,

    /// <summary>The fewest bytes of image, heap and locals together.</summary>
    Small,

    /// <summary>The fewest cycles within all budgets, whatever locals take.</summary>
    Fast,
}

/// <summary>What generated code may take of a board.</summary>
/// <param name="ImageBytes">Flash for the model's byte code and initialisers.</param>
/// <param name="HeapBytes">Managed heap for arena, tables and the largest stack frame.</param>
/// <param name="LocalBytes">Working memory in locals, on top of the arena; plain loops are always allowed.</param>
public sealed record EmissionBudget(long ImageBytes, long HeapBytes, long LocalBytes = long.MaxValue)
{
    /// <summary>No limit but the device's own.</summary>
    public static EmissionBudget Unlimited { get; } = new(long.MaxValue, long.MaxValue);
}

/// <summary>No choice of strategies fits the budget.</summary>
public sealed class EmissionBudgetException(string message) : Exception(message);
