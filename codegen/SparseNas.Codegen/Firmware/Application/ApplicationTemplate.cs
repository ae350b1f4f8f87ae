using System.Reflection;
using SparseNas.Codegen.Compilation;

namespace SparseNas.Codegen.Firmware.Application;

/// <summary>The fixed sources of the application, <c>firmware/Application</c>, which travel inside this assembly as resources.</summary>
internal static class ApplicationTemplate
{
    /// <summary>The one file that differs between applications.</summary>
    public const string LiveFile = "Live.cs";

    private static readonly string[] Common = ["Program.cs", "SelfTest.cs", "Probe.cs", "Report.cs", "Hex.cs"];

    /// <summary>The program, its self-test and the chosen <c>Live.cs</c>.</summary>
    public static IEnumerable<SourceFile> Sources(LiveInput live) =>
        Common.Select(name => new SourceFile(name, Read(name))).Append(Live(live));

    /// <summary>What happens after the self-test.</summary>
    public static SourceFile Live(LiveInput live) => new(LiveFile, live switch
    {
        LiveInput.Own => Read("Live/Own.cs"),
        LiveInput.Serial => Read("Live/Serial.cs"),
        _ => throw new ArgumentOutOfRangeException(nameof(live), live, "Unknown live input."),
    });

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
    /// <summary>Nothing: the place for the user's own code, and what a simulation can run to its end.</summary>
    Own,

    /// <summary>Classifies images that arrive on a serial port; needs System.IO.Ports on the board.</summary>
    Serial,
}
