using System.Text;
using SparseNas.Boards;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Firmware;
using SparseNas.Simulator;

namespace SparseNas.Codegen.Tests.Firmware;

/// <summary>Runs a firmware application in the simulator.</summary>
internal static class SimulatedRun
{
    public static readonly BoardProfile Board = BoardCatalog.Default.Find("ESP32_C3");

    /// <summary>What the application prints on <paramref name="board"/>.</summary>
    public static string Console(IReadOnlyList<CompiledFirmware> firmware, BoardProfile board)
    {
        var console = new StringBuilder();
        using var device = new SimulatedDevice(board) { Console = text => console.Append(text) };
        foreach (CompiledFirmware assembly in firmware) device.Load(assembly.Image, assembly.AssemblyName);
        SimulationReport report = device.RunMain();
        Assert.Null(report.Exception);
        return console.ToString();
    }

    /// <summary>The application's report.</summary>
    public static DeviceRun Of(FirmwareProject project, BoardProfile? board = null) =>
        DeviceLog.Parse(Console(FirmwareBuild.Compile(project.Assemblies), board ?? Board)).Best!;
}
