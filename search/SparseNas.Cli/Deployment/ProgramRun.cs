using System.Text;
using SparseNas.Boards;
using SparseNas.Codegen.Firmware;
using SparseNas.Simulator;

namespace SparseNas.Cli.Deployment;

/// <summary>One run of a whole program in the simulator: what it did, and what it said on its console and on its serial port.</summary>
/// <param name="Report">What the simulator counted.</param>
/// <param name="Console">Everything it printed.</param>
/// <param name="Serial">Everything it wrote to its serial port, as text.</param>
internal sealed record ProgramRun(SimulationReport Report, string Console, string Serial)
{
    /// <summary>Runs <c>Main</c> on a board.</summary>
    /// <param name="program">Its assemblies.</param>
    /// <param name="board">The board, with its own heap.</param>
    /// <param name="serialInput">What arrives on the serial port; a program that waits for more has ended.</param>
    /// <param name="heapBytes">Managed heap; null for the board's own.</param>
    public static ProgramRun Of(ProgramImages program, BoardProfile board, ReadOnlySpan<byte> serialInput = default, long? heapBytes = null)
    {
        var console = new StringBuilder();
        var serial = new StringBuilder();
        using var device = new SimulatedDevice(board, heapBytes ?? board.HeapBytes)
        {
            Console = text => console.Append(text),
            SerialOutput = bytes => serial.Append(Encoding.ASCII.GetString(bytes)),
        };
        foreach (ReadOnlyMemory<byte> image in program.Images) device.Load(image);
        device.SerialInput(serialInput);
        return new ProgramRun(device.RunMain(), console.ToString(), serial.ToString());
    }

    /// <summary>The firmware application's own report; null when the program is none, or did not come that far.</summary>
    public DeviceRun? SelfTest => DeviceLog.Parse(Console).Best;
}
