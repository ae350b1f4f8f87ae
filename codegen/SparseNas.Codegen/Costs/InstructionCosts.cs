using SparseNas.Boards;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Emission.Code;

namespace SparseNas.Codegen.Costs;

/// <summary>A cost table indexed by opcode, so that a candidate's cost is one pass over 256 numbers.</summary>
internal sealed class InstructionCosts
{
    /// <summary>
    /// ARM instructions of a call for each local of the callee (opcode-costs-measured.tsv: call is about 300 + 48 per int local); the table's own
    /// <c>call</c> is the mean over callees with few locals.
    /// </summary>
    private const double CallInstructions = 300, CallInstructionsPerLocal = 48;

    private readonly double[] cycles = new double[256];
    private readonly double callCycles, callCyclesPerLocal, machineryCycles;

    private InstructionCosts(CostTable table)
    {
        for (int opcode = 0; opcode < cycles.Length; opcode++)
        {
            if (table.Opcodes.TryGetValue(IlCount.Mnemonic(opcode), out OpcodeCost? cost)) cycles[opcode] = cost.Cycles;
        }

        machineryCycles = table.MachineryInstructionScale * table.MachineryCyclesPerInstruction;
        callCycles = CallInstructions * machineryCycles;
        callCyclesPerLocal = CallInstructionsPerLocal * machineryCycles;
    }

    /// <summary>The costs of a table.</summary>
    public static InstructionCosts Of(CostTable table) => new(table);

    /// <summary>Cycles that a step takes in one inference, its calls included.</summary>
    public double CyclesOf(OperatorCode step)
    {
        double units = step.UnitCounts.Sum(CyclesOf);
        return step.IsByRow ? units + (step.Units.Length * CyclesOf(IlModel.Count(step.Method))) : units * step.Runs;
    }

    /// <summary>Cycles of one run of a method, the call included.</summary>
    public double CyclesOf(IlCount count)
    {
        double sum = callCycles + (callCyclesPerLocal * count.Locals) + (machineryCycles * count.Machinery);
        for (int opcode = 0; opcode < cycles.Length; opcode++) sum += count.Executed[opcode] * cycles[opcode];
        return sum;
    }
}
