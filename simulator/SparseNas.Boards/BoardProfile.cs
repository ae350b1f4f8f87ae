namespace SparseNas.Boards;

/// <summary>
/// A board as the simulator, the chooser of code shapes and the score see it. A value, never changed:
/// <c>board with { Calibration = … }</c> makes another.
/// </summary>
public sealed record BoardProfile
{
    /// <summary>Target name of the nanoFramework firmware, such as <c>ESP32_C3</c>.</summary>
    public required string Name { get; init; }

    /// <summary>One line for people.</summary>
    public required string Description { get; init; }

    /// <summary>Core class, such as <c>CortexM4F</c> or <c>RV32IMC</c>.</summary>
    public required string Core { get; init; }

    /// <summary>Clock of the core that runs the interpreter, in hertz.</summary>
    public required Figure ClockHz { get; init; }

    /// <summary>All RAM of the board, external memory included, in bytes.</summary>
    public required Figure RamBytes { get; init; }

    /// <summary>The managed heap that the firmware reserves, in bytes.</summary>
    public required Figure ManagedHeapBytes { get; init; }

    /// <summary>All flash of the board, in bytes.</summary>
    public required Figure FlashBytes { get; init; }

    /// <summary>The flash region that holds every deployed assembly, mscorlib included, in bytes.</summary>
    public required Figure DeploymentBytes { get; init; }

    /// <summary>Factor on instructions that touch the heap when it lies in slow external memory; 1 for internal RAM.</summary>
    public required Figure SlowHeapFactor { get; init; }

    /// <summary>Power while computing, in milliwatts, or null when no source states it.</summary>
    public Figure? ActiveMilliwatts { get; init; }

    /// <summary>Floating point unit as the firmware is built: <c>single</c> or <c>none</c>.</summary>
    public required string FloatingPoint { get; init; }

    /// <summary>Whether the interpreter inlines instance methods (off on the smallest boards: <c>NF_CLR_NO_IL_INLINE</c>).</summary>
    public required bool InlinesCalls { get; init; }

    /// <summary>Packages whose native part the firmware contains, such as <c>nanoFramework.ResourceManager</c>.</summary>
    public required IReadOnlyList<string> Apis { get; init; }

    /// <summary>
    /// A serial port that the firmware offers beside the debugger's, such as <c>COM2</c> (target_system_io_ports_config.h and serialcfg.h of nf-interpreter
    /// 1.17.0 and nf-Community-Targets).
    /// </summary>
    public required string SerialPort { get; init; }

    /// <summary>
    /// Flash address of the deployment region, such as <c>0x08040000</c>, where a debug probe has to be told (linker files of the same sources); null elsewhere:
    /// a running firmware knows its own.
    /// </summary>
    public string? DeploymentAddress { get; init; }

    /// <summary>What instructions cost on this core.</summary>
    public required CostTable CostTable { get; init; }

    /// <summary>What the device's own log says; <see cref="Boards.Calibration.None"/> when nothing was measured.</summary>
    public required Calibration Calibration { get; init; }

    /// <summary>Managed heap to simulate, in bytes: the calibrated one where a log states it.</summary>
    public long HeapBytes => Calibration.ManagedHeapBytes ?? ManagedHeapBytes.Whole;

    /// <summary>Whether the firmware can load resources in chunks (<c>nanoFramework.ResourceManager</c>).</summary>
    public bool HasResourceManager => Has(ResourceManagerApi);

    /// <summary>The package that reads resources from flash.</summary>
    public const string ResourceManagerApi = "nanoFramework.ResourceManager";

    /// <summary>Whether the firmware contains the native part of a package.</summary>
    /// <param name="api">Package name.</param>
    /// <returns>True when it does.</returns>
    public bool Has(string api) => Apis.Contains(api, StringComparer.Ordinal);
}
