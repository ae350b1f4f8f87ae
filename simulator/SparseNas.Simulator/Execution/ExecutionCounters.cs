using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>What was executed, beside the entries that the blocks count themselves.</summary>
internal sealed class ExecutionCounters
{
    /// <summary>Methods that were decoded; their blocks hold the counts.</summary>
    public List<MethodCode> Decoded { get; } = [];

    /// <summary>IL instructions so far, exceptions already subtracted.</summary>
    public long ExecutedOpcodes { get; set; }

    /// <summary>Blocks that an exception left early: block and first IL instruction that was not executed, with how often.</summary>
    public Dictionary<(MethodCode Code, int Block, int FirstSkipped), long> Abandoned { get; } = [];

    /// <summary>IL instructions executed inside managed methods of the core library.</summary>
    public Dictionary<Corlib.OpcodeList, long> CoreOpcodes { get; } = [];

    public void Add(Corlib.OpcodeList opcodes)
    {
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(CoreOpcodes, opcodes, out _)++;
        ExecutedOpcodes += opcodes.Total;
    }

    /// <summary>Calls of core library methods.</summary>
    public Dictionary<DeviceMethod, long> CoreCalls { get; } = [];

    /// <summary>Machine instructions of the runtime that no opcode's own cost covers: frames, allocations, handlers, native bodies.</summary>
    public double MachineryInstructions { get; set; }

    /// <summary>Part of <see cref="MachineryInstructions"/> that collections and compactions took.</summary>
    public double CollectionInstructions { get; set; }

    /// <summary>Bytes allocated by type name, with how many objects.</summary>
    public Dictionary<string, (long Objects, long Bytes)> Allocations { get; } = [];
}
