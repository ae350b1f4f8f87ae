using System.Diagnostics;

namespace SparseNas.Pipeline.Tests;

/// <summary>A fact that needs to mount a small file system in memory; skipped with the reason where that is not allowed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TmpfsFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Reason = new(() =>
    {
        if (!OperatingSystem.IsLinux()) return "a small file system is mounted with Linux's tmpfs";
        try
        {
            using SmallDisk probe = SmallDisk.Mount(64);
            return null;
        }
        catch (InvalidOperationException exception)
        {
            return $"tmpfs cannot be mounted here: {exception.Message}";
        }
    });

    public TmpfsFactAttribute() => Skip = Reason.Value;
}

/// <summary>A file system of a few kilobytes.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    public static SmallDisk Mount(int kilobytes)
    {
        string folder = Directory.CreateTempSubdirectory("sparsenas-disk-").FullName;
        try
        {
            Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", folder);
            return new SmallDisk(folder);
        }
        catch
        {
            Directory.Delete(folder);
            throw;
        }
    }

    public void Resize(int kilobytes) => Run("mount", "-o", $"remount,size={kilobytes}k", Folder);

    public void Dispose()
    {
        Run("umount", Folder);
        Directory.Delete(Folder);
    }

    private static void Run(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            using Process process = Process.Start(start)!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0) throw new InvalidOperationException($"{command}: {error.Trim()}");
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new InvalidOperationException($"{command}: {exception.Message}", exception);
        }
    }
}
