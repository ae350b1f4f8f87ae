using System.CommandLine;
using System.CommandLine.Invocation;
using SparseNas.Training;

namespace SparseNas.Cli;

/// <summary>What <c>--version</c> prints: the version, and the vector instructions that training computes with, on which trained weights depend.</summary>
internal sealed class VersionAction(Terminal terminal) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        terminal.WriteLine($"{ToolVersion.Text} ({EngineInstructions.Current.ToString().ToLowerInvariant()})");
        return ExitCode.Ok;
    }
}
