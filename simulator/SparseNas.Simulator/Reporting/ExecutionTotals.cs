using SparseNas.Simulator.Execution;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Reporting;

/// <summary>Executed IL instructions by opcode and what they cost, folded from the counts that the blocks keep. A value; totals subtract.</summary>
internal sealed class ExecutionTotals
{
    /// <summary>Executions by opcode number.</summary>
    public long[] Opcodes { get; } = new long[0x200];

    /// <summary>Machine instructions of the interpreter for each method, without those of its callees.</summary>
    public Dictionary<DeviceMethod, CostSum> ByMethod { get; } = [];

    /// <summary>The same for each source line, where symbols are known.</summary>
    public Dictionary<(DeviceMethod Method, SourceLine Line), CostSum> ByLine { get; } = [];

    /// <summary>Machine instructions in all.</summary>
    public CostSum Cost { get; private set; }

    public long IlOpcodes => Opcodes.Sum();

    public static ExecutionTotals Of(ExecutionCounters counters, CostModel model)
    {
        ExecutionTotals totals = new();
        foreach (MethodCode code in counters.Decoded) totals.AddBlocks(code, model);
        foreach (((MethodCode code, int block, int firstSkipped), long times) in counters.Abandoned)
        {
            CodeBlock skipped = code.Blocks[block];
            totals.AddInstructions(code, firstSkipped, skipped.First + skipped.Count - firstSkipped, -times, model);
        }

        foreach ((Corlib.OpcodeList list, long times) in counters.CoreOpcodes)
        {
            foreach ((int opcode, int count) in list.Counts)
            {
                totals.Opcodes[opcode] += times * count;
                totals.Cost += model.CostOf(opcode, null) * (times * count);
            }
        }

        totals.Cost += model.Machinery(counters);
        return totals;
    }

    public ExecutionTotals Minus(ExecutionTotals earlier)
    {
        ExecutionTotals difference = new() { Cost = Cost - earlier.Cost };
        for (int i = 0; i < Opcodes.Length; i++) difference.Opcodes[i] = Opcodes[i] - earlier.Opcodes[i];
        foreach ((DeviceMethod method, CostSum cost) in ByMethod) difference.ByMethod[method] = cost - earlier.ByMethod.GetValueOrDefault(method);
        foreach (((DeviceMethod, SourceLine) line, CostSum cost) in ByLine) difference.ByLine[line] = cost - earlier.ByLine.GetValueOrDefault(line);
        return difference;
    }

    private unsafe void AddBlocks(MethodCode code, CostModel model)
    {
        foreach (CodeBlock block in code.Blocks)
        {
            long times = code.Start[block.Instruction].Imm;
            if (times != 0) AddInstructions(code, block.First, block.Count, times, model);
        }
    }

    private void AddInstructions(MethodCode code, int first, int count, long times, CostModel model)
    {
        CostSum sum = default;
        SourceLine?[]? lines = code.Method.Assembly?.Lines?.LinesOf(code);
        for (int il = first; il < first + count; il++)
        {
            Opcodes[code.Il[il].Opcode] += times;
            CostSum cost = model.CostOf(code, il);
            sum += cost;
            if (lines?[il] is { } line) ByLine[(code.Method, line)] = ByLine.GetValueOrDefault((code.Method, line)) + (cost * times);
        }

        sum *= times;
        Cost += sum;
        ByMethod[code.Method] = ByMethod.GetValueOrDefault(code.Method) + sum;
    }
}

/// <summary>Machine instructions of the reference core and cycles of the board's core, calibration factors applied to the cycles.</summary>
internal readonly record struct CostSum(double ArmInstructions, double Cycles)
{
    public static CostSum operator +(CostSum a, CostSum b) => new(a.ArmInstructions + b.ArmInstructions, a.Cycles + b.Cycles);

    public static CostSum operator -(CostSum a, CostSum b) => new(a.ArmInstructions - b.ArmInstructions, a.Cycles - b.Cycles);

    public static CostSum operator *(CostSum a, double times) => new(a.ArmInstructions * times, a.Cycles * times);
}
