using System.Reflection;
using SparseNas.Codegen.Compilation;

namespace SparseNas.Codegen.Firmware.Application;

/// <summary>The fixed sources of the application, <c>firmware/Application</c>, which travel inside this assembly as resources.</summary>
internal static class ApplicationTemplate
{
    private const string LiveFile = "Live.cs";

    private static readonly string[] Common = ["Program.cs", "SelfTest.cs", "Probe.cs", "Report.cs", "Hex.cs"];

    /// <summary>The program, its self-test, and what happens afterwards.</summary>
    public static IEnumerable<SourceFile> Sources(BoardDeployment board, LiveInput live) =>
        [.. Common.Select(name => new SourceFile(name, Read(name))), .. Live(board, live)];

    private static IEnumerable<SourceFile> Live(BoardDeployment board, LiveInput live) => live switch
    {
        LiveInput.Own => [new SourceFile(LiveFile, Read("Live/Own.cs"))],
        LiveInput.Serial => [new SourceFile(LiveFile, Read("Live/Serial.cs")), WiringSource.For(board)],
        _ => throw new ArgumentOutOfRangeException(nameof(live), live, "Unknown live input."),
    };

    private static string Read(string name)
    {
        Assembly carrier = typeof(ApplicationTemplate).Assembly;
        string resource = carrier.GetManifestResourceNames().Single(found => found.Replace('\\', '/') == "Application/" + name);
        using var reader = new StreamReader(carrier.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}

/// <summary>What the application does after its self-test.</summary>
public enum LiveInput
{
    /// <summary>Nothing: the place for the user's own code.</summary>
    Own,

    /// <summary>Classifies images that arrive on a serial port; needs <see cref="BoardDeployment.SerialPortApi"/> on the board.</summary>
    Serial,
}
