using System.Reflection;
using SparseNas.Codegen.Compilation;

namespace SparseNas.Codegen.Firmware.Application;

/// <summary>The fixed sources of the application, <c>firmware/Application</c>, which travel inside this assembly as resources.</summary>
internal static class ApplicationTemplate
{
    private static readonly string[] Common = ["Program.cs", "SelfTest.cs", "Probe.cs", "Report.cs", "Hex.cs"];

    /// <summary>The program, its self-test and the chosen <c>Live.cs</c>.</summary>
    public static IEnumerable<SourceFile> Sources(LiveInput live)
    {
        string liveFile = live switch
        {
            LiveInput.Own => "Live/Own.cs",
            LiveInput.Serial => "Live/Serial.cs",
            _ => throw new ArgumentOutOfRangeException(nameof(live), live, "Unknown live input."),
        };
        return Common.Select(name => new SourceFile(name, Read(name))).Append(new SourceFile("Live.cs", Read(liveFile)));
    }

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
