using System.ComponentModel;
using System.Diagnostics;

namespace SparseNas.Cli.Deployment;

/// <summary>
/// A serial port that the system offers as a file, <c>/dev/ttyUSB0</c> for example. The line's speed and raw mode are set by <c>stty</c>, which
/// every system with such files has; a pipe or a plain file is read as it is.
/// </summary>
internal static class SerialPortFile
{
    /// <summary>Opens the port for reading.</summary>
    /// <exception cref="UsageException">There is no such file, or this system has no serial ports as files.</exception>
    /// <exception cref="IOException">The port cannot be opened or set.</exception>
    public static Stream Open(string path, int baud)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new UsageException("On Windows a serial port is no file; keep the console's output with Visual Studio or a terminal program instead.");
        }

        if (!File.Exists(path)) throw new UsageException($"There is no port '{path}'. On Linux `ls /dev/ttyUSB* /dev/ttyACM*` shows those there are.");
        if (path.StartsWith("/dev/tty", StringComparison.Ordinal) || path.StartsWith("/dev/cu.", StringComparison.Ordinal)) SetLine(path, baud);
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
    }

    private static void SetLine(string path, int baud)
    {
        string file = OperatingSystem.IsMacOS() ? "-f" : "-F";
        var start = new ProcessStartInfo("stty", [file, path, baud.ToString(System.Globalization.CultureInfo.InvariantCulture), "raw", "-echo"])
        {
            RedirectStandardError = true,
        };
        try
        {
            using Process stty = Process.Start(start)!;
            string problem = stty.StandardError.ReadToEnd();
            stty.WaitForExit();
            if (stty.ExitCode != 0) throw new IOException($"Port '{path}' cannot be set to {baud} baud: {problem.Trim()}");
        }
        catch (Win32Exception error)
        {
            throw new IOException($"Port '{path}' cannot be set: the command stty is missing.", error);
        }
    }
}
