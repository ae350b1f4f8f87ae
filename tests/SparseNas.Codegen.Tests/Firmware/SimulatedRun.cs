using System.Text;
using SparseNas.Boards;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Firmware;
using SparseNas.Simulator;

namespace SparseNas.Codegen.Tests.Firmware;

/// <summary>A firmware application's run in the simulator: its console, what it sent on its serial port, and what was counted.</summary>
internal sealed record SimulatedRun(string Console, string Serial, SimulationReport Report)
{
    public static readonly BoardProfile Board = BoardCatalog.Default.Find("ESP32_C3");

    /// <summary>The application's own report.</summary>
    public DeviceRun SelfTest => DeviceLog.Parse(Console).Best!;

    /// <summary>Runs an application to its end: it ends by itself, or waits for more than <paramref name="serialInput"/>.</summary>
    public static SimulatedRun Of(IReadOnlyList<CompiledFirmware> firmware, BoardProfile board, ReadOnlySpan<byte> serialInput = default)
    {
        StringBuilder console = new(), serial = new();
        using var device = new SimulatedDevice(board)
        {
            Console = text => console.Append(text), SerialOutput = bytes => serial.Append(Encoding.Latin1.GetString(bytes)),
        };
        foreach (CompiledFirmware assembly in firmware) device.Load(assembly.Image, assembly.AssemblyName);
        device.SerialInput(serialInput);
        SimulationReport report = device.RunMain();
        Assert.Null(report.Exception);
        return new SimulatedRun(console.ToString(), serial.ToString(), report);
    }

    /// <summary>Compiles a project and runs it.</summary>
    public static SimulatedRun Of(FirmwareProject project, BoardProfile? board = null, ReadOnlySpan<byte> serialInput = default) =>
        Of(FirmwareBuild.Compile(project.Assemblies), board ?? Board, serialInput);
}
