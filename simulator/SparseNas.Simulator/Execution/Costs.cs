namespace SparseNas.Simulator.Execution;

/// <summary>
/// ARM instructions of calls beyond the cost rows of the call and ret opcodes. Frames: about 300 and 48 per local of the callee
/// (opcode-costs-measured.tsv); an inlined call saves the frame.
/// </summary>
internal static class CallCosts
{
    /// <summary>Finding the override of a virtual method in its cache.</summary>
    public const double VirtualLookup = 60;

    /// <summary>Copying the new object's reference back to the caller.</summary>
    public const double ConstructorReturn = 20;

    /// <summary>Going on to the caller in the search for a handler, and dropping the frame.</summary>
    public const double SearchedFrame = 350;

    /// <summary>Passing one clause of an exception table.</summary>
    public const double SearchedClause = 500;

    /// <summary>Making an exception for an error that the interpreter noticed, and starting the search.</summary>
    public const double RaisedError = 1700;
    public const double EnteredHandler = 600;

    /// <summary>What the driver adds to one call of an entry method: its call and pop, less the call row's own share (an empty method costs 543).</summary>
    public const double EntryCall = 387;

    public static double Called(MethodCode code) => 48 * code.LocalCount;

    /// <summary>Less than a call with a frame by the difference of the rows (callvirt 352 to 227, ret 138 to 79).</summary>
    public static double Inlined(MethodCode code) => -184 + (40 * code.LocalCount);
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
