namespace SparseNas.Boards;

/// <summary>
/// What a device's own log says about the model: factors on the predicted cycles, each 1 when nothing is known.
/// <code>board = board with { Calibration = Calibration.Parse(File.ReadAllText(path), path) };</code>
/// </summary>
/// <param name="InstructionFactor">On every interpreted instruction that neither calls nor touches an array or field.</param>
/// <param name="CallFactor">On calls, returns and the bodies of native methods.</param>
/// <param name="MemoryFactor">On instructions that load or store array elements and fields.</param>
/// <param name="CollectionFactor">On garbage collection and compaction.</param>
/// <param name="ManagedHeapBytes">The managed heap that the device reported, or null to keep the profile's.</param>
/// <param name="Source">The log the factors were derived from.</param>
public sealed record Calibration(
    double InstructionFactor, double CallFactor, double MemoryFactor, double CollectionFactor, long? ManagedHeapBytes, string Source)
{
    /// <summary>No device has been measured: all factors 1.</summary>
    public static Calibration None { get; } = new(1, 1, 1, 1, null, "none");

    /// <summary>Reads a calibration file.</summary>
    /// <param name="json">The text of the file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <returns>The calibration; factors lie in 0.05 .. 20.</returns>
    /// <exception cref="ConfigurationException">The text breaks a rule; all mistakes are listed.</exception>
    public static Calibration Parse(string json, string file)
    {
        JsonFields fields = JsonFields.Open(json, file);
        Calibration calibration = Read(fields);
        fields.Finish();
        return calibration;
    }

    internal static Calibration Read(JsonFields fields)
    {
        double Factor(string key)
        {
            double factor = fields.OptionalNumber(key) ?? 1;
            if (factor is < 0.05 or > 20) fields.Error(key, $"a factor lies in 0.05 .. 20, but got {factor}");
            return factor;
        }

        return new Calibration(
            Factor("instructionFactor"), Factor("callFactor"), Factor("memoryFactor"), Factor("collectionFactor"),
            (long?)fields.OptionalNumber("managedHeapBytes"), fields.OptionalText("source") ?? "not stated");
    }
}
