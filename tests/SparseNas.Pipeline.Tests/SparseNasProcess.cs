using System.Diagnostics;

namespace SparseNas.Pipeline.Tests;

/// <summary>The real command in a process of its own, as a script calls it.</summary>
internal static class SparseNasProcess
{
    private static readonly string Tool = Path.Combine(AppContext.BaseDirectory, "sparsenas.dll");

    private static readonly Dictionary<string, string> NoVariables = [];

    public sealed record Result(int ExitCode, string Output, string Error);

    /// <summary>Runs to the end.</summary>
    public static Result Run(params string[] arguments) => RunIn(Environment.CurrentDirectory, arguments);

    /// <summary>Runs to the end in a working directory.</summary>
    public static Result RunIn(string directory, params string[] arguments) => RunWith(NoVariables, directory, arguments);

    /// <summary>Runs to the end with more environment variables.</summary>
    public static Result RunWith(IReadOnlyDictionary<string, string> environment, string directory, params string[] arguments) =>
        Finish(StartCommand(directory, [Host, Tool, .. arguments], environment), arguments, TimeSpan.FromMinutes(10));

    /// <summary>Runs something long to the end.</summary>
    public static Result RunFor(TimeSpan atMost, params string[] arguments) => Finish(Start(Environment.CurrentDirectory, arguments), arguments, atMost);

    private static Result Finish(Process started, string[] arguments, TimeSpan atMost)
    {
        using Process process = started;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(atMost))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"sparsenas {string.Join(' ', arguments)} did not end within {atMost}");
        }

        process.WaitForExit();
        return new Result(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Starts it and leaves it running.</summary>
    public static Process Start(string directory, params string[] arguments) => StartCommand(directory, [Host, Tool, .. arguments]);

    /// <summary>
    /// Starts it as a terminal does, with Ctrl-C at work: a shell starts its background jobs with the signal ignored, and what they start inherits that.
    /// </summary>
    public static Process StartInteractive(string directory, params string[] arguments) =>
        OperatingSystem.IsLinux() ? StartCommand(directory, ["env", "--default-signal=INT", Host, Tool, .. arguments]) : Start(directory, arguments);

    private static string Host => Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";

    private static Process StartCommand(string directory, ReadOnlySpan<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(command[0])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in command[1..]) start.ArgumentList.Add(argument);
        start.Environment["NO_COLOR"] = "1";
        foreach ((string name, string value) in environment ?? NoVariables) start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException("the process did not start");
    }
}
