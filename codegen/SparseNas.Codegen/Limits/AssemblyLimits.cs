using System.Collections.Immutable;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Emission.Code;

namespace SparseNas.Codegen.Limits;

/// <summary>A limit of the device's image format or runtime.</summary>
/// <param name="Name">Short name.</param>
/// <param name="Law">What must hold.</param>
/// <param name="Most">Largest allowed value.</param>
/// <param name="Source">Where the limit comes from.</param>
public sealed record AssemblyLimit(string Name, string Law, long Most, string Source);

/// <summary>A limit that code breaks.</summary>
/// <param name="Limit">Which.</param>
/// <param name="Used">The value.</param>
/// <param name="Place">What has it.</param>
public sealed record LimitBreak(AssemblyLimit Limit, long Used, string Place)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Place}: {Limit.Law}, but got {Used} ({Limit.Source})";
}

/// <summary>Code that no device can load; lists every broken limit.</summary>
public sealed class AssemblyLimitException(ImmutableArray<LimitBreak> breaks)
    : Exception("The generated code breaks limits of the device:\n" + string.Join('\n', breaks.Select(found => "  " + found)))
{
    /// <summary>All broken limits.</summary>
    public ImmutableArray<LimitBreak> Breaks { get; } = breaks;
}

/// <summary>
/// The limits of a nanoFramework 1.x assembly, one table of facts. Most are not checked by the device's own tools: code beyond them loads and
/// computes garbage, so the generator checks.
/// </summary>
public static class AssemblyLimits
{
    /// <summary>Byte code of a whole assembly: method offsets are 16 bits.</summary>
    public static AssemblyLimit IlBytes { get; } = new("ilBytes", "byte code of an assembly <= 65535 bytes", 65_535, "nanoCLR_Types.h, CLR_OFFSET");

    /// <summary>All array initialisers of an assembly: they lie in the signature table, whose offsets wrap silently at 16 bits.</summary>
    public static AssemblyLimit InitialiserBytes { get; } =
        new("initialiserBytes", "array initialisers of an assembly <= 60000 bytes together", 60_000, "nanoSignaturesTable.cs, unchecked ushort");

    /// <summary>Local variables of a method: a count of 8 bits, unchecked.</summary>
    public static AssemblyLimit Locals { get; } = new("locals", "locals of a method <= 250", 250, "nanoMethodDefinitionTable.cs, unchecked byte");

    /// <summary>Evaluation stack of a method: a count of 8 bits, unchecked.</summary>
    public static AssemblyLimit Stack { get; } = new("stack", "evaluation stack of a method <= 250", 250, "nanoMethodDefinitionTable.cs, unchecked byte");

    /// <summary>Distance of a branch: 16 bits with sign, unchecked.</summary>
    public static AssemblyLimit BranchBytes { get; } = new("branchBytes", "distance of a branch <= 32767 bytes", 32_767, "CodeWriter.cs InlineBrTarget, unchecked short");

    /// <summary>Static fields of a type: a count of 8 bits, unchecked.</summary>
    public static AssemblyLimit StaticFields { get; } = new("staticFields", "static fields of a type <= 255", 255, "nanoTypeDefinitionTable.cs, unchecked byte");

    /// <summary>Static methods of a type: a count of 8 bits.</summary>
    public static AssemblyLimit StaticMethods { get; } = new("staticMethods", "static methods of a type <= 255", 255, "nanoTypeDefinitionTable.cs");

    /// <summary>Elements of the largest array, in bytes: an object has at most 65,535 blocks and its cluster a header.</summary>
    public static AssemblyLimit ArrayBytes { get; } = new("arrayBytes", "data of an array <= 786364 bytes", 786_364, "nanoCLR_Runtime__HeapBlock.h, HB_MaxSize");

    /// <summary>All of them.</summary>
    public static ImmutableArray<AssemblyLimit> All { get; } =
        [IlBytes, InitialiserBytes, Locals, Stack, BranchBytes, StaticFields, StaticMethods, ArrayBytes];

    /// <summary>IL that the application's assembly has besides the steps placed there: the model's interface and the application itself.</summary>
    public const int SharedIlBytes = 12_000;

    /// <summary>IL of a library besides its steps: its static constructor.</summary>
    public const int LibraryIlBytes = 500;

    /// <summary>Static fields and methods of a model besides tables and steps.</summary>
    private const int SharedFields = 8, SharedMethods = 10;

    /// <summary>The limits that one step breaks wherever it is placed.</summary>
    public static ImmutableArray<LimitBreak> Check(OperatorCode step) =>
    [
        .. step.Units.Zip(step.UnitCounts, (unit, count) => Check(unit.Name, count)).SelectMany(breaks => breaks),
        .. Over(InitialiserBytes, step.InitialiserBytes, step.Method.Name),
    ];

    /// <summary>The limits that a model breaks, those of its steps included.</summary>
    /// <param name="assemblies">Byte code and initialisers of each assembly, with its name.</param>
    /// <param name="steps">All steps.</param>
    /// <param name="arenaBytes">Size of the arena.</param>
    public static ImmutableArray<LimitBreak> Check(
        IEnumerable<(string Name, long IlBytes, long InitialiserBytes)> assemblies, ImmutableArray<OperatorCode> steps, int arenaBytes)
    {
        const string Model = "Model";
        return
        [
            .. steps.SelectMany(step => Check(step)),
            .. assemblies.SelectMany(assembly => Over(IlBytes, assembly.IlBytes, assembly.Name)),
            .. assemblies.SelectMany(assembly => Over(InitialiserBytes, assembly.InitialiserBytes, assembly.Name)),
            .. Over(StaticFields, steps.Sum(step => step.Tables.Length) + SharedFields, Model),
            .. Over(StaticMethods, steps.Sum(step => step.IsByRow ? step.Units.Length + 1 : 1) + SharedMethods, Model),
            .. Over(ArrayBytes, arenaBytes, "Model.Arena"),
        ];
    }

    private static IEnumerable<LimitBreak> Check(string place, IlCount count) =>
    [
        .. Over(Locals, count.Locals, place),
        .. Over(Stack, count.MaxStack, place),
        .. Over(BranchBytes, count.LongestBranchBytes, place),
        .. Over(IlBytes, count.IlBytes + LibraryIlBytes, place),
    ];

    private static IEnumerable<LimitBreak> Over(AssemblyLimit limit, long used, string place) => used > limit.Most ? [new LimitBreak(limit, used, place)] : [];
}
