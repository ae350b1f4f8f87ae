using System.Collections.Immutable;
using SparseNas.Codegen.Emission.Code;

namespace SparseNas.Codegen.Emission;

/// <summary>Code for one operator, or for several that one pass computes, in one strategy. Its costs are read off the code.</summary>
/// <param name="Strategy">Short name of the strategy with its choices, for people.</param>
/// <param name="Operators">The operators it computes, in order.</param>
/// <param name="Method">The method that does it.</param>
/// <param name="Tables">Initialised arrays it needs.</param>
/// <param name="Clamp">The clamp table that it looks codes up in, or null.</param>
public sealed record OperatorCode(
    string Strategy, ImmutableArray<int> Operators, Method Method, ImmutableArray<Table> Tables, ClampTable? Clamp = null)
{
    private IlCount? count;

    /// <summary>How often one inference runs it: once, or for every output row of a row stage.</summary>
    public int Runs { get; init; } = 1;

    /// <summary>
    /// The methods that do the work: <see cref="Method"/> itself, or the parts of a step that is too large for one assembly and that
    /// <see cref="Method"/> then calls one after the other.
    /// </summary>
    public ImmutableArray<Method> Units { get; init; } = [Method];

    /// <summary>
    /// Whether <see cref="Units"/> are the work of one row each: <see cref="Method"/>, called once for every row, calls the next of them, and the one
    /// behind the last row's as well if there is one.
    /// </summary>
    public bool IsByRow => Rows > 0;

    /// <summary>Rows that units do the work of, one each; 0 where they do not work by row.</summary>
    public int Rows { get; init; }

    /// <summary>Instructions, bytes and slots of each unit.</summary>
    public ImmutableArray<IlCount> UnitCounts => [.. Counts()];

    /// <summary>Instructions and bytes of all units together; slots and stack of the largest.</summary>
    public IlCount Count => count ??= Counts().Aggregate((a, b) => a.Join(b));

    private IlCount[]? counts;

    private IlCount[] Counts() => counts ??= [.. Units.Select(IlModel.Count)];

    /// <summary>Weights that the step reads from flash in chunks; null for none. They need a firmware with the resource manager.</summary>
    public WeightResource? Resource { get; init; }

    /// <summary>Heap bytes while the step runs: its stack frame, and what reading resources takes.</summary>
    public int TransientBytes => Count.FrameBytes + (Resource?.HeapBytes ?? 0);

    /// <summary>Bytes in flash: byte code, initialisers and resources.</summary>
    public int ImageBytes => Count.IlBytes + InitialiserBytes + (Resource?.Bytes ?? 0);

    /// <summary>Working memory in locals: 12 bytes for each that holds an activation or accumulator.</summary>
    public int LocalBytes => Count.ValueLocals * DeviceHeap.BlockBytes;

    /// <summary>Heap bytes of its tables.</summary>
    public int TableHeapBytes => Tables.Sum(table => table.HeapBytes);

    /// <summary>Bytes of initialisers in the image.</summary>
    public int InitialiserBytes => Tables.Sum(table => table.InitialiserBytes);
}
