using System.Collections.Immutable;

namespace SparseNas.Codegen.Costs;

/// <summary>What one step of a generated model costs.</summary>
/// <param name="Name">Names of the operators it computes.</param>
/// <param name="Operators">Their indices; none for the moves of rows between row stages.</param>
/// <param name="Strategy">How it is emitted.</param>
/// <param name="Cycles">Cycles of one run, the call included.</param>
/// <param name="Instructions">IL instructions of one run.</param>
/// <param name="IlBytes">Bytes of IL.</param>
/// <param name="TableHeapBytes">Heap bytes of its tables; 0 where weights are immediates.</param>
/// <param name="InitialiserBytes">Bytes of initialisers in the image.</param>
/// <param name="FrameBytes">Bytes on the heap while it runs: its stack frame, and chunks where it reads resources.</param>
/// <param name="LocalBytes">Of these, 12 for each local that holds an activation or accumulator.</param>
/// <param name="Macs">Multiply-accumulates, padding and zero weights included.</param>
/// <param name="NonZeroMacs">Those inside the image with a weight other than zero.</param>
public sealed record StepCost(
    string Name, ImmutableArray<int> Operators, string Strategy, double Cycles, double Instructions, int IlBytes, int TableHeapBytes,
    int InitialiserBytes, int FrameBytes, int LocalBytes, long Macs, long NonZeroMacs)
{
    /// <summary>Bytes of weights that stay in flash as resources.</summary>
    public int ResourceBytes { get; init; }
}

/// <summary>What a generated model costs: sums and maxima over its steps, read off the code.</summary>
/// <param name="CostTable">Name and version of the cost table.</param>
/// <param name="Steps">In order of execution.</param>
/// <param name="ArenaHeapBytes">Heap bytes of the arena's array.</param>
/// <param name="ClampHeapBytes">Heap bytes of the clamp table, 0 without one.</param>
public sealed record ModelCost(string CostTable, ImmutableArray<StepCost> Steps, int ArenaHeapBytes, int ClampHeapBytes)
{
    /// <summary>Cycles of one inference.</summary>
    public double Cycles => Steps.Sum(step => step.Cycles);

    /// <summary>IL instructions of one inference.</summary>
    public double Instructions => Steps.Sum(step => step.Instructions);

    /// <summary>Bytes of IL of all steps.</summary>
    public int IlBytes => Steps.Sum(step => step.IlBytes);

    /// <summary>Bytes of initialisers of all steps.</summary>
    public int InitialiserBytes => Steps.Sum(step => step.InitialiserBytes);

    /// <summary>Bytes of resources of all steps.</summary>
    public int ResourceBytes => Steps.Sum(step => step.ResourceBytes);

    /// <summary>Heap bytes of the model: arena, tables, what the step that needs most takes while it runs, and below it the frames that move rows.</summary>
    public int HeapBytes => ArenaHeapBytes + ClampHeapBytes + Steps.Sum(step => step.TableHeapBytes)
        + Steps.Where(step => !step.Operators.IsEmpty).Max(step => step.FrameBytes) + Steps.Where(step => step.Operators.IsEmpty).Sum(step => step.FrameBytes);

    /// <summary>Multiply-accumulates inside the image with a weight other than zero.</summary>
    public long NonZeroMacs => Steps.Sum(step => step.NonZeroMacs);

    /// <summary>All cycles over the multiply-accumulates that are not zero.</summary>
    public double CyclesPerMac => NonZeroMacs == 0 ? 0 : Cycles / NonZeroMacs;
}
