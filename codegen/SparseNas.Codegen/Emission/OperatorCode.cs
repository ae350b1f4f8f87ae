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

    /// <summary>Instructions, bytes and slots of the method.</summary>
    public IlCount Count => count ??= IlModel.Count(Method);

    /// <summary>Working memory in locals: 12 bytes for each that holds an activation or accumulator.</summary>
    public int LocalBytes => Count.ValueLocals * DeviceHeap.BlockBytes;

    /// <summary>Heap bytes of its tables.</summary>
    public int TableHeapBytes => Tables.Sum(table => table.HeapBytes);

    /// <summary>Bytes of initialisers in the image.</summary>
    public int InitialiserBytes => Tables.Sum(table => table.InitialiserBytes);
}
