using System.Diagnostics;

namespace SparseNas.Pipeline.Tests;

/// <summary><c>monitor</c> against a pipe in the place of a serial port.</summary>
public class MonitorTests
{
    private const string Log =
        "boot\nSPARSENAS BEGIN format=1 model=m vectors=1 classes=2 .\nSPARSENAS GOLDEN index=0 result=ok class=1 expected=1 sum=7 .\nSPARSENAS DONE passed=1 failed=0 .\n";

    [PipeFact]
    public void It_shows_every_line_keeps_them_and_ends_with_the_self_test()
    {
        using var folder = new TemporaryFolder();
        string pipe = folder.File("port"), kept = folder.File("board.log");
        Process.Start("mkfifo", pipe).WaitForExit();
        using Process monitor = SparseNasProcess.Start(folder.FullName, "monitor", "--port", pipe, "--out", kept);

        // The writer stays open, as a port does: the command must end by itself. Opening waits for the command to read, which is not for ever.
        Task<FileStream> opening = Task.Run(() => new FileStream(pipe, FileMode.Open, FileAccess.Write));
        Assert.True(opening.Wait(TimeSpan.FromSeconds(60)), "the command does not read the port");
        using FileStream port = opening.Result;
        port.Write(System.Text.Encoding.UTF8.GetBytes(Log));
        port.Flush();
        string shown = monitor.StandardOutput.ReadToEnd();

        Assert.True(monitor.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Equal(0, monitor.ExitCode);
        Assert.Equal(Log, shown);
        Assert.Equal(Log, File.ReadAllText(kept));
    }

    [Fact]
    public void A_failed_vector_is_exit_code_1_and_a_missing_port_2()
    {
        using var folder = new TemporaryFolder();
        string port = folder.File("port.txt");
        File.WriteAllText(port, Log.Replace("result=ok", "result=FAIL"));

        Assert.Equal(1, SparseNasProcess.Run("monitor", "--port", port).ExitCode);
        Assert.Equal(2, SparseNasProcess.Run("monitor", "--port", folder.File("nothing")).ExitCode);
    }
}

/// <summary>Needs a named pipe: skipped, with the reason, where the system has none as files.</summary>
public sealed class PipeFactAttribute : FactAttribute
{
    /// <summary>Decides.</summary>
    public PipeFactAttribute()
    {
        if (OperatingSystem.IsWindows()) Skip = "Windows has no named pipes in the file system.";
    }
}
