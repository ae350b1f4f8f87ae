using SparseNas.Simulator.Execution;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Reporting;

/// <summary>How the kind of the operands changes an opcode's cost, in ARM instructions of the reference core.</summary>
internal static class OperandCosts
{
    /// <summary>Name of the cost row: the mnemonic, with a suffix where the operand kind matters.</summary>
    public static string Row(string name, StackNode? stack) => name;

    /// <summary>Instructions of a refined row; null for the measured mean of the opcode.</summary>
    public static double? Instructions(string row) => null;

    /// <summary>Instructions that depend on the instruction's own operand, such as the kind of a loaded local.</summary>
    public static double Extra(MethodCode code, int il) => 0;
}
