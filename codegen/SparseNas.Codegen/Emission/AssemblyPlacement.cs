using System.Collections.Immutable;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Emission.Code;
using SparseNas.Codegen.Limits;

namespace SparseNas.Codegen.Emission;

/// <summary>
/// Which assembly holds which step. Everything stays in the application's assembly when it fits; else the largest steps move to libraries, filled
/// one after the other.
/// </summary>
internal sealed class AssemblyPlacement
{
    private readonly ImmutableArray<OperatorCode> steps;
    private readonly Dictionary<Method, string> libraryOf = [];
    private readonly List<(string Name, long IlBytes, long InitialiserBytes)> sizes = [];

    private AssemblyPlacement(ImmutableArray<OperatorCode> steps) => this.steps = steps;

    /// <summary>Whether any step lies in a library.</summary>
    public bool HasLibraries => libraryOf.Count > 0;

    /// <summary>Byte code and initialisers of each assembly, the application's first.</summary>
    public IReadOnlyList<(string Name, long IlBytes, long InitialiserBytes)> Sizes => sizes;

    /// <summary>The library that holds a unit, or null for the application's assembly.</summary>
    public string? LibraryOf(Method unit) => libraryOf.GetValueOrDefault(unit);

    /// <summary>Places all steps.</summary>
    public static AssemblyPlacement Of(ImmutableArray<OperatorCode> steps)
    {
        AssemblyPlacement placement = new(steps);
        long il = AssemblyLimits.SharedIlBytes, initialisers = 0;
        Queue<OperatorCode> moved = [];
        foreach (OperatorCode step in steps.OrderBy(IsSplit).ThenBy(step => step.Count.IlBytes + step.InitialiserBytes))
        {
            bool stays = !IsSplit(step) && il + step.Count.IlBytes <= AssemblyLimits.IlBytes.Most
                && initialisers + step.InitialiserBytes <= AssemblyLimits.InitialiserBytes.Most;
            if (!stays)
            {
                moved.Enqueue(step);
                continue;
            }

            il += step.Count.IlBytes;
            initialisers += step.InitialiserBytes;
        }

        placement.sizes.Add(("Model", il, initialisers));
        foreach (OperatorCode step in steps.Where(moved.Contains)) placement.Move(step);
        return placement;
    }

    /// <summary>The libraries' sources; the first also holds the memory and the numbers of row stages, and reads resources.</summary>
    public ImmutableArray<GeneratedLibrary> Libraries(int arenaBytes, ImmutableArray<SourceFile> numbers, WeightMemory weights) =>
    [
        .. sizes.Skip(1).Select((size, index) => new GeneratedLibrary(size.Name,
        [
            .. index == 0 ? [new SourceFile("Memory.cs", MemoryText.File(arenaBytes, steps)), .. numbers, .. ModelWeightsFile.Sources(steps)] : Array.Empty<SourceFile>(),
            new SourceFile($"{size.Name}.cs", StepText.Library(
                size.Name,
                steps.Where(step => LibraryOf(step.Units[0]) == size.Name).SelectMany(step => step.Tables),
                steps.SelectMany(step => step.Units).Where(unit => LibraryOf(unit) == size.Name), steps, weights)),
        ])
        { Resources = index == 0 ? ModelWeightsFile.Resources(steps) : [] }),
    ];

    /// <summary>Whether a step was split because one assembly cannot hold it.</summary>
    private static bool IsSplit(OperatorCode step) => step.Units.Length > 1 && !step.IsByRow;

    private void Move(OperatorCode step)
    {
        foreach ((Method unit, IlCount count) in step.Units.Zip(step.UnitCounts))
        {
            (string name, long il, long initialisers) = sizes[^1];
            int initialiserBytes = unit == step.Units[0] ? step.InitialiserBytes : 0;
            bool fits = sizes.Count > 1 && il + count.IlBytes <= AssemblyLimits.IlBytes.Most && initialisers + initialiserBytes <= AssemblyLimits.InitialiserBytes.Most;
            if (!fits)
            {
                (name, il, initialisers) = ($"ModelPart{sizes.Count}", AssemblyLimits.LibraryIlBytes, 0);
                sizes.Add(default);
            }

            sizes[^1] = (name, il + count.IlBytes, initialisers + initialiserBytes);
            libraryOf[unit] = name;
        }
    }
}
