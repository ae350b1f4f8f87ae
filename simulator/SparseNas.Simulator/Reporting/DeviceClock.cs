using SparseNas.Simulator.Execution;

namespace SparseNas.Simulator.Reporting;

/// <summary>
/// The cycles spent so far, for programs that read the time. The same sum as <see cref="ExecutionTotals"/> makes, with the cost of each block
/// added up once: a program that polls the clock would otherwise spend the host's time on adding.
/// </summary>
internal sealed class DeviceClock(ExecutionCounters counters, CostModel model)
{
    private readonly Dictionary<MethodCode, double[]> _blockCycles = [];
    private readonly Dictionary<Corlib.OpcodeList, double> _listCycles = [];

    /// <summary>Cycles of the board's core since the boot.</summary>
    public double Cycles()
    {
        double cycles = model.Machinery(counters).Cycles;
        foreach (MethodCode code in counters.Decoded) cycles += Executed(code);
        foreach (((MethodCode code, int block, int firstSkipped), long times) in counters.Abandoned)
        {
            CodeBlock skipped = code.Blocks[block];
            cycles -= times * Sum(code, firstSkipped, skipped.First + skipped.Count);
        }

        foreach ((Corlib.OpcodeList list, long times) in counters.CoreOpcodes)
        {
            if (!_listCycles.TryGetValue(list, out double once))
            {
                once = list.Counts.Sum(entry => model.CostOf(entry.Opcode, null).Cycles * entry.Count);
                _listCycles.Add(list, once);
            }

            cycles += times * once;
        }

        return cycles;
    }

    private unsafe double Executed(MethodCode code)
    {
        if (!_blockCycles.TryGetValue(code, out double[]? costs))
        {
            costs = [.. code.Blocks.Select(block => Sum(code, block.First, block.First + block.Count))];
            _blockCycles.Add(code, costs);
        }

        double cycles = 0;
        for (int block = 0; block < costs.Length; block++) cycles += code.Start[code.Blocks[block].Instruction].Imm * costs[block];
        return cycles;
    }

    private double Sum(MethodCode code, int first, int end)
    {
        double cycles = 0;
        for (int il = first; il < end; il++) cycles += model.CostOf(code, il).Cycles;
        return cycles;
    }
}
