namespace SparseNas.Simulator.Execution;

/// <summary>ARM instructions of calls beyond the cost of the call and ret opcodes themselves.</summary>
internal static class CallCosts
{
    public const double VirtualLookup = 0;
    public const double ConstructorReturn = 0;
    public const double SearchedFrame = 150;

    /// <summary>Passing one clause of an exception table.</summary>
    public const double SearchedClause = 500;
    public const double EnteredHandler = 200;

    public static double Called(MethodCode code) => 48 * code.LocalCount;

    public static double Inlined(MethodCode code) => 40 * code.LocalCount;
}

/// <summary>ARM instructions of allocation and collection.</summary>
internal static class AllocationCosts
{
    public const double PerField = 60;
    public const double PerCopiedField = 40;

    /// <summary>newarr is about 344 + 0.28 * bytes.</summary>
    public const double PerClearedByte = 0.28;

    public static double Collection(long visitedObjects) => 2000 + (60.0 * visitedObjects);
}
