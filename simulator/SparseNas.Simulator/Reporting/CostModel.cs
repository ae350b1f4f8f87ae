using SparseNas.Boards;
using SparseNas.Simulator.Execution;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Reporting;

/// <summary>
/// What an instruction costs: ARM instructions as measured on the reference core, cycles from the board's table. Opcodes whose cost
/// depends on the kind of their operands are refined by what is known of the stack in front of them.
/// </summary>
internal sealed class CostModel(CostTable table, CostTable reference, Calibration calibration, double slowHeapFactor)
{
    private readonly Dictionary<string, CostSum> _known = new(StringComparer.Ordinal);

    public CostTable Table => table;

    /// <summary>Rows among those charged so far that are estimates.</summary>
    public IReadOnlyList<string> EstimatedRows => [.. _known.Keys.Where(OperandCosts.EstimatedRows.Contains).Order(StringComparer.Ordinal)];

    /// <summary>Cost of an instruction of a method.</summary>
    public CostSum CostOf(MethodCode code, int il)
    {
        IlInstruction instruction = code.Il[il];
        CostSum cost = CostOf(instruction.Opcode, code.Entry[il]) + (Prefix * (instruction.Prefixes + (instruction.Opcode >= 0x100 ? 1 : 0)));
        double extra = OperandCosts.Extra(code, il);
        return extra == 0 ? cost : cost + Scaled(extra, 1);
    }

    /// <summary>Cost of an opcode for a stack in front of it; the two-byte prefix is not included.</summary>
    public CostSum CostOf(int opcode, StackNode? stack)
    {
        string name = IlOpcodes.Name(opcode);
        string key = OperandCosts.Row(name, stack);
        if (_known.TryGetValue(key, out CostSum known)) return known;
        double arm = OperandCosts.Instructions(key) ?? reference[name].Instructions;
        double cycles = table[name].Cycles * (arm / reference[name].Instructions) * Factor(name);
        return _known[key] = new CostSum(arm, cycles);
    }

    /// <summary>Frames, allocations, handler searches, native bodies and collections.</summary>
    public CostSum Machinery(ExecutionCounters counters) =>
        Scaled(counters.MachineryInstructions - counters.CollectionInstructions, calibration.CallFactor) + Scaled(counters.CollectionInstructions, calibration.CollectionFactor);

    private CostSum Prefix => new(reference["prefix1"].Instructions, table["prefix1"].Cycles * calibration.InstructionFactor);

    private CostSum Scaled(double armInstructions, double factor) =>
        new(armInstructions, armInstructions * table.MachineryInstructionScale * table.MachineryCyclesPerInstruction * factor * slowHeapFactor);

    /// <summary>Every slot of a frame lies in the heap too, so a slow heap slows every instruction.</summary>
    private double Factor(string name) => slowHeapFactor * (name switch
    {
        "call" or "callvirt" or "ret" or "newobj" => calibration.CallFactor,
        _ when name.StartsWith("ldelem", StringComparison.Ordinal) || name.StartsWith("stelem", StringComparison.Ordinal) || name.Contains("fld", StringComparison.Ordinal)
            || name.StartsWith("ldind", StringComparison.Ordinal) || name.StartsWith("stind", StringComparison.Ordinal) => calibration.MemoryFactor,
        _ => calibration.InstructionFactor,
    });
}
