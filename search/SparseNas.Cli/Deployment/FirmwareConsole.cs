using System.Text;
using SparseNas.Boards;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Firmware;
using SparseNas.Simulator;

namespace SparseNas.Cli.Deployment;

/// <summary>Runs a firmware application in the simulator for what it prints.</summary>
internal static class FirmwareConsole
{
    /// <summary>The application's own report, as a board would give it.</summary>
    /// <exception cref="IOException">The program printed no report: it is not this tool's application.</exception>
    public static DeviceRun Run(IReadOnlyList<CompiledFirmware> firmware, BoardProfile board)
    {
        var console = new StringBuilder();
        using var device = new SimulatedDevice(board) { Console = text => console.Append(text) };
        foreach (CompiledFirmware assembly in firmware) device.Load(assembly.Image, assembly.AssemblyName);
        device.RunMain();
        return DeviceLog.Parse(console.ToString()).Best
            ?? throw new IOException("The program prints no line 'SPARSENAS BEGIN' in the simulator: it is no project that `sparsenas deploy` wrote.");
    }
}
