namespace SparseNas.Boards;

/// <summary>What one interpreted instruction costs, from one dispatch to the next.</summary>
/// <param name="Instructions">Machine instructions of the core.</param>
/// <param name="Cycles">Model cycles with zero wait states.</param>
/// <param name="Estimated">True when the figure comes from a related opcode or core, not from a measurement of this one.</param>
public sealed record OpcodeCost(double Instructions, double Cycles, bool Estimated);

/// <summary>
/// Cost of every IL opcode on one core class. Name and version belong into every report that uses it.
/// <code>double cycles = board.CostTable["ldelem.i1"].Cycles;</code>
/// </summary>
public sealed record CostTable
{
    /// <summary>Such as <c>cortex-m4f-lto</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Runtime version the figures hold for, and revision of the table.</summary>
    public required string Version { get; init; }

    /// <summary>Core class.</summary>
    public required string Core { get; init; }

    /// <summary>One line for people.</summary>
    public required string Description { get; init; }

    /// <summary>Where the figures come from.</summary>
    public required string Source { get; init; }

    /// <summary>True when the whole table is an estimate (no such core was measured).</summary>
    public required bool Estimated { get; init; }

    /// <summary>The true cycles are expected above predicted cycles times this.</summary>
    public required double BandLow { get; init; }

    /// <summary>The true cycles are expected below predicted cycles times this.</summary>
    public required double BandHigh { get; init; }

    /// <summary>Machine instructions of this core for one ARM Thumb-2 instruction of the runtime's own machinery (calls, collection, native bodies).</summary>
    public required double MachineryInstructionScale { get; init; }

    /// <summary>Cycles per machine instruction in the runtime's own machinery.</summary>
    public required double MachineryCyclesPerInstruction { get; init; }

    /// <summary>Cost by mnemonic, as the conformance histograms spell it; <c>prefix1</c> is the extra dispatch of a two-byte opcode.</summary>
    public required IReadOnlyDictionary<string, OpcodeCost> Opcodes { get; init; }

    /// <summary>The cost of an opcode; for an unsigned or checked form that the table lacks, that of the plain form, as an estimate.</summary>
    /// <param name="mnemonic">Such as <c>ldloc.0</c>.</param>
    /// <exception cref="KeyNotFoundException">The table has no such opcode: the 1.x interpreter does not execute it.</exception>
    public OpcodeCost this[string mnemonic] => Opcodes.GetValueOrDefault(mnemonic) ?? Nearest(mnemonic) ?? throw new KeyNotFoundException($"cost table '{Name}' has no opcode '{mnemonic}'");

    private OpcodeCost? Nearest(string mnemonic)
    {
        string signed = mnemonic.Replace(".un", "", StringComparison.Ordinal), plain = signed.Replace(".ovf", "", StringComparison.Ordinal);
        return (Opcodes.GetValueOrDefault(signed) ?? Opcodes.GetValueOrDefault(plain)) is { } near ? near with { Estimated = true } : null;
    }

    /// <summary>Name and version as reports print them.</summary>
    public string Title => $"{Name} {Version}";

    /// <summary>Reads a cost table.</summary>
    /// <param name="json">Text of the file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <returns>The table.</returns>
    /// <exception cref="ConfigurationException">The text breaks a rule; all mistakes are listed.</exception>
    public static CostTable Parse(string json, string file)
    {
        JsonFields fields = JsonFields.Open(json, file);
        JsonFields? band = fields.OptionalObject("band"), machinery = fields.OptionalObject("machinery"), opcodes = fields.OptionalObject("opcodes");
        foreach ((string key, JsonFields? part) in new[] { ("band", band), ("machinery", machinery), ("opcodes", opcodes) })
        {
            if (part is null && !fields.Has(key)) fields.Error(key, "is missing");
        }

        CostTable table = new()
        {
            Name = fields.Text("name"),
            Version = fields.Text("version"),
            Core = fields.Text("core"),
            Description = fields.Text("description"),
            Source = fields.Text("source"),
            Estimated = fields.OptionalFlag("estimated") ?? false,
            BandLow = band?.Number("low") ?? 1,
            BandHigh = band?.Number("high") ?? 1,
            MachineryInstructionScale = machinery?.Number("instructionScale") ?? 1,
            MachineryCyclesPerInstruction = machinery?.Number("cyclesPerInstruction") ?? 1,
            Opcodes = opcodes is null ? new Dictionary<string, OpcodeCost>() : ReadOpcodes(opcodes),
        };
        _ = band?.OptionalText("source");
        band?.RejectUnknown();
        machinery?.RejectUnknown();
        if (table.BandLow > table.BandHigh) fields.Error("band", $"low <= high must hold, but got {table.BandLow} and {table.BandHigh}");
        fields.Finish();
        return table;
    }

    private static Dictionary<string, OpcodeCost> ReadOpcodes(JsonFields opcodes)
    {
        Dictionary<string, OpcodeCost> costs = new(StringComparer.Ordinal);
        foreach ((string mnemonic, JsonFields row) in opcodes.Objects())
        {
            OpcodeCost cost = new(row.Number("instructions"), row.Number("cycles"), row.OptionalFlag("estimated") ?? false);
            if (cost.Instructions <= 0 || cost.Cycles <= 0) opcodes.Error(mnemonic, $"instructions and cycles are positive, but got {cost.Instructions} and {cost.Cycles}");
            row.RejectUnknown();
            costs[mnemonic] = cost;
        }

        return costs;
    }
}
