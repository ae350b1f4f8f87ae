namespace SparseNas.Simulator;

/// <summary>A limit of the board: what the program takes of it.</summary>
/// <param name="Name">Such as <c>managedHeapBytes</c> or <c>deploymentBytes</c>.</param>
/// <param name="Used">What is used, in the unit that the name ends with.</param>
/// <param name="Available">What there is.</param>
public sealed record Limit(string Name, long Used, long Available)
{
    /// <summary>What is left; negative when it does not fit.</summary>
    public long Headroom => Available - Used;

    /// <summary>Whether the use stays within the limit.</summary>
    public bool Fits => Used <= Available;
}

/// <summary>A predicted quantity with the band in which the true one is expected.</summary>
/// <param name="Expected">Prediction.</param>
/// <param name="Low">Lower end of the band.</param>
/// <param name="High">Upper end of the band.</param>
public sealed record Banded(double Expected, double Low, double High);

/// <summary>Objects of one type allocated during the run.</summary>
/// <param name="Type">Type name; arrays end with <c>[]</c>.</param>
/// <param name="Objects">How many.</param>
/// <param name="Bytes">Heap bytes, headers included.</param>
public sealed record Allocation(string Type, long Objects, long Bytes);

/// <summary>Something that occupies the heap at the end of the run.</summary>
/// <param name="Owner">A static field, <c>frames</c>, <c>assembly tables</c>, <c>runtime</c> or a type of other objects.</param>
/// <param name="Bytes">Heap bytes.</param>
public sealed record HeapOwner(string Owner, long Bytes);

/// <summary>Where the cycles go: one method without the methods it calls.</summary>
/// <param name="Method">Full name.</param>
/// <param name="ArmInstructions">Instructions of the reference core.</param>
/// <param name="Cycles">Cycles of the board's core.</param>
public sealed record MethodProfile(string Method, double ArmInstructions, double Cycles);

/// <summary>Where the cycles go: one source line of one method, without the methods it calls.</summary>
/// <param name="File">Name of the source file.</param>
/// <param name="Line">Line, counted from one.</param>
/// <param name="Method">Full name of the method.</param>
/// <param name="ArmInstructions">Instructions of the reference core.</param>
/// <param name="Cycles">Cycles of the board's core.</param>
public sealed record LineProfile(string File, int Line, string Method, double ArmInstructions, double Cycles);

/// <summary>A point of the heap's use over time.</summary>
/// <param name="Opcodes">IL instructions since the boot.</param>
/// <param name="UsedBytes">Highest use around that time.</param>
/// <param name="MachineryBytes">What of it holds no objects: loader tables, threads, frames in use and frames that wait to be used again.</param>
public sealed record HeapPoint(long Opcodes, int UsedBytes, int MachineryBytes);

/// <summary>A static constructor that the device went on without: its class's fields keep their defaults from there on.</summary>
/// <param name="Type">The class.</param>
/// <param name="Exception">What ended it; memory too when there was no room to start it.</param>
public sealed record FailedConstructor(string Type, string Exception);

/// <summary>
/// What a run of a program on a board showed. A value; counts are those between the end of the static constructors and the end of the run.
/// </summary>
public sealed record SimulationReport
{
    /// <summary>Result of the entry method as a 64-bit integer; null for void or after an exception.</summary>
    public long? Result { get; init; }

    /// <summary>Full type name of the exception that left the program, or null.</summary>
    public string? Exception { get; init; }

    /// <summary>IL instructions executed, core library included; a two-byte instruction counts once, prefixes do not count.</summary>
    public required long IlOpcodes { get; init; }

    /// <summary>The same by mnemonic.</summary>
    public required IReadOnlyDictionary<string, long> OpcodeHistogram { get; init; }

    /// <summary>Static constructors that failed at boot, in their order.</summary>
    public IReadOnlyList<FailedConstructor> FailedConstructors { get; init; } = [];

    /// <summary>IL instructions of static constructors, executed once before Main.</summary>
    public required long StartupOpcodes { get; init; }

    /// <summary>The same by mnemonic.</summary>
    public required IReadOnlyDictionary<string, long> StartupHistogram { get; init; }

    /// <summary>Highest use of the managed heap since the boot, in bytes: runtime, tables, frames, live objects and garbage not collected yet.</summary>
    public required int HeapPeakBytes { get; init; }

    /// <summary>Use of the managed heap at the end, in bytes, after a collection.</summary>
    public required int HeapLiveBytes { get; init; }

    /// <summary>Largest free run at the end, in bytes; less than the free bytes when the heap is fragmented.</summary>
    public required int LargestFreeBytes { get; init; }

    /// <summary>Size of the simulated managed heap, in bytes.</summary>
    public required int HeapBytes { get; init; }

    /// <summary>Smallest managed heap with which the program ends in the same way; null when it was not searched.</summary>
    public int? MinHeapBytes { get; init; }

    /// <summary>Garbage collections during the run and the boot.</summary>
    public required int Collections { get; init; }

    /// <summary>Compactions of the heap.</summary>
    public required int Compactions { get; init; }

    /// <summary>Size of the application's own image, in bytes.</summary>
    public required int PeBytes { get; init; }

    /// <summary>Byte code in the application's own image, in bytes.</summary>
    public required int IlBytes { get; init; }

    /// <summary>Signatures with array initialisers in the application's own image, in bytes.</summary>
    public required int SignatureBytes { get; init; }

    /// <summary>Strings in the application's own image, in bytes.</summary>
    public required int StringBytes { get; init; }

    /// <summary>Rows by table of the application's own image; empty tables are left out.</summary>
    public required IReadOnlyDictionary<string, int> Tables { get; init; }

    /// <summary>RAM that the loader takes for the application, in bytes.</summary>
    public required int RamBytesAssembly { get; init; }

    /// <summary>The whole deployment, mscorlib and libraries included, in bytes.</summary>
    public required int ImageBytes { get; init; }

    /// <summary>ARM Thumb-2 instructions of the reference core.</summary>
    public required double ArmInstructions { get; init; }

    /// <summary>Cycles of the board's core, with band.</summary>
    public required Banded Cycles { get; init; }

    /// <summary>Milliseconds on the board, with band.</summary>
    public required Banded Milliseconds { get; init; }

    /// <summary>Energy in millijoules, with band; null when the board states no power.</summary>
    public Banded? Millijoules { get; init; }

    /// <summary>Whether every limit holds and no exception ended the run for lack of memory.</summary>
    public required bool Fits { get; init; }

    /// <summary>Every limit of the board that the program comes near.</summary>
    public required IReadOnlyList<Limit> Limits { get; init; }

    /// <summary>Name and version of the cost table.</summary>
    public required string CostTable { get; init; }

    /// <summary>Board name.</summary>
    public required string Board { get; init; }

    /// <summary>What was allocated, by type, largest first; the boot is included.</summary>
    public required IReadOnlyList<Allocation> Allocations { get; init; }

    /// <summary>What occupies the heap at the end, largest first.</summary>
    public required IReadOnlyList<HeapOwner> HeapOwners { get; init; }

    /// <summary>Methods by cycles, most expensive first.</summary>
    public required IReadOnlyList<MethodProfile> Profile { get; init; }

    /// <summary>Cost rows that the run was charged with and that no measurement gives; other rows are measured or derived from measured ones.</summary>
    public required IReadOnlyList<string> EstimatedCosts { get; init; }

    /// <summary>Source lines by cycles, the most expensive first; empty when the program came without symbols.</summary>
    public required IReadOnlyList<LineProfile> Lines { get; init; }

    /// <summary>Heap use over time.</summary>
    public required IReadOnlyList<HeapPoint> Timeline { get; init; }

    /// <summary>Call stacks, outermost method first and joined with semicolons, with the number of samples: the format of flame graphs.</summary>
    public required IReadOnlyDictionary<string, long> FoldedStacks { get; init; }
}
