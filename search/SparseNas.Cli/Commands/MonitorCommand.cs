using System.CommandLine;
using SparseNas.Cli.Deployment;
using SparseNas.Codegen.Firmware;

namespace SparseNas.Cli.Commands;

/// <summary><c>sparsenas monitor --port FILE</c>: shows what a board prints while it prints it, until its self-test is done.</summary>
internal static class MonitorCommand
{
    public static Command Create(CommandContext context)
    {
        var port = new Option<string>("--port") { Description = "The board's debug port as a file, such as /dev/ttyUSB0.", Required = true, HelpName = "FILE" };
        var baud = new Option<int>("--baud") { Description = "Speed of the line.", DefaultValueFactory = _ => 115200, HelpName = "N" };
        var output = new Option<string?>("--out") { Description = "Also writes everything to this file, for `sparsenas verify`.", HelpName = "FILE" };
        var follow = new Option<bool>("--follow") { Description = "Goes on after the self-test, until Ctrl-C." };
        var command = new Command("monitor", "Shows a board's console live.") { port, baud, output, follow };
        command.SetAction(async (parsed, cancellation) =>
        {
            Terminal terminal = context.Terminal(parsed);
            using var reader = new StreamReader(SerialPortFile.Open(parsed.GetRequiredValue(port), parsed.GetValue(baud)));
            using StreamWriter? log = parsed.GetValue(output) is { } path ? new StreamWriter(path) { AutoFlush = true, NewLine = "\n" } : null;
            DeviceRun? run = await Show(reader, log, terminal, parsed.GetValue(follow), cancellation);
            if (run is null) terminal.Note("The port closed and no self-test began. Press the board's reset button while this command runs.");
            return run is { IsComplete: true } && run.Passed == run.Vectors ? ExitCode.Ok : ExitCode.Failure;
        });
        return command;
    }

    /// <summary>Copies line by line; returns the last self-test that began.</summary>
    private static async Task<DeviceRun?> Show(TextReader reader, TextWriter? log, Terminal terminal, bool follow, CancellationToken cancellation)
    {
        var lines = new List<string>();

        // A read of a silent port cannot be interrupted, so the wait for it is.
        while (await reader.ReadLineAsync(CancellationToken.None).AsTask().WaitAsync(cancellation) is { } line)
        {
            terminal.WriteLine(line);
            log?.WriteLine(line);
            lines.Add(line + "\n");
            if (!follow && DeviceLog.EndsRun(line)) break;
        }

        DeviceLog whole = DeviceLog.Parse(string.Concat(lines));
        return whole.Runs.LastOrDefault();
    }
}
